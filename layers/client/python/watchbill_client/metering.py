"""What the API says of custom metrics; camelCase on the wire, snake_case here. Numbers are exact: `Decimal`."""

from decimal import Decimal

from watchbill_client.models import CamelAnswer, UtcDatetime


class CustomMetric(CamelAnswer):
    """One metric as recorded. `id` is the service's, `client_id` your own if you sent one."""

    id: str
    client_id: str | int | None = None
    name: str
    value: Decimal
    unit: str | None = None
    dimension: str | None = None
    campaign_id: str | None = None
    agent_id: str | None = None
    timestamp: UtcDatetime
    recorded_at: UtcDatetime | None = None


class LastValue(CamelAnswer):
    """The value of a series that was measured last, and when."""

    value: Decimal
    timestamp: UtcDatetime


class MetricSeries(CamelAnswer):
    """What the metrics of a name, a unit and a dimension come to. None is not known."""

    name: str
    unit: str | None = None
    dimension: str | None = None
    count: int
    sum: Decimal
    mean: Decimal
    min: Decimal | None = None
    max: Decimal | None = None
    last: LastValue | None = None


class MetricSummary(CamelAnswer):
    """Series, and the whole days (UTC) that they are summed up over; None for all time."""

    start_date: UtcDatetime | None = None
    end_date: UtcDatetime | None = None
    items: tuple[MetricSeries, ...] = ()
