"""How long to wait before another try, and when to stop trying."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill_client import Retries
from watchbill_client.retries import is_passing, retry_after_seconds


@given(attempt=st.integers(1, 9), chance=st.floats(0, 1))
def test_a_delay_grows_to_its_ceiling_and_is_never_near_zero(attempt: int, chance: float) -> None:
    retries = Retries(attempts=10, first_delay=0.25, longest_delay=20)

    delay = retries.delay(attempt, draw=lambda: chance)

    ceiling = min(20, 0.25 * 2 ** (attempt - 1))
    assert delay is not None
    assert ceiling / 2 <= delay <= ceiling


def test_delays_differ_between_clients() -> None:
    assert len({Retries().delay(1) for _ in range(10)}) > 1


@pytest.mark.parametrize(("attempts", "attempt"), [(1, 1), (4, 4), (4, 9)])
def test_the_last_try_is_the_last(attempts: int, attempt: int) -> None:
    assert Retries(attempts=attempts).delay(attempt) is None
    assert Retries(attempts=attempts).delay(attempt, retry_after=0) is None


def test_what_the_service_asks_for_is_waited_exactly() -> None:
    assert Retries().delay(1, retry_after=0) == 0
    assert Retries().delay(3, retry_after=7.5) == 7.5


def test_a_wait_beyond_patience_is_not_begun() -> None:
    assert Retries(longest_delay=5).delay(1, retry_after=5) == 5
    assert Retries(longest_delay=5).delay(1, retry_after=5.1) is None


@pytest.mark.parametrize(
    ("status", "retry_after", "passing"),
    [(429, None, True), (503, None, True), (500, None, False), (409, None, False), (409, 1.0, True), (404, 1.0, False)],
)
def test_only_some_answers_may_change_by_waiting(status: int, retry_after: float | None, passing: bool) -> None:
    assert is_passing(status, retry_after) is passing


@pytest.mark.parametrize(("header", "seconds"), [("0", 0), ("120", 120), (None, None), ("soon", None), ("-1", None)])
def test_retry_after_is_read_as_seconds(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header) == seconds


def test_retry_after_is_read_as_a_date() -> None:
    soon = datetime.now(UTC) + timedelta(seconds=100)

    seconds = retry_after_seconds(format_datetime(soon, usegmt=True))

    assert seconds is not None
    assert 95 < seconds <= 100
    assert retry_after_seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 0
