"""What becomes of a delivery: when it is attempted, what follows from how that went, when it costs the subscription.

Pure. A delivery is pending until an attempt succeeds or none is left; while an attempt runs it is leased, so that a
second copy of its message does not send too. A lease is longer than a function may run: when it has ended and nothing
was recorded, the attempt died, and the next one is due.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watchbill.alerts.models import TEST, Attempt, DeliveryState, Ending, Outcome, Subscriber
from watchbill.platform import ids

_MAIL_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}"
)
_MOST_MAIL_ADDRESS = 254
LEASE = timedelta(seconds=120)
_JITTER = 0.1
_MOST_PATIENCE = 86_400


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a delivery is: its attempts so far, and when the next is due while it is pending."""

    state: DeliveryState = DeliveryState.PENDING
    attempts: tuple[Attempt, ...] = ()
    due_at: datetime | None = None
    leased_until: datetime | None = None
    ending: Ending | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """Attempt it now; `progress` is to be stored first."""

    progress: Progress


@dataclass(frozen=True, slots=True)
class Early:
    """Nothing to do before so many seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing to do any more."""


def claim(progress: Progress, now: datetime) -> Claimed | Early | Ended:
    """What a message about a delivery asks for at this moment."""
    if progress.state is not DeliveryState.PENDING:
        return Ended()
    waits = [instant for instant in (progress.due_at, progress.leased_until) if instant and instant > now]
    if waits:
        return Early(seconds_until(max(waits), now))
    return Claimed(replace(progress, leased_until=now + LEASE))


def after(progress: Progress, outcome: Outcome, delays: Sequence[float], now: datetime, name: str) -> Progress | None:
    """A delivery after an attempt; None when it has ended in the meantime, and stays as it is.

    `delays` are the seconds before each attempt since the one before; `name` makes its jitter its own.
    """
    if progress.state is not DeliveryState.PENDING:
        return None
    done = Progress(DeliveryState.DELIVERED, (*progress.attempts, outcome.attempt))
    if outcome.delivered:
        return done
    if outcome.ending or len(done.attempts) >= len(delays):
        return replace(done, state=DeliveryState.FAILED, ending=outcome.ending or Ending.EXHAUSTED)
    wait = max(_with_jitter(delays[len(done.attempts)], name), min(outcome.retry_after, _MOST_PATIENCE))
    return replace(done, state=DeliveryState.PENDING, due_at=now + timedelta(seconds=wait))


def cancelled(progress: Progress) -> Progress | None:
    """A delivery whose subscription wants nothing any more; None when it has ended already."""
    if progress.state is not DeliveryState.PENDING:
        return None
    return Progress(DeliveryState.FAILED, progress.attempts, ending=Ending.CANCELLED)


def disabling(
    progress: Progress, kind: str, enabled_since: datetime, delivered_since: Callable[[datetime], bool]
) -> str | None:
    """Why a delivery's failure ends its subscription, or None.

    Failures from before the subscription was last enabled count no more; a test's failure costs nothing.
    """
    if progress.ending not in (Ending.GONE, Ending.EXHAUSTED) or kind == TEST:
        return None
    first, last = progress.attempts[0].at, progress.attempts[-1].at
    if progress.ending is Ending.GONE and last >= enabled_since:
        return "the endpoint answered 410 Gone"
    if progress.ending is Ending.EXHAUSTED and first >= enabled_since and not delivered_since(first):
        return f"all {len(progress.attempts)} attempts at a delivery failed, and no other delivery succeeded meanwhile"
    return None


def seconds_until(instant: datetime, now: datetime) -> int:
    """Whole seconds until an instant, rounded up, 0 when it has passed."""
    return max(0, -int(-(instant - now).total_seconds() // 1))


def _with_jitter(seconds: float, name: str) -> float:
    """A delay up to a tenth longer, so that what failed together is not tried again together."""
    return seconds * (1 + _JITTER * ids.shard_of(f"{name} {seconds}", 1_000) / 1_000)


def is_mail_address(text: str) -> bool:
    """Whether a text is one bare e-mail address: no name beside it, no second one, nothing that ends a header."""
    return len(text) <= _MOST_MAIL_ADDRESS and _MAIL_ADDRESS.fullmatch(text) is not None


def disabled(subscriber: Subscriber, reason: str, now: datetime) -> Subscriber:
    """A subscription that is told nothing any more, and why."""
    update = {"enabled": False, "disabled_reason": reason, "updated_at": now}
    return replace(subscriber, subscription=subscriber.subscription.model_copy(update=update))
