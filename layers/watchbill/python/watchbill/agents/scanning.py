"""What a scan tells of trends: what is told of or done most, what has become more, and that in words. Pure.

What exact tests have shown to be more than chance comes first and is `certain`. What else is told of most is told too,
with its figures, and with the words that nothing is claimed of how it moved.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from watchbill.agents.news import Unread
from watchbill.agents.shifts import Work
from watchbill.agents.topics import LEAST_ENTRIES, Told
from watchbill.agents.trends import Source, Trend, TrendKind, percent
from watchbill.agents.words import plain, telling, terms_of
from watchbill.analytics.models import Measure
from watchbill.decisions.models import Language
from watchbill.platform.wire import CamelModel

MOST_RELATED = 5
SAME = 0.75
"""A word that is told so often as part of one phrase is not told besides it."""


class ScannedTrend(CamelModel):
    """Something that is told of or done much, or more.

    `volume` is in how many recent entries of feeds it is, or how many recent runs there were; `growth` in percent, null
    where there was nothing before; `certain` whether the growth is more than chance explains.
    """

    keyword: str
    volume: int
    growth: float | None
    related_terms: tuple[str, ...]
    insight: str
    source: Source
    certain: bool


class Scan(CamelModel):
    """What the trend-scanner brings; `skipped` are the sources of which nothing could be learned."""

    trends: tuple[ScannedTrend, ...]
    topic: str | None
    platform: str | None
    skipped: tuple[Unread, ...]


class _Words(NamedTuple):
    """How a language says it."""

    feeds: str
    feeds_more: str
    runs: str
    runs_more: str
    figures: Mapping[TrendKind, str]
    more: str
    less: str
    new: str


_WORDS = {
    Language.ENGLISH: _Words(
        "“{keyword}” is among what is told of most: {volume} entries in {days} days. Whether that is more than before "
        "cannot be told from chance.",
        "“{keyword}” is in {volume} entries of the last {days} days, {change}.",
        "“{keyword}” is among what the agents do most: {volume} runs in {days} days. Whether that is more than before "
        "cannot be told from chance.",
        "{figure} of “{keyword}” over the last {days} days: {change}.",
        {
            TrendKind.VOLUME: "The number of runs",
            TrendKind.FAILURES: "The share of failed runs",
            TrendKind.COST: "The mean cost",
            TrendKind.DURATION: "The mean duration",
        },
        "{by}% more than before",
        "{by}% less than before",
        "and before there was none",
    ),
    Language.SPANISH: _Words(
        "«{keyword}» está entre lo más nombrado: {volume} publicaciones en {days} días. No se puede "
        "distinguir del azar si es más que antes.",
        "«{keyword}» aparece en {volume} publicaciones de los últimos {days} días, {change}.",
        "«{keyword}» está entre lo que más hacen los agentes: {volume} ejecuciones en {days} días. No se "
        "puede distinguir del azar si es más que antes.",
        "{figure} de «{keyword}» en los últimos {days} días: {change}.",
        {
            TrendKind.VOLUME: "El número de ejecuciones",
            TrendKind.FAILURES: "La proporción de ejecuciones fallidas",
            TrendKind.COST: "El coste medio",
            TrendKind.DURATION: "La duración media",
        },
        "un {by} % más que antes",
        "un {by} % menos que antes",
        "y antes no había",
    ),
}


def of_feeds(
    entries: Sequence[Told], found: Iterable[Trend], most: int, days: int, language: Language
) -> list[ScannedTrend]:
    """What feeds tell of: first what has become more, then what is told of most. `entries` are about what is wanted."""
    recent = [entry for entry in entries if entry.recent]
    words = _WORDS[language]
    sure = [_topic(trend.name, recent, trend.change, words.feeds_more, True, days, words) for trend in found]
    known = {word for one in sure for word in telling(one.keyword)}
    others = (name for name in _most_told(recent) if known.isdisjoint(telling(name)))
    told = (_topic(name, recent, _moved(name, entries), words.feeds, False, days, words) for name in others)
    return [*sure, *told][:most]


def of_runs(
    works: Sequence[Work], found: Iterable[Trend], most: int, days: int, language: Language
) -> list[ScannedTrend]:
    """What agents do: first what has changed about it, then the kinds of tasks that are done most."""
    words = _WORDS[language]
    runs = {work.whose: _runs(work, days) for work in works}
    sure = [_shift(trend, runs, days, words) for trend in found]
    known = {trend.keyword for trend in sure}
    types = [work for work in works if work.whose.startswith("task_type:") and work.name not in known]
    types = sorted((one for one in types if runs[one.whose][0]), key=lambda one: (-runs[one.whose][0], one.name))
    return [*sure, *(_kind(work, *runs[work.whose], days, words) for work in types)][:most]


def _topic(
    name: str, recent: Sequence[Told], growth: float | None, said: str, certain: bool, days: int, words: _Words
) -> ScannedTrend:
    having = [entry for entry in recent if plain(name) in plain(entry.text)]
    insight = said.format(keyword=name, volume=len(having), days=days, change=_change(growth, words))
    return ScannedTrend(
        keyword=name,
        volume=len(having),
        growth=growth,
        related_terms=tuple(_related(name, having)),
        insight=insight,
        source=Source.FEEDS,
        certain=certain,
    )


def _shift(trend: Trend, runs: Mapping[str, tuple[int, float]], days: int, words: _Words) -> ScannedTrend:
    figure, change = words.figures[trend.kind], _change(trend.change, words)
    return ScannedTrend(
        keyword=trend.name,
        volume=sum(runs[whose][0] for whose in trend.evidence[:1] if whose in runs),
        growth=trend.change,
        related_terms=(),
        insight=words.runs_more.format(figure=figure, keyword=trend.name, days=days, change=change),
        source=Source.RUNS,
        certain=True,
    )


def _kind(work: Work, volume: int, before: float, days: int, words: _Words) -> ScannedTrend:
    return ScannedTrend(
        keyword=work.name,
        volume=volume,
        growth=_rounded(percent(volume, before)),
        related_terms=(),
        insight=words.runs.format(keyword=work.name, volume=volume, days=days),
        source=Source.RUNS,
        certain=False,
    )


def _most_told(recent: Sequence[Told]) -> Iterator[str]:
    """Words and phrases that recent entries have most, as most of them write them; no word besides its phrase."""
    counts: Counter[str] = Counter()
    written: dict[str, Counter[str]] = {}
    for entry in recent:
        terms = {term.folded: term.written for term in terms_of(entry.text)}
        counts.update(terms.keys())
        for folded, form in terms.items():
            written.setdefault(folded, Counter())[form] += 1
    often = {term: count for term, count in counts.items() if count >= LEAST_ENTRIES}
    for term in sorted(often, key=lambda one: (-often[one], -len(one.split()), one)):
        if not any(_within(term, other) and often[other] >= SAME * often[term] for other in often):
            forms = written[term]
            yield min(forms, key=lambda form: (-forms[form], form))


def _within(term: str, phrase: str) -> bool:
    return term != phrase and f" {term} " in f" {phrase} "


def _related(name: str, having: Sequence[Told]) -> list[str]:
    """What is told of together with something, twice at least."""
    own = set(telling(name))
    counts: Counter[str] = Counter()
    for entry in having:
        terms = {term.folded: term.written for term in terms_of(entry.text) if own.isdisjoint(term.folded.split())}
        counts.update(terms.values())
    often = [term for term, count in counts.items() if count > 1]
    return sorted(often, key=lambda term: (-counts[term], -len(term.split()), term))[:MOST_RELATED]


def _moved(name: str, entries: Sequence[Told]) -> float | None:
    """By how many percent a share of entries has changed; None where it was nothing."""
    shares = []
    for recent in (True, False):
        told = [entry for entry in entries if entry.recent is recent]
        shares.append(sum(plain(name) in plain(entry.text) for entry in told) / (len(told) or 1))
    return _rounded(percent(*shares))


def _runs(work: Work, days: int) -> tuple[int, float]:
    """The runs of the recent days, and how many there would be if all days were as those before."""
    counts = [int(cell[Measure.RUNS]) for cell in work.days]
    before = counts[:-days]
    return sum(counts[-days:]), sum(before) * days / (len(before) or 1)


def _change(growth: float | None, words: _Words) -> str:
    if growth is None:
        return words.new
    return (words.more if growth > 0 else words.less).format(by=f"{abs(growth):.4g}")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
