"""The tallies of metrics in the table: for each subject an item of all time and one for each day that has values.

Each item keeps, per stream shard, the sequence number up to which it has counted, as rollups do. The item of all time
also holds the subject's book, which gives series their numbers; it is written before anything is counted under them.
"""

import json
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from watchbill.metrics.models import Book, Series, Step
from watchbill.metrics.values import Peak, Reading, Tally
from watchbill.platform import keys, marks
from watchbill.platform.items import REVISION
from watchbill.platform.keys import Key
from watchbill.platform.table import Changed, Item, Table

_BOOK, _TALLIES = "book", "tallies"

Left = Callable[[Collection[str]], Mapping[str, Iterable[Reading]]]
"""What is left of series, by what they are counted under, as it is in the table now."""


@dataclass(frozen=True, slots=True)
class Total:
    """What is known of a subject for all time."""

    book: Book
    tallies: dict[str, Tally]


class TallyStore:
    """One organisation's tallies."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def total(self, subject: str) -> Total:
        """What is known of a subject for all time."""
        item = self._table.get(self._total_key(subject)) or {}
        return Total(_to_book(item), _to_tallies(item))

    def days(self, subject: str, years: Iterable[str], first: str = "0", last: str = "~") -> Iterator[dict[str, Tally]]:
        """A subject's tallies of each day from `first` to `last` (YYYY-MM-DD, both included) in some years."""
        for year in years:
            if first[:4] <= year <= last[:4]:
                partition = keys.METRIC_TALLY.partition(self._organisation, subject, year)
                for stored in self._table.query(partition, between=(first, last)):
                    yield _to_tallies(stored.item)

    def enter(self, subject: str, series: Iterable[Series], years: Iterable[str]) -> Book:
        """A subject's book, with these in it."""
        key = self._total_key(subject)
        item = self._table.get(key)
        while True:
            there = _to_book(item or {})
            book = there.with_(series, years)
            if book == there:
                return book
            try:
                self._table.replace(key, {**(item or {}), **_from_book(book)}, (item or {}).get(REVISION, 0))
            except Changed as met:
                item = met.item
            else:
                return book

    def count_day(self, subject: str, day: str, steps: Sequence[Step], book: Book, shard: str, left: Left) -> None:
        """Take steps in a day's tallies, unless they were taken before."""
        self._count(keys.METRIC_TALLY(self._organisation, subject, day[:4], day), steps, book, shard, left)

    def count_total(self, subject: str, steps: Sequence[Step], book: Book, shard: str) -> None:
        """Take steps in the tallies of all time, unless they were taken before. The days must have taken them."""

        def left(homes: Collection[str]) -> dict[str, list[Reading]]:
            days = list(self.days(subject, book.years))
            return {home: [one for day in days if home in day for one in day[home].peaks.values()] for home in homes}

        self._count(self._total_key(subject), steps, book, shard, left)

    def _count(self, key: Key, steps: Sequence[Step], book: Book, shard: str, left: Left) -> None:
        item = self._table.get(key)
        while fresh := [step for step in steps if step.sequence > marks.of(item, shard)]:
            tallies = _stepped(_to_tallies(item or {}), fresh, book)
            # What is left is read after the item: what it has not been told of yet, it will be told once more.
            _settle(tallies, left)
            counted = {**(item or {}), **_from_tallies(tallies), **marks.moved(item, shard, fresh[-1].sequence)}
            try:
                self._table.replace(key, counted, (item or {}).get(REVISION, 0))
            except Changed as met:
                item = met.item
            else:
                return

    def _total_key(self, subject: str) -> Key:
        return keys.METRIC_TOTAL(self._organisation, subject)


def _stepped(tallies: dict[str, Tally], steps: Iterable[Step], book: Book) -> dict[str, Tally]:
    for step in steps:
        tally = tallies.setdefault(book.home(step.series), Tally())
        if step.added:
            tally.add(step.reading)
        else:
            tally.take(step.reading)
    return {home: tally for home, tally in tallies.items() if tally.count}


def _settle(tallies: Mapping[str, Tally], left: Left) -> None:
    doubted = [home for home, tally in tallies.items() if tally.doubted]
    for home, readings in left(doubted).items() if doubted else ():
        tallies[home].settle(readings)


def _from_book(book: Book) -> Item:
    return {_BOOK: _packed({"series": book.series, "years": book.years})}


def _to_book(item: Item) -> Book:
    if _BOOK not in item:
        return Book()
    told = _unpacked(item[_BOOK])
    return Book(tuple(Series(*one) for one in told["series"]), tuple(told["years"]))


def _from_tallies(tallies: Mapping[str, Tally]) -> Item:
    return {_TALLIES: _packed({home: _from_tally(tally) for home, tally in tallies.items()})}


def _to_tallies(item: Item) -> dict[str, Tally]:
    told = _unpacked(item[_TALLIES]) if _TALLIES in item else {}
    return {home: _to_tally(*one) for home, one in told.items()}


def _from_tally(tally: Tally) -> list[Any]:
    # JSON has no exact decimals: they are stored as text.
    peaks = [[peaked.at, str(peaked.value)] if (peaked := tally.peaks.get(peak)) else None for peak in Peak]
    return [tally.count, str(tally.sum), *peaks]


def _to_tally(count: int, total: str, *peaks: list[str] | None) -> Tally:
    known = {peak: Reading(told[0], Decimal(told[1])) for peak, told in zip(Peak, peaks, strict=True) if told}
    return Tally(count, Decimal(total), known)


def _packed(value: Any) -> bytes:
    # Series resemble each other: compressed they take half the bytes, which are what each count pays for again.
    return zlib.compress(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(), level=9)


def _unpacked(packed: bytes) -> Any:
    return json.loads(zlib.decompress(packed))
