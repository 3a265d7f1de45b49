"""Metrics in the table, and the lists that find them by time: made as those of runs are, and for the same reasons.

A metric lies alone under its id, so that it meets itself when it is posted again. Lists are written before it: a crash
in between leaves a line without a metric, which readers pass over, never a metric nobody finds.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from watchbill.metrics.models import CustomMetric, Writing
from watchbill.metrics.rules import subjects_of
from watchbill.platform import clock, ids, keys
from watchbill.platform.items import EXPIRES_AT, REVISION, Item, to_item
from watchbill.platform.keys import Key
from watchbill.platform.table import Changed, Stored, Table, each
from watchbill.runs.models import Entry, Segment
from watchbill.runs.rules import newest_first
from watchbill.runs.store import packed_lines, unpacked_lines

_LINES_PER_SEGMENT = 1_000
_READ_AT_ONCE = 100
_DAY = 86_400


class MetricStore:
    """One organisation's metrics."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation
        self._marked: dict[Key, int] = {}

    def metrics(self, metric_ids: Iterable[str]) -> dict[str, Writing]:
        """Those of the metrics that exist, by id."""
        found = self._table.get_many(self._key(one) for one in metric_ids)
        there = (Writing(_to_metric(item), item[EXPIRES_AT], item[REVISION]) for item in found.values())
        return {one.metric.id: one for one in there}

    def add(self, writings: Sequence[Writing]) -> set[str]:
        """Store metrics over those that were read; the ids of those that were not, having changed meanwhile."""
        if not writings:
            return set()
        self._list(writings)
        stored = each(self._replace, writings)
        return {one.metric.id for one, done in zip(writings, stored, strict=True) if not done}

    def days(self, subject: str, until: str | None = None) -> Iterator[str]:
        """The days (YYYY-MM-DD) that may hold metrics of a subject, newest first."""
        partition = keys.METRIC_DAY.partition(self._organisation, subject)
        before = keys.METRIC_DAY.last(until) if until else None
        for stored in self._table.query(partition, descending=True, before=before, page_size=100):
            yield (keys.METRIC_DAY.parse(stored.key) or {})["day"]

    def lines(self, subject: str, day: str, until: str | None = None) -> Iterator[tuple[Entry, str]]:
        """A day's metrics by descending event time, each with what reading starts again from to see all behind it."""
        partition = keys.METRIC_LIST.partition(self._organisation, subject, day)
        before = keys.METRIC_LIST.last(until) if until else None
        found = self._table.query(partition, descending=True, before=before, page_size=25)
        return newest_first([map(_segment, found)])

    def of_day(self, subject: str, day: str) -> Iterator[CustomMetric]:
        """A day's metrics of a subject, newest first."""
        lines = self.lines(subject, day)
        while chunk := [entry for entry, _ in islice(lines, _READ_AT_ONCE)]:
            yield from (metric for metric in self.found(subject, chunk) if metric)

    def found(self, subject: str, entries: Sequence[Entry]) -> list[CustomMetric | None]:
        """The metrics behind lines of a subject's list, None for a line that is outdated or without a metric."""
        there = self.metrics(entry.run_id for entry in entries)
        return [_at_its_place(there.get(entry.run_id), subject, entry) for entry in entries]

    def _replace(self, writing: Writing) -> bool:
        item = _from_metric(writing.metric) | {EXPIRES_AT: writing.expires_at}
        try:
            self._table.replace(self._key(writing.metric.id), item, writing.revision)
        except Changed:
            return False
        return True

    def _list(self, writings: Sequence[Writing]) -> None:
        places: dict[tuple[str, str], set[Entry]] = defaultdict(set)
        for writing in writings:
            entry = Entry(writing.metric.timestamp, writing.metric.id)
            for subject in subjects_of(writing.metric):
                places[subject, writing.metric.reading.at[:10]].add(entry)
        expires_at = max(writing.expires_at for writing in writings)
        each(lambda place: self._mark_day(*place, expires_at), list(places))
        segments = [(place, chunk) for place, lines in places.items() for chunk in _chunks(sorted(lines, reverse=True))]
        each(lambda segment: self._put_lines(*segment[0], segment[1], expires_at), segments)

    def _mark_day(self, subject: str, day: str, expires_at: int) -> None:
        # Once a day in a process is enough; the mark must outlive every metric it leads to, whoever wrote that.
        key, until = keys.METRIC_DAY(self._organisation, subject, day), (expires_at // _DAY + 2) * _DAY
        item: Item | None = {EXPIRES_AT: self._marked[key]} if key in self._marked else self._table.get(key)
        while (item or {}).get(EXPIRES_AT, 0) < until:
            try:
                self._table.replace(key, {EXPIRES_AT: until}, (item or {}).get(REVISION, 0))
            except Changed as met:
                item = met.item
            else:
                break
        self._marked[key] = max(until, (item or {}).get(EXPIRES_AT, 0))

    def _put_lines(self, subject: str, day: str, lines: Sequence[Entry], expires_at: int) -> None:
        packed = packed_lines(lines)
        # The same lines make the same segment, so that a batch sent again leaves no second one.
        segment = ids.derived_id("segment", packed.hex())
        key = keys.METRIC_LIST(self._organisation, subject, day, clock.to_text(lines[0].created), segment)
        self._table.put(key, {"lines": packed, EXPIRES_AT: expires_at})

    def _key(self, metric_id: str) -> Key:
        return keys.METRIC(self._organisation, metric_id)


def to_metric(image: dict[str, Any]) -> CustomMetric:
    """The metric in a stream record's image."""
    return _to_metric(to_item(image))


def _from_metric(metric: CustomMetric) -> Item:
    return metric.model_dump(mode="json") | {"value": metric.value}


def _to_metric(item: Item) -> CustomMetric:
    return CustomMetric.model_validate({name: item.get(name) for name in CustomMetric.model_fields})


def _at_its_place(there: Writing | None, subject: str, entry: Entry) -> CustomMetric | None:
    placed = there and there.metric.timestamp == entry.created and subject in subjects_of(there.metric)
    return there.metric if there and placed else None


def _segment(stored: Stored) -> Segment:
    values = keys.METRIC_LIST.parse(stored.key) or {}
    return Segment(values["newest"], tuple(unpacked_lines(stored.item["lines"])))


def _chunks(lines: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    for start in range(0, len(lines), _LINES_PER_SEGMENT):
        yield lines[start : start + _LINES_PER_SEGMENT]
