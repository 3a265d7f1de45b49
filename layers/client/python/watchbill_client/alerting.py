"""What the API says of alerts: subscriptions, and how messages to them went."""

from pydantic import Field

from watchbill_client.models import Answer, UtcDatetime


class Subscription(Answer):
    """Who is told of what. `channel` is `webhook` or `email`; `disabled_reason` says why the service disabled it."""

    id: str
    channel: str
    target: str
    kinds: tuple[str, ...] = ()
    description: str | None = None
    enabled: bool = True
    disabled_reason: str | None = None
    created_at: UtcDatetime | None = None
    updated_at: UtcDatetime | None = None


class IssuedSubscription(Subscription):
    """A subscription at the one moment its secret is known; None where nothing is signed, as in e-mail."""

    secret: str | None = Field(default=None, repr=False)


class DeliveryAttempt(Answer):
    """One attempt at a delivery: the status that was answered, or what went wrong instead."""

    at: UtcDatetime
    duration_ms: int = 0
    status: int | None = None
    error: str | None = None


class Delivery(Answer):
    """One message to one subscription. `state` is `pending`, `delivered` or `failed`; `reason` says why it failed."""

    id: str
    kind: str
    created_at: UtcDatetime
    state: str
    attempts: tuple[DeliveryAttempt, ...] = ()
    next_attempt_at: UtcDatetime | None = None
    reason: str | None = None


class SentTest(Answer):
    """A test message on its way: its delivery's id."""

    delivery: str
