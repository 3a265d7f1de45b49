"""Feeds and pages that an agent is configured to look through: what each tells, or why it tells nothing of use."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from watchbill.agents import news, pages
from watchbill.agents.news import Unread
from watchbill.agents.topics import Collection, collected
from watchbill.agents.trends import Periods
from watchbill.companies.models import Web
from watchbill.platform.outgoing import Outgoing
from watchbill.platform.table import each

Addresses = Annotated[tuple[Web, ...], Field(max_length=20)]
"""Where to look."""


def read(outgoing: Outgoing, urls: Iterable[str]) -> dict[str, list[news.Entry] | Unread]:
    """What each address tells."""

    def told(url: str) -> tuple[str, list[news.Entry] | Unread]:
        try:
            page = pages.read(outgoing, url)
        except pages.NotRead as error:
            return url, Unread(source=url, reason=str(error))
        return url, news.entries_of(page.content, page.url)

    return dict(each(told, list(urls)))


def looked_through(outgoing: Outgoing, urls: Iterable[str], periods: Periods) -> tuple[Collection, list[Unread]]:
    """The entries of the periods, and which addresses have none to give, and why."""
    found = read(outgoing, urls)
    told = {url: one for url, one in found.items() if not isinstance(one, Unread)}
    collection = collected(told, periods)
    unread = [one for one in found.values() if isinstance(one, Unread)]
    return collection, unread + [Unread(source=url, reason=reason) for url, reason in collection.unusable.items()]
