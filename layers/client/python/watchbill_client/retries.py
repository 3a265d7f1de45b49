"""When a request is worth another try, and how long to wait before it; pure decisions, no waiting done here."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# 429 and the statuses with which a gateway says that the service was not reached or is overloaded. A plain 500 is a
# bug of the service: the same request would meet it again.
RETRIED_STATUSES = frozenset({429, 502, 503, 504})


def is_passing(status: int, retry_after: float | None) -> bool:
    """Whether an answer says that the same request may succeed later."""
    # A 409 that names a time is that of a request with the same Idempotency-Key which is still being answered.
    return status in RETRIED_STATUSES or (status == 409 and retry_after is not None)


@dataclass(frozen=True)
class Retries:
    """How often and how patiently a request is repeated; delays are seconds.

    `attempts` counts the first try too, so 1 means no retries. The delay before the n-th retry is drawn from the upper
    half of `first_delay * 2**(n-1)`, at most `longest_delay`. When the service asks for a longer wait than
    `longest_delay`, the error is raised instead, for the caller to decide.
    """

    attempts: int = 4
    first_delay: float = 0.25
    longest_delay: float = 20.0

    def delay(
        self, attempt: int, retry_after: float | None = None, draw: Callable[[], float] = random.random
    ) -> float | None:
        """Seconds to wait after the failed `attempt` (the first is 1), or None to give up."""
        if attempt >= self.attempts:
            return None
        if retry_after is not None:
            return retry_after if retry_after <= self.longest_delay else None
        ceiling = min(self.longest_delay, self.first_delay * 2.0 ** (attempt - 1))
        # Never near zero, so that retries thin out; never all alike, so that many clients do not return in step.
        return ceiling * (0.5 + draw() / 2)


def retry_after_seconds(header: str | None) -> float | None:
    """A Retry-After header (seconds, or an HTTP date) as seconds from now; None when absent or unreadable."""
    if header is None:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    # RFC 9110: HTTP dates are GMT, also those of the obsolete form that names no zone.
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
