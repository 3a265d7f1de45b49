"""Topics that feeds tell of more often than before: words and phrases, by the share of entries that have them. Pure.

Each source is compared with itself: one that has just begun to write, or writes more than others, makes no trend of
what it always writes about.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urldefrag

from pydantic import Field

from watchbill.agents.news import Entry
from watchbill.agents.significance import Share, claimed, more_often
from watchbill.agents.trends import Periods, Trend, TrendKind, trend
from watchbill.agents.words import plain, telling, terms_of
from watchbill.platform.wire import Label, Model

LEAST_ENTRIES, LEAST_SOURCES = 3, 2
"""A topic is told of by so many recent entries, and sources where more than one can be compared."""
SAME = 0.75
"""Of two topics whose recent entries are the same to so much, the surer one stands for both."""
MOST_EVIDENCE = 5
_MOST_TEXT = 300
"""Characters of an entry's text that count beside its title: what it is about is said first."""
_AHEAD = timedelta(days=1)
_IN_ADDRESS = re.compile(r"/(20\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=[/_-]|$)")


class Interest(Model):
    """What is wanted: entries with one of the keywords, or with two words of the topic. All of them without either."""

    topic: Annotated[str, Field(min_length=1, max_length=2_000)] | None = None
    keywords: Annotated[tuple[Label, ...], Field(max_length=50)] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """An entry of the periods that are compared: who tells it, and whether it is recent."""

    at: datetime
    source: str
    url: str
    text: str
    recent: bool


@dataclass(frozen=True, slots=True)
class Collection:
    """The entries of sources that can be compared, and why the others cannot."""

    entries: tuple[Told, ...]
    unusable: Mapping[str, str]


class _Population:
    """Entries among which something is more or less frequent."""

    def __init__(self, entries: Sequence[Told]) -> None:
        self.entries = entries
        self._all = Counter(entry.source for entry in entries)
        self._recent = Counter(entry.source for entry in entries if entry.recent)
        self._sources = min(LEAST_SOURCES, sum(0 < self._recent[source] < self._all[source] for source in self._all))

    def enough(self, having: Iterable[int]) -> bool:
        """Whether so many entries, of so many sources, are worth a claim."""
        told = [self.entries[place] for place in having]
        return len(told) >= LEAST_ENTRIES and len({entry.source for entry in told}) >= self._sources

    def shares(self, having: Iterable[int]) -> list[Share]:
        """How much of what is recent, and of all, has a property, for each source that tells of both periods."""
        told = [self.entries[place] for place in having]
        everything = Counter(entry.source for entry in told)
        recent = Counter(entry.source for entry in told if entry.recent)
        return [
            Share(recent[source], everything[source], self._recent[source], count)
            for source, count in self._all.items()
            if 0 < self._recent[source] < count
        ]


@dataclass(frozen=True, slots=True)
class _Topic:
    """Something that entries may be about: `having` are the places of those that are, `words` as asked, or folded."""

    population: _Population
    having: frozenset[int]
    words: str
    asked: bool = False

    @property
    def recent(self) -> frozenset[int]:
        """The places of the recent entries about it."""
        return frozenset(place for place in self.having if self.population.entries[place].recent)

    @property
    def grown(self) -> bool:
        """Whether enough recent entries are about it, and more than would be expected."""
        now, before = self.levels
        return self.population.enough(self.recent) and now > before

    @property
    def levels(self) -> tuple[float, float]:
        """The share of recent entries, and what it would be if each source wrote of it as often as before."""
        shares = self.population.shares(self.having)
        recent = sum(share.recent for share in shares) or 1
        before = [(share.having - share.recent_having) / (share.all - share.recent) for share in shares]
        expected = sum(share.recent * usual for share, usual in zip(shares, before, strict=True))
        return sum(share.recent_having for share in shares) / recent, expected / recent


def collected(told: Mapping[str, Sequence[Entry]], periods: Periods) -> Collection:
    """The entries of the periods, one of each address, of the sources that tell of both."""
    kept: dict[str, Told] = {}
    for source, entries in told.items():
        for entry in filter(None, (_told(source, one, periods) for one in entries)):
            kept[entry.url] = min(entry, kept.get(entry.url, entry), key=_order)
    by_source = defaultdict[str, list[Told]](list)
    for entry in kept.values():
        by_source[entry.source].append(entry)
    lacking = {source: _lacking(entries, by_source[source], periods) for source, entries in told.items()}
    unusable = {source: reason for source, reason in lacking.items() if reason}
    usable = sorted((entry for entry in kept.values() if entry.source not in unusable), key=_order)
    return Collection(tuple(usable), unusable)


def topics(entries: Sequence[Told], interest: Interest) -> list[Trend]:
    """What is told of more often than before."""
    able = [topic for topic in _candidates(entries, interest) if topic.population.enough(topic.having)]
    sure = claimed({topic: more_often(topic.population.shares(topic.having)) for topic in able})
    found = {topic: probability for topic, probability in sure.items() if topic.grown}
    asked = [topic for topic in found if topic.asked]
    others = _distinct([topic for topic in found if not topic.asked], found)
    return [_trend(topic, found[topic]) for topic in (*asked, *others)]


