"""Custom metrics as they are answered in lists and sums."""

from watchbill.metrics.models import CustomMetric, Series
from watchbill.metrics.values import EXACT, Peak, Tally
from watchbill.platform import clock
from watchbill.platform.wire import CamelModel, Figure, Model, Moment


class MetricList(Model):
    """Some metrics, and where the list goes on."""

    items: tuple[CustomMetric, ...]
    next_cursor: str | None = None


class LastValue(CamelModel):
    """The value that was measured last, and when."""

    value: Figure
    timestamp: Moment


class MetricAggregate(CamelModel):
    """What is known of a series: how many values, their sum and mean, the lowest, the highest and the last.

    Of the last three one is null when the value that stood out was corrected, and all others are no longer kept.
    """

    name: str
    unit: str | None = None
    dimension: str | None = None
    count: int
    sum: Figure
    mean: Figure
    min: Figure | None
    max: Figure | None
    last: LastValue | None


class MetricSummary(CamelModel):
    """Aggregates, and the whole days they are of: from the start of one to the start of another; null for all time."""

    start_date: Moment | None = None
    end_date: Moment | None = None
    items: tuple[MetricAggregate, ...]


def aggregate(series: Series, tally: Tally) -> MetricAggregate:
    """A series as it is answered."""
    lowest, highest, last = (tally.peaks.get(peak) for peak in Peak)
    return MetricAggregate(
        **series._asdict(),
        count=tally.count,
        sum=tally.sum,
        mean=EXACT.divide(tally.sum, tally.count),
        min=lowest.value if lowest else None,
        max=highest.value if highest else None,
        last=LastValue(value=last.value, timestamp=clock.from_text(last.at)) if last else None,
    )
