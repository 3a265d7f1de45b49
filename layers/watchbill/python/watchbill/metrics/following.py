"""What follows from the writes of metrics: their tallies, in which each write is counted once."""

from collections.abc import Collection, Sequence

from watchbill.metrics import rules
from watchbill.metrics.models import Book, Step
from watchbill.metrics.store import MetricStore, to_metric
from watchbill.metrics.tallies import Left, TallyStore
from watchbill.metrics.values import Reading
from watchbill.platform import keys
from watchbill.platform.stream import Record
from watchbill.platform.table import each


class MetricFollower:
    """One organisation's metrics, as the stream's consumer sees them."""

    def __init__(self, store: MetricStore, tallies: TallyStore) -> None:
        self._store = store
        self._tallies = tallies

    def take_in(self, records: Sequence[Record], shard: str) -> None:
        """Count what the stream tells of metrics; what it tells again changes nothing."""
        changes = [_change(record) for record in records if record.key.sk == keys.METRIC.sk]
        steps = rules.steps_by_subject(changes)
        each(lambda subject: self._count(subject, steps[subject], shard), list(steps))

    def _count(self, subject: str, steps: Sequence[Step], shard: str) -> None:
        by_day = rules.steps_by_day(steps)
        book = self._tallies.enter(subject, [step.series for step in steps], {day[:4] for day in by_day})
        for day, its in by_day.items():
            self._tallies.count_day(subject, day, its, book, shard, self._left(subject, day, book))
        self._tallies.count_total(subject, steps, book, shard)

    def _left(self, subject: str, day: str, book: Book) -> Left:
        """The readings of a day that are there, for when one of those that stood out has been taken away."""

        def left(homes: Collection[str]) -> dict[str, list[Reading]]:
            found: dict[str, list[Reading]] = {home: [] for home in homes}
            for metric in self._store.of_day(subject, day):
                if (home := book.home(metric.series)) in found:
                    found[home].append(metric.reading)
            return found

        return left


def _change(record: Record) -> rules.Change:
    before, after = (to_metric(image) if image else None for image in (record.before, record.after))
    return rules.Change(record.sequence, before, after)