def about(entries: Sequence[Told], interest: Interest) -> list[Told]:
    """The entries that are about what is wanted; all of them where nothing is."""
    asked = [frozenset(places) for _, places in _asked(entries, interest)]
    chosen = frozenset[int]().union(*asked) if asked else range(len(entries))
    return [entries[place] for place in sorted(chosen)]


def _candidates(entries: Sequence[Told], interest: Interest) -> list[_Topic]:
    """What was asked for, among all entries, and the words and phrases of the entries about that."""
    asked = {name: frozenset(places) for name, places in _asked(entries, interest)}
    said = {word for name in asked for word in telling(name)}
    chosen = frozenset[int]().union(*asked.values()) if asked else frozenset(range(len(entries)))
    everything, about = _Population(entries), _Population([entries[place] for place in sorted(chosen)])
    terms = {words: having for words, having in _terms(about.entries).items() if not said.issuperset(words.split())}
    return [
        *(_Topic(everything, having, name, asked=True) for name, having in asked.items()),
        *(_Topic(about, having, words) for words, having in terms.items()),
    ]


def _told(source: str, entry: Entry, periods: Periods) -> Told | None:
    """An entry, where it says when it is from and that is of the periods; a clock may be ahead of ours."""
    at = entry.at or _instant_in(entry.url)
    if at is None or not periods.start <= at < periods.end + _AHEAD:
        return None
    text = entry.text if len(entry.text) <= _MOST_TEXT else entry.text[:_MOST_TEXT].rpartition(" ")[0]
    return Told(at, source, _address(entry.url), f"{entry.title}. {text}", at >= periods.turn)


def _order(entry: Told) -> tuple[datetime, str, str, str]:
    return entry.at, entry.source, entry.url, entry.text


def _lacking(told: Sequence[Entry], usable: Sequence[Told], periods: Periods) -> str | None:
    """Why nothing can be compared of a source, if that is so."""
    if not any(entry.at or _instant_in(entry.url) for entry in told):
        return "nothing that it tells says when it is from"
    if not any(entry.recent for entry in usable):
        return f"it tells nothing of its own since {periods.turn:%Y-%m-%d}"
    if all(entry.recent for entry in usable):
        return f"it tells nothing of before {periods.turn:%Y-%m-%d} that could be compared with"
    return None


def _asked(entries: Sequence[Told], interest: Interest) -> Iterator[tuple[str, Iterable[int]]]:
    """What is asked for, by its name, with the places of the entries about it."""
    texts = [plain(entry.text) for entry in entries]
    for keyword in interest.keywords:
        if wanted := plain(keyword).strip():
            yield keyword, (place for place, text in enumerate(texts) if f" {wanted} " in text)
    words = set(telling(interest.topic or ""))
    if interest.topic and words:
        least = min(2, len(words))
        yield (
            interest.topic[:200],
            (place for place, text in enumerate(texts) if sum(f" {word} " in text for word in words) >= least),
        )


def _terms(entries: Sequence[Told]) -> dict[str, frozenset[int]]:
    """The words and phrases of entries, folded, with the places of those that have them; rare ones are left out."""
    words = Counter(word for entry in entries for word in set(telling(entry.text)))
    places = defaultdict[str, set[int]](set)
    for place, entry in enumerate(entries):
        for term in terms_of(entry.text):
            # A phrase is no more frequent than its words; numbers count only inside of one.
            if all(words[word] >= LEAST_ENTRIES or word.isdigit() for word in term.folded.split()):
                places[term.folded].add(place)
    return {term: frozenset(having) for term, having in places.items() if len(having) >= LEAST_ENTRIES}


def _distinct(found: Iterable[_Topic], probabilities: Mapping[_Topic, float]) -> list[_Topic]:
    """The surest topics, and of those with the same entries the one that says most."""
    kept: list[tuple[_Topic, frozenset[int]]] = []
    for topic in sorted(found, key=lambda one: (probabilities[one], -len(one.words.split()), one.words)):
        recent = topic.recent
        if all(len(recent & others) < SAME * len(recent) for _, others in kept):
            kept.append((topic, recent))
    return [topic for topic, _ in kept]


def _trend(topic: _Topic, probability: float) -> Trend:
    now, before = topic.levels
    name = topic.words if topic.asked else _written(topic)
    told = sorted((topic.population.entries[place] for place in topic.recent), key=_order, reverse=True)
    return trend(name, TrendKind.TOPIC, now, before, probability, [entry.url for entry in told[:MOST_EVIDENCE]])


def _written(topic: _Topic) -> str:
    """A topic as most of the recent entries write it."""
    texts = [topic.population.entries[place].text for place in topic.recent]
    forms = Counter(term.written for text in texts for term in terms_of(text) if term.folded == topic.words)
    return min(forms, key=lambda form: (-forms[form], form))


def _address(url: str) -> str:
    """An address without what only says how a reader came there."""
    page, mark, query = urldefrag(url).url.partition("?")
    kept = "&".join(part for part in query.split("&") if not part.startswith("utm_"))
    return f"{page}{mark if kept else ''}{kept}"


def _instant_in(url: str) -> datetime | None:
    """The day that an address says its page is from, as in /2026/03/09/."""
    found = _IN_ADDRESS.search(url)
    if found is None:
        return None
    year, month, day = map(int, found.groups())
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
