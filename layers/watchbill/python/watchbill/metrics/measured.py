"""What instrumented agents measure themselves, as custom metrics: sums, and how many measurements each is of."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from watchbill.metrics.models import NewMetric
from watchbill.platform import clock

if TYPE_CHECKING:
    from watchbill.telemetry.points import Point

COUNT = ".count"
"""What the name of a histogram's number of measurements ends with: with the sum it tells their mean."""
_LONGEST = 50
"""Characters of a unit and of a dimension."""


def metrics_of(point: "Point") -> Iterator[NewMetric]:
    """A point as it is posted: the same ones again when it is sent again."""
    told: dict[str, Any] = {
        "dimension": _short(point.about),
        "agent_id": point.agent,
        "timestamp": clock.to_text(point.at),
    }
    if point.total is not None:
        yield NewMetric(name=point.name, value=point.total, unit=_short(point.unit), id=point.id, **told)
    if point.measurements is not None:
        yield NewMetric(name=point.name + COUNT, value=point.measurements, id=point.id + COUNT, **told)


def _short(text: str | None) -> str | None:
    printable = "".join(sign for sign in text or "" if sign.isprintable())
    return printable[:_LONGEST].strip() or None
