"""Subscriptions to alerts by the client and by the command, over the wire to the service's own functions."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.integration.client.deployment import Deployment
from tests.integration.client.server import Reply
from tests.support.alert_steps import deliver, tell
from tests.support.receiver import receiving
from watchbill_client import Conflict, NotFound, Unprocessable, Watchbill
from watchbill_client.cli.app import app

pytestmark = pytest.mark.usefixtures("hasty")
HOOK = "http://127.0.0.1:9/hook"
KINDS = ["critical-performance", "daily-summary"]


@pytest.fixture
def client(deployment: Deployment) -> Iterator[Watchbill]:
    """A client of the deployment, which the environment names."""
    with Watchbill() as client:
        yield client


def watchbill(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["alerts", *arguments], env={"COLUMNS": "200", "NO_COLOR": "1"})


def printed(*arguments: str) -> Any:
    result = watchbill(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_subscription_lives_through_the_client(client: Watchbill) -> None:
    issued = client.alerts.subscribe("webhook", HOOK, KINDS, description="On call")

    changed = client.alerts.change(issued.id, kinds=["daily-summary"], enabled=False)
    rotated = client.alerts.rotate_secret(issued.id)
    (listed,) = client.alerts.list()

    assert issued.secret
    assert issued.secret not in repr(issued)
    assert rotated.secret not in (None, issued.secret)
    assert (changed.kinds, changed.enabled, changed.description) == (("daily-summary",), False, "On call")
    assert listed == client.alerts.get(issued.id)
    client.alerts.unsubscribe(issued.id)
    with pytest.raises(NotFound):
        client.alerts.get(issued.id)


def test_what_is_refused_is_an_error_with_the_reason(client: Watchbill) -> None:
    client.alerts.subscribe("webhook", HOOK, KINDS)

    with pytest.raises(Conflict, match="tells this target already"):
        client.alerts.subscribe("webhook", HOOK, KINDS)
    with pytest.raises(Unprocessable, match="link-local"):
        client.alerts.subscribe("webhook", "http://169.254.169.254/", KINDS)


def test_a_test_message_and_an_alert_are_among_the_deliveries(client: Watchbill, deployment: Deployment) -> None:
    with receiving(Reply(500)) as receiver:
        issued = client.alerts.subscribe("webhook", receiver.url, KINDS)
        sent = client.alerts.send_test(issued.id)
        deliver(deployment.service)
        tell(deployment.service)
        deliver(deployment.service)

    assert issued.secret is not None
    assert [payload["type"] for payload in receiver.verified(issued.secret)] == ["test", "critical-performance"]
    alert, test = client.alerts.deliveries(issued.id, limit=1)
    assert (test.id, test.state, test.reason, test.attempts[0].status) == (sent.delivery, "failed", "exhausted", 500)
    assert (alert.kind, alert.state) == ("critical-performance", "delivered")


def test_a_webhook_is_added_with_its_secret_shown_once(client: Watchbill) -> None:
    shown = watchbill("add", HOOK, "--kind", "critical-performance", "--kind", "daily-summary")

    (subscription,) = client.alerts.list()
    assert shown.exit_code == 0
    assert "whsec_" in shown.stdout
    assert "shown this once" in shown.stderr
    assert subscription.kinds == ("critical-performance", "daily-summary")
    assert "whsec_" not in watchbill("list").stdout


def test_an_address_with_an_at_sign_is_told_by_mail(client: Watchbill) -> None:
    added = printed("add", "ops@example.com", "--kind", "daily-summary", "--description", "On call")

    assert (added["channel"], added["secret"], added["description"]) == ("email", None, "On call")


def test_subscriptions_are_listed_with_why_one_is_disabled(client: Watchbill, deployment: Deployment) -> None:
    assert watchbill("list").stdout == "Nobody is told of alerts yet.\n"
    with receiving(afterwards=Reply(410)) as gone:
        issued = client.alerts.subscribe("webhook", gone.url, KINDS)
        tell(deployment.service)
        deliver(deployment.service)

    assert "disabled: the endpoint answered 410 Gone" in " ".join(watchbill("list").stdout.split())
    assert "410" in watchbill("deliveries", issued.id).stdout
    assert watchbill("enable", issued.id).stdout == f"Enabled {issued.id}.\n"
    assert [each["enabled"] for each in printed("list")] == [True]


def test_a_subscription_is_tested_looked_at_and_removed(client: Watchbill, deployment: Deployment) -> None:
    with receiving() as receiver:
        issued = client.alerts.subscribe("webhook", receiver.url, KINDS)
        assert watchbill("deliveries", issued.id).stdout == "Nothing was sent in the last 30 days.\n"
        assert "Sent as delivery" in watchbill("test", issued.id).stdout
        delivery = printed("test", issued.id)["delivery"]
        deliver(deployment.service)

    assert delivery in [each["id"] for each in printed("deliveries", issued.id)]
    assert watchbill("remove", issued.id).stdout == f"Removed {issued.id}.\n"
    assert printed("list") == []
    assert watchbill("remove", issued.id).exit_code == 1
