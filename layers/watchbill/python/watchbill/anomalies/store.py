"""Watches and episodes in the table: what a check changes is written in one step, over what it had read.

A watch is two items in one partition, read by one query: what changes every hour is small, and the history, which is
larger, changes once a day. An episode is one item three times: by agent, by month, and among the open ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from watchbill.anomalies.episodes import Episode, place_of
from watchbill.anomalies.figures import COARSE, EXACT
from watchbill.anomalies.learners import VERSION as DETECTORS
from watchbill.anomalies.models import Anomaly
from watchbill.anomalies.packing import (
    pack_hours,
    pack_open,
    pack_states,
    unpack_hours,
    unpack_open,
    unpack_states,
)
from watchbill.anomalies.past import SeriesName
from watchbill.anomalies.watch import Watch, forgotten
from watchbill.anomalies.wording import from_anomaly, to_anomaly
from watchbill.platform import clock, keys
from watchbill.platform.keys import Key
from watchbill.platform.table import EXPIRES_AT, REVISION, Item, Table

KEPT = timedelta(days=400)
LONGEST = timedelta(days=62)
"""Longer than an episode lasts: what is unusual becomes usual within four weeks, and without runs is given up then."""
MOST_LISTED = 1_000
"""So many anomalies, the newest, are listed at most."""
FORMAT = 1
"""Of the stored watch: raised when it changes, so that an old one is not read but begun anew."""
_WATCH_KEPT = timedelta(days=60)


Place = tuple[str, str]
"""Where an anomaly stands in a list: the hour in which it began, and its id."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A watch as it was read: the revision to replace, and until when its history is settled in the table."""

    watch: Watch | None = None
    revision: int = 0
    settled_until: datetime | None = None


class AnomalyStore:
    """One organisation's watches and episodes."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def watch(self, agent_id: str, consistent: bool = False) -> Remembered:
        """What is remembered of an agent. A read that may be a second old costs half; a write over it then fails."""
        partition = keys.WATCH.partition(self._organisation, agent_id)
        found = {stored.key: stored.item for stored in self._table.query(partition, consistent=consistent)}
        watch, history = (found.get(key) for key in self._places(agent_id))
        if watch is None:
            return Remembered()
        if history and history["settled_until"] == watch["settled_until"] and watch["format"] == FORMAT:
            return _to_remembered(agent_id, watch, history)
        if not consistent:
            return self.watch(agent_id, consistent=True)
        # It is of another format, or its history has expired.
        judged_until = clock.from_text(watch["judged_until"])
        return Remembered(forgotten(agent_id, judged_until, _open(agent_id, watch)), watch[REVISION])

    def replace_watch(self, before: Remembered, watch: Watch, changed: Sequence[Anomaly]) -> Remembered:
        """Store a watch over the one that was read, and the anomalies that changed, all or nothing. Raises Changed."""
        key, history = self._places(watch.agent_id)
        also: dict[Key, Item | None] = {}
        if watch.settled_until != before.settled_until:
            also[history] = _from_history(watch)
        for anomaly in changed:
            also |= self._episode(anomaly)
        if also:
            self._table.replace_together(key, _from_watch(watch), before.revision, also)
        else:
            self._table.replace(key, _from_watch(watch), before.revision)
        return Remembered(watch, before.revision + 1, watch.settled_until)

    def of_agent(self, agent_id: str, start: datetime, end: datetime) -> list[Anomaly]:
        """An agent's anomalies that overlap a window, newest first."""
        partition = keys.EPISODE.partition(self._organisation, agent_id)
        return list(islice(self._opened(partition, keys.EPISODE, start, end), MOST_LISTED))

    def episode(self, anomaly_id: str) -> Anomaly | None:
        """One anomaly, or None."""
        place = place_of(anomaly_id)
        if place is None:
            return None
        agent_id, opened = place
        item = self._table.get(keys.EPISODE(self._organisation, agent_id, _hour_of(opened), anomaly_id))
        return to_anomaly(item) if item else None

    def open_ones(self) -> list[Anomaly]:
        """The organisation's anomalies that are not over, newest first."""
        partition = keys.OPEN_EPISODE.partition(self._organisation)
        found = [to_anomaly(stored.item) for stored in self._table.query(partition, consistent=False)]
        return sorted(found, key=place_in_list, reverse=True)

    def between(self, start: datetime, end: datetime, behind: Place | None = None) -> Iterator[Anomaly]:
        """The organisation's anomalies that overlap a window, newest first; those behind a place where one is given."""
        month = behind[0][:7] if behind else _month_of(end)
        while month >= _month_of(start - LONGEST):
            partition = keys.MONTH_EPISODE.partition(self._organisation, month)
            for anomaly in self._opened(partition, keys.MONTH_EPISODE, start, end):
                if behind is None or place_in_list(anomaly) < behind:
                    yield anomaly
            month = _month_of(datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC) - timedelta(days=1))

    def _opened(self, partition: str, entity: keys.Entity, start: datetime, end: datetime) -> Iterator[Anomaly]:
        """The anomalies of a partition that overlap a window."""
        prefix = entity.prefix()
        span = (prefix + _hour_of(start - LONGEST), prefix + _hour_of(end) + keys.LAST)
        for stored in self._table.query(partition, between=span, descending=True, consistent=False):
            anomaly = to_anomaly(stored.item)
            if anomaly.touches(start, end):
                yield anomaly

    def _places(self, agent_id: str) -> tuple[Key, Key]:
        return keys.WATCH(self._organisation, agent_id), keys.WATCH_HISTORY(self._organisation, agent_id)

    def _episode(self, anomaly: Anomaly) -> dict[Key, Item | None]:
        opened = _hour_of(anomaly.window_start)
        item: Item = {
            **from_anomaly(anomaly),
            EXPIRES_AT: int((anomaly.window_end + KEPT).timestamp()),
        }
        return {
            keys.EPISODE(self._organisation, anomaly.strand_id, opened, anomaly.id): item,
            keys.MONTH_EPISODE(self._organisation, opened[:7], opened, anomaly.id): item,
            keys.OPEN_EPISODE(self._organisation, anomaly.id): None if anomaly.resolved else item,
        }


