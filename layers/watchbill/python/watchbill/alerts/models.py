"""Subscriptions and deliveries, as asked for and as shown, and what passes between the functions that alert."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from watchbill.platform.addresses import MOST_CHARACTERS
from watchbill.platform.sealed_signing import SealedSigning
from watchbill.platform.wire import Count, Label, Model, Moment

MOST_SUBSCRIPTIONS = 50
"""Of an organisation."""


class AlertChannel(StrEnum):
    """How a subscription is told."""

    WEBHOOK = "webhook"
    EMAIL = "email"


class Kind(StrEnum):
    """What may be subscribed to; the `type` of a webhook."""

    CRITICAL_PERFORMANCE = "critical-performance"
    DAILY_SUMMARY = "daily-summary"
    SUBSCRIPTION_DISABLED = "subscription-disabled"
    TASK_FAILED = "task-failed"
    BUDGET_WARNED = "budget-warned"
    BUDGET_HELD = "budget-held"
    ACCOUNT_REVOKED = "account-revoked"
    EVENT_REMINDER = "event-reminder"


TEST = "test"
"""The kind of a test message, which is sent when asked for and cannot be subscribed to."""

Kinds = Annotated[frozenset[Kind], Field(min_length=1)]
TargetText = Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]


class NewSubscription(Model):
    """The wish for a subscription: `target` is an https address or an e-mail address, as the channel says."""

    channel: AlertChannel
    target: TargetText
    kinds: Kinds
    description: Label | None = None


class SubscriptionChange(Model):
    """What may be changed of a subscription; what is absent stays."""

    target: TargetText | None = None
    kinds: Kinds | None = None
    enabled: bool | None = None
    description: Label | None = None


class Subscription(Model):
    """Who is told of what. `disabled_reason` says why we disabled it, null when nobody or its owner did."""

    id: str
    channel: AlertChannel
    target: str
    kinds: tuple[Kind, ...]
    description: str | None
    enabled: bool
    disabled_reason: str | None
    created_at: Moment
    updated_at: Moment


class IssuedSubscription(Subscription):
    """A subscription with the secret its webhooks are signed with, shown once.

    `secret` is null for e-mail, and when an idempotent repeat is answered.
    """

    secret: str | None


class SubscriptionList(Model):
    """An organisation's subscriptions, newest first."""

    items: tuple[Subscription, ...]
    next_cursor: str | None = None


class DeliveryState(StrEnum):
    """How far a delivery is."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Ending(StrEnum):
    """Why a delivery has failed for good."""

    EXHAUSTED = "exhausted"
    """Every attempt of the schedule failed."""
    GONE = "gone"
    """The endpoint answered 410: it wants nothing more."""
    REJECTED = "rejected"
    """The mail service refused the message, and would again."""
    CANCELLED = "cancelled"
    """The subscription was disabled before an attempt succeeded."""


class Attempt(Model):
    """One attempt: when it began, how long it took, and the status that was answered or what went wrong instead."""

    at: Moment
    duration_ms: Count
    status: int | None = None
    error: str | None = None


class Delivery(Model):
    """One message to one subscription, and how it went. `reason` says why it failed for good."""

    id: str
    kind: str
    created_at: Moment
    state: DeliveryState
    attempts: tuple[Attempt, ...]
    next_attempt_at: Moment | None
    reason: Ending | None


class DeliveryList(Model):
    """A subscription's deliveries of the last 30 days, newest first."""

    items: tuple[Delivery, ...]
    next_cursor: str | None


class Accepted(Model):
    """A message that will be sent: its delivery's id, and where to look."""

    delivery: str
    deliveries: str


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A subscription as stored: with its signing, and since when it has been enabled without interruption."""

    subscription: Subscription
    signing: SealedSigning | None
    enabled_since: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """What an event means to those who are told of it.

    `event` tells what happened apart from all else that happens: the same when it is told again. `about` is the
    subscription that the notice is about, which is not told itself. Where there is a `channel`, subscriptions of
    others are not told.
    """

    event: str
    kind: Kind
    severity: str
    subject: str
    data: Mapping[str, Any]
    about: str | None = None
    channel: AlertChannel | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be delivered: the content of a message in the queue. `payload` is what the receiver gets."""

    delivery: str
    subscription: str
    kind: str
    created_at: datetime
    subject: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt went. Without `ending` a failure is tried again, not before `retry_after` seconds."""

    attempt: Attempt
    delivered: bool = False
    ending: Ending | None = None
    retry_after: int = 0
