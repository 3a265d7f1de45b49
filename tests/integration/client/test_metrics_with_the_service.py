"""Custom metrics by the client, over the wire to the service's own functions."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.integration.client.deployment import Deployment
from watchbill_client import BadRequest, NotFound, Watchbill

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def client(deployment: Deployment) -> Iterator[Watchbill]:
    """A client of the deployment, which the environment names."""
    with Watchbill() as client:
        yield client


def test_metrics_are_recorded_listed_and_summed_up(client: Watchbill) -> None:
    agent = client.agents.register("seller", project="shop")
    for hour in range(3):
        at = NOON + timedelta(hours=hour)
        client.metrics.record("revenue", Decimal("0.1"), unit="EUR", campaign="spring", agent="seller", timestamp=at)
    first = client.metrics.record("clicks", 7, id="order-1")
    corrected = client.metrics.record("clicks", 9, id="order-1")

    assert corrected.id == first.id
    assert (corrected.client_id, corrected.value) == ("order-1", 9)
    page = client.metrics.list("revenue", campaign="spring", start=NOON, end=NOON + timedelta(hours=2), limit=1)
    assert [(metric.timestamp.hour, metric.agent_id) for metric in page] == [(13, agent.id), (12, agent.id)]
    (revenue,) = client.metrics.summary(agent="seller").items
    assert (revenue.count, revenue.sum, revenue.mean) == (3, Decimal("0.3"), Decimal("0.1"))
    assert revenue.last
    assert revenue.last.timestamp == NOON + timedelta(hours=2)
    summary = client.metrics.summary("clicks")
    assert [(series.sum, series.max) for series in summary.items] == [(9, 9)]
    assert summary.start_date is None


def test_what_is_refused_is_an_error_with_the_reason(client: Watchbill) -> None:
    with pytest.raises(BadRequest, match="greater than or equal to 0"):
        client.metrics.record("clicks", -1)
    with pytest.raises(NotFound, match="nobody"):
        client.metrics.record("clicks", 1, agent="nobody")
