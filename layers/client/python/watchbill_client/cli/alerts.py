"""`watchbill alerts`: who is told of critical anomalies and daily summaries, and how the messages went."""

from enum import StrEnum
from typing import Annotated

import typer
from rich.text import Text

from watchbill_client.alerting import Delivery, Subscription
from watchbill_client.cli import formats
from watchbill_client.cli.output import Column
from watchbill_client.cli.session import Session, command

app = typer.Typer(help="Subscribe to alerts by webhook or e-mail (scope admin).", no_args_is_help=True)

_SHOWN_ONCE = "The secret verifies the webhooks' signatures. It is shown this once and cannot be read again."
_STYLES = {"delivered": "green", "failed": "red", "pending": "cyan"}

_Id = Annotated[
    str, typer.Argument(metavar="ID", help="The subscription's id, from `alerts list`.", show_default=False)
]


class Kind(StrEnum):
    """What may be subscribed to."""

    CRITICAL_PERFORMANCE = "critical-performance"
    DAILY_SUMMARY = "daily-summary"
    SUBSCRIPTION_DISABLED = "subscription-disabled"
    TASK_FAILED = "task-failed"
    BUDGET_WARNED = "budget-warned"
    BUDGET_HELD = "budget-held"
    ACCOUNT_REVOKED = "account-revoked"
    EVENT_REMINDER = "event-reminder"


@command(
    app,
    "add",
    examples=[
        "watchbill alerts add https://example.com/hook --kind critical-performance",
        "watchbill alerts add ops@example.com --kind daily-summary --kind subscription-disabled",
        "watchbill alerts add https://example.com/hook --kind daily-summary --json | jq -r .secret",
    ],
)
def add(
    session: Session,
    target: Annotated[str, typer.Argument(help="An https address, or an e-mail address.", show_default=False)],
    kind: Annotated[list[Kind], typer.Option(help="What to be told of; repeat for more.", show_default=False)],
    description: Annotated[str | None, typer.Option(help="What it is for.", show_default=False)] = None,
) -> None:
    """Subscribe an address. A webhook's secret is shown once."""
    channel = "webhook" if "://" in target else "email"
    issued = session.client.alerts.subscribe(channel, target, kind, description)
    if session.output.as_json:
        session.output.json(issued)
    else:
        session.output.facts([("Id", issued.id), ("Target", issued.target), ("Kinds", formats.words(issued.kinds))])
        if issued.secret:
            session.output.say(f"\n{issued.secret}\n")
    if issued.secret:
        session.output.warn(_SHOWN_ONCE)


@command(app, "list", examples=["watchbill alerts list", "watchbill alerts list --json"])
def list_subscriptions(session: Session) -> None:
    """List the organisation's subscriptions."""
    subscriptions = list(session.client.alerts.list())
    if session.output.as_json:
        return session.output.json(subscriptions)
    if not subscriptions:
        return session.output.say("Nobody is told of alerts yet.")
    session.output.table(
        [Column("Id"), Column("Target", fold=True), Column("Kinds", fold=True), Column("State", fold=True)],
        [(each.id, each.target, formats.words(each.kinds), _state(each)) for each in subscriptions],
    )
    return None


@command(app, "remove", examples=["watchbill alerts remove ID"])
def remove(session: Session, subscription: _Id) -> None:
    """Remove a subscription."""
    session.client.alerts.unsubscribe(subscription)
    if session.output.as_json:
        session.output.json({"id": subscription, "removed": True})
    else:
        session.output.say(f"Removed {subscription}.")


@command(app, "enable", examples=["watchbill alerts enable ID"])
def enable(session: Session, subscription: _Id) -> None:
    """Enable a subscription again that was disabled because its endpoint failed."""
    enabled = session.client.alerts.change(subscription, enabled=True)
    if session.output.as_json:
        session.output.json(enabled)
    else:
        session.output.say(f"Enabled {subscription}.")


@command(app, "test", examples=["watchbill alerts test ID"])
def test(session: Session, subscription: _Id) -> None:
    """Send a test message; `alerts deliveries` says how it went."""
    sent = session.client.alerts.send_test(subscription)
    if session.output.as_json:
        session.output.json(sent)
    else:
        session.output.say(f"Sent as delivery {sent.delivery}.")


@command(app, "deliveries", examples=["watchbill alerts deliveries ID", "watchbill alerts deliveries ID --limit 100"])
def deliveries(
    session: Session,
    subscription: _Id,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 20,
) -> None:
    """Show the newest messages to a subscription, and how they went."""
    found = session.client.alerts.deliveries(subscription, limit=limit).items
    if session.output.as_json:
        return session.output.json(found)
    if not found:
        return session.output.say("Nothing was sent in the last 30 days.")
    session.output.table(
        [Column("Id"), Column("Kind", fold=True), Column("When"), Column("State"), Column("Last attempt", fold=True)],
        [_row(each) for each in found],
    )
    return None


def _state(subscription: Subscription) -> str:
    if subscription.enabled:
        return "enabled"
    return f"disabled: {subscription.disabled_reason}" if subscription.disabled_reason else "disabled"


def _row(delivery: Delivery) -> tuple[str | Text, ...]:
    last = delivery.attempts[-1] if delivery.attempts else None
    said = [str(part) for part in (last.status, last.error) if part] if last else []
    state = Text(delivery.state, style=_STYLES.get(delivery.state, ""))
    return (delivery.id, delivery.kind, formats.short_moment(delivery.created_at), state, " ".join(said))
