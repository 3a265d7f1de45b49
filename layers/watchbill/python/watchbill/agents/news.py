"""What feeds and pages tell, whom it names, and what kind of signal that is. Does no I/O."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

from lxml import etree, html
from pydantic import TypeAdapter, ValidationError

from watchbill.companies.models import CompanySignal, SignalStrength, Web
from watchbill.platform.wire import Model

KEPT = timedelta(days=30)
MOST_ENTRIES = 200
KINDS: Mapping[str, tuple[SignalStrength, re.Pattern[str]]] = {
    "funding_round": (
        SignalStrength.VERY_STRONG,
        re.compile(r"\b(raises|raised|funding|series [a-e]\b|seed round|investment round|secures? \W?\d)", re.I),
    ),
    "executive_change": (
        SignalStrength.STRONG,
        re.compile(r"\b(appoints?|appointed|names? new|joins as|steps down|new (ceo|cfo|cto|chief))\b", re.I),
    ),
    "job_posting": (
        SignalStrength.MODERATE,
        re.compile(r"\b(hiring|is recruiting|job opening|vacanc(y|ies)|careers?|we are looking for)\b", re.I),
    ),
    "filing": (
        SignalStrength.MODERATE,
        re.compile(r"\b(filing|filed|annual accounts|confirmation statement|annual report|insolvency)\b", re.I),
    ),
    "news": (SignalStrength.WEAK, re.compile("")),
}
"""Kinds of signals, how strong each is, and by which words it is known, the most telling first; news is all else."""
_IN_TITLE, _IN_TEXT, _NEWS = 0.9, 0.7, 0.5
_SHORTEST_NAME = 4
_WEB: TypeAdapter[str] = TypeAdapter(Web)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a feed or a page tells; `at` is None where it does not say when."""

    title: str
    url: str
    text: str = ""
    at: datetime | None = None


class Unread(Model):
    """A source of which nothing could be learned, and why."""

    source: str
    reason: str


def entries_of(content: bytes, url: str) -> list[Entry]:
    """What a feed (RSS or Atom) tells, or else the links of a page, each with its words."""
    feed = _tree(content)
    found = [] if feed is None else feed.xpath("//*[local-name() = 'item' or local-name() = 'entry']")
    return [_entry(one, url) for one in found[:MOST_ENTRIES]] or _links(content, url)


def named(entry: Entry, names: Mapping[str, str]) -> dict[str, bool]:
    """Which of the named an entry is about, by their keys, and whether its title says so. Names are whole words."""
    title, text = _words(entry.title), _words(f"{entry.title} {entry.text}")
    return {key: name in title for key, name in names.items() if name in text}


def searchable(names: Mapping[str, str]) -> dict[str, str]:
    """Names as they are looked for; those too short to tell a company by are left out."""
    return {key: _words(name) for key, name in names.items() if len(name) >= _SHORTEST_NAME and _words(name).strip()}


def signal_of(
    entry: Entry, in_title: bool, kinds: Iterable[str], threshold: float, now: datetime
) -> CompanySignal | None:
    """What an entry means for who is named in it; None when that is not wanted, not sure enough, or over."""
    at = min(entry.at or now, now)
    if at + KEPT <= now:
        return None
    for kind, (strength, words) in KINDS.items():
        known_by_title = words.search(entry.title) is not None
        if known_by_title or words.search(entry.text):
            sure = _NEWS if kind == "news" else _IN_TITLE if known_by_title and in_title else _IN_TEXT
            if kind not in kinds or sure < threshold:
                return None
            return CompanySignal(
                type=kind,
                strength=strength,
                confidence=sure,
                title=entry.title,
                url=entry.url if _is_web(entry.url) else None,
                detected_at=now,
                expires_at=at + KEPT,
            )
    return None


def _tree(content: bytes) -> Any:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(content, parser) if content.strip() else None
    except (etree.XMLSyntaxError, ValueError):
        return None


def _entry(one: Any, url: str) -> Entry:
    def text(*names: str) -> str:
        wanted = " or ".join(f"local-name() = '{name}'" for name in names)
        return " ".join(str(one.xpath(f"string(./*[{wanted}][1])")).split())

    link = one.xpath("string(./*[local-name() = 'link'][@href][1]/@href)") or text("link", "guid", "id")
    return Entry(
        title=_short(_plain(text("title"))) or "untitled",
        url=urljoin(url, str(link))[:500],
        text=_plain(text("description", "summary", "content"))[:5_000],
        at=_instant(text("pubDate", "published", "updated", "date")),
    )


def _links(content: bytes, url: str) -> list[Entry]:
    try:
        page = html.document_fromstring(content) if content.strip() else None
    except (etree.ParserError, ValueError):
        return []
    links = [] if page is None else page.xpath("//a[@href]")
    told = [(_short(" ".join(link.text_content().split())), urljoin(url, link.get("href"))[:500]) for link in links]
    return [Entry(title, address) for title, address in told if len(title.split()) > 1][:MOST_ENTRIES]


def _plain(text: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", text).split())


def _short(text: str) -> str:
    return text[:300].strip()


def _instant(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            instant = read(text)
        except (ValueError, TypeError, IndexError):
            continue
        return instant.replace(tzinfo=instant.tzinfo or UTC)
    return None


def _is_web(url: str) -> bool:
    try:
        _WEB.validate_python(url)
    except ValidationError:
        return False
    return True


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "
