"""Walking along the list of a subject's metrics, newest first, within a window."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from watchbill.metrics.models import CustomMetric
from watchbill.metrics.store import MetricStore
from watchbill.platform import clock
from watchbill.runs.models import Entry

_READ_AT_ONCE = 100

Position = dict[str, Any]
"""The line behind which a list goes on, and from where in its day reading must start to see what is behind it."""


class Walk:
    """A walk along a list: of the metrics of a name, or of all, measured from `first` on and before `end`.

    `stopped_at` is where it was given up, having looked at `most` lines, if it was.
    """

    def __init__(
        self,
        store: MetricStore,
        subject: str,
        name: str | None,
        first: str = "0",
        end: str = "~",
        most: int | None = None,
    ) -> None:
        self._store = store
        self._subject = subject
        self._name = name
        self._window = (first, end)
        self._most = most
        self.stopped_at: Position | None = None

    def metrics(
        self, position: Position | None = None, wanted: int = _READ_AT_ONCE
    ) -> Iterator[tuple[CustomMetric, Position]]:
        """The metrics behind a position, each with its own; read as they are taken, `wanted` at a time."""
        lines = self._lines(position or {})
        looked_at = 0
        while chunk := list(islice(lines, min(wanted, _READ_AT_ONCE))):
            found = self._store.found(self._subject, [entry for entry, _ in chunk])
            for metric, (_, behind) in zip(found, chunk, strict=True):
                if metric and self._name in (None, metric.name):
                    yield metric, behind
            looked_at += len(chunk)
            if self._most is not None and looked_at >= self._most:
                self.stopped_at = chunk[-1][1]
                return

    def _lines(self, position: Position) -> Iterator[tuple[Entry, Position]]:
        first, end = self._window
        behind = (position.get("at", end), position.get("id", ""))
        for day in self._store.days(self._subject, until=behind[0][:10]):
            if day < first[:10]:
                return
            until = position["resume"] if day == position.get("at", "")[:10] else None
            for entry, resume in self._store.lines(self._subject, day, until):
                at = clock.to_text(entry.created)
                if at < first:
                    return
                if (at, entry.run_id) < behind:
                    yield entry, {"at": at, "id": entry.run_id, "resume": resume}
