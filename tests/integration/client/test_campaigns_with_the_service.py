"""Campaigns by the client, over the wire to the service's own functions."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.integration.client.deployment import Deployment
from tests.integration.client.waiting import until
from tests.support.channels import make_channels
from watchbill_client import Conflict, NotFound, TokenUsage, Watchbill

JUNE = datetime(2030, 6, 1, tzinfo=UTC)


@pytest.fixture
def client(deployment: Deployment) -> Iterator[Watchbill]:
    """A client of the deployment, which has an agent whose tasks are leased."""
    make_channels()
    with Watchbill() as client:
        client.agents.register("author", project="p", type="COPYWRITER")
        client.agents.update("author", runtime={"kind": "pull"})
        yield client


def test_a_campaign_is_planned_found_changed_linked_and_forgotten(client: Watchbill) -> None:
    made = client.campaigns.create(
        "Summer", type="EMAIL", budget=Decimal("250.5"), start=JUNE, end=JUNE + timedelta(days=90), goals={"clicks": 1}
    )
    client.campaigns.create("Winter")

    assert (made.status, made.budget, made.start_date) == ("SCHEDULED", Decimal("250.5"), JUNE)
    assert [campaign.name for campaign in client.campaigns.list(limit=1)] == ["Winter", "Summer"]
    assert [campaign.name for campaign in client.campaigns.list(type="EMAIL")] == ["Summer"]
    paused = client.campaigns.update(made.id, status="PAUSED", budget=None)
    assert (paused.status, paused.budget, paused.campaign_type) == ("PAUSED", None, "EMAIL")
    linked = client.campaigns.link(made.id, "author")
    assert [campaign.id for campaign in client.campaigns.of_agent("author")] == [made.id]
    assert client.campaigns.list(agent="author").items == (linked,)
    client.campaigns.unlink(made.id, "author")
    assert client.campaigns.get(made.id).agents == ()
    client.campaigns.delete(made.id)
    with pytest.raises(NotFound):
        client.campaigns.get(made.id)


def test_an_agent_runs_for_a_campaign_which_counts_it(client: Watchbill) -> None:
    tokens = TokenUsage(input=350, output=2200, model="gpt-4")
    begun = client.campaigns.run("author", {"topic": "sails"}, tokens=tokens, wait_seconds=0)
    with pytest.raises(Conflict, match="running already"):
        client.campaigns.run("author", wait_seconds=0)

    (task,) = client.tasks.lease(["author"])
    assert (task.payload, task.campaign_id) == ({"topic": "sails"}, begun.data.campaign_id)
    client.tasks.complete(task, {"title": "Sails"})

    assert begun.status == "accepted"
    # The task's end first reaches its run, and then what is counted of it.
    until(lambda: client.campaigns.performance(begun.data.campaign_id).completed == 1)
    performance = client.campaigns.performance(begun.data.campaign_id, range="24h")
    assert (performance.completed, performance.cost, performance.tokens.total) == (1, Decimal("0.1425"), 2550)
    assert [agent.name for agent in performance.agents] == ["author"]
    assert {metric.name for metric in client.campaigns.metrics_of_agent("author", limit=3)} == {
        "CAMPAIGN_PERFORMANCE",
        "AGENT_EXECUTION_TIME",
        "AGENT_SUCCESS_RATE",
    }
    assert client.campaigns.agent("author").status == "COMPLETED"


def test_an_agent_is_stopped_and_runs_again(client: Watchbill) -> None:
    begun = client.campaigns.run("author", wait_seconds=0).data

    stopped = client.campaigns.stop("author")

    assert (stopped.status, stopped.stopped) == ("PAUSED", (begun.execution_id,))
    assert client.campaigns.run("author", wait_seconds=0).data.campaign_id == begun.campaign_id
