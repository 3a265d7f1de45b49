"""Pages and feeds of other people's sites, read through the one client for outgoing calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from watchbill.platform.outgoing import NoAnswer, Outgoing, Refused

MOST_BYTES = 1_000_000
MOST_REDIRECTS = 3
SECONDS = 10.0
_ASKING = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "Watchbill"}


class NotRead(Exception):
    """A page could not be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is at an address: names of headers in lower case, and the beginning of the content."""

    url: str
    headers: Mapping[str, str]
    content: bytes


def read(outgoing: Outgoing, url: str) -> Page:
    """A page, where its redirects lead; each of them is looked at as the first address is. Raises NotRead."""
    for _ in range(MOST_REDIRECTS + 1):
        try:
            answer = outgoing.send("GET", url, headers=_ASKING, seconds=SECONDS, most_bytes=MOST_BYTES)
        except (Refused, NoAnswer) as error:
            raise NotRead(str(error)[:300]) from error
        if answer.status in (301, 302, 303, 307, 308) and "location" in answer.headers:
            url = urljoin(url, answer.headers["location"])
        elif answer.status == 200:
            return Page(url, answer.headers, answer.body)
        else:
            raise NotRead(f"it answered {answer.status}")
    raise NotRead(f"it redirects more than {MOST_REDIRECTS} times")