def place_in_list(anomaly: Anomaly) -> Place:
    """Where an anomaly stands in a list."""
    return _hour_of(anomaly.window_start), anomaly.id


def _from_watch(watch: Watch) -> Item:
    recent = {hour: works for hour, works in watch.hours.items() if hour >= watch.settled_until}
    return {
        "format": FORMAT,
        "since": clock.to_text(watch.since),
        "judged_until": clock.to_text(watch.judged_until),
        "settled_until": clock.to_text(watch.settled_until),
        "hours": pack_hours(recent, EXACT),
        "open": pack_open(watch.open) if watch.open else None,
        EXPIRES_AT: int((watch.judged_until + _WATCH_KEPT).timestamp()),
    }


def _from_history(watch: Watch) -> Item:
    settled = {hour: works for hour, works in watch.hours.items() if hour < watch.settled_until}
    return {
        "settled_until": clock.to_text(watch.settled_until),
        "hours": pack_hours(settled, COARSE),
        "learned": watch.learned or None,
        "detectors": DETECTORS,
        "states": pack_states(watch.states),
        EXPIRES_AT: int((watch.judged_until + _WATCH_KEPT).timestamp()),
    }


def _to_remembered(agent_id: str, watch: Item, history: Item) -> Remembered:
    current = history["detectors"] == DETECTORS
    settled_until = clock.from_text(watch["settled_until"])
    remembered = Watch(
        agent_id,
        clock.from_text(watch["since"]),
        clock.from_text(watch["judged_until"]),
        settled_until,
        unpack_hours(history["hours"], COARSE) | unpack_hours(watch["hours"], EXACT),
        history.get("learned", "") if current else "",
        unpack_states(history["states"]) if current else (),
        _open(agent_id, watch),
    )
    return Remembered(remembered, watch[REVISION], settled_until)


def _open(agent_id: str, watch: Item) -> dict[SeriesName, Episode]:
    return unpack_open(watch["open"], agent_id) if "open" in watch else {}


def _hour_of(instant: datetime) -> str:
    return clock.to_text(instant)[:13]


def _month_of(instant: datetime) -> str:
    return clock.to_text(instant)[:7]
