"""Timeframes: what they are written as, and where they begin; months are the calendar's."""

from datetime import UTC, datetime, timedelta

import pytest

from watchbill.anomalies.timeframes import start_of, timeframe


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("1h", datetime(2026, 3, 31, 11, 30, tzinfo=UTC)),
        ("7d", datetime(2026, 3, 24, 12, 30, tzinfo=UTC)),
        ("2w", datetime(2026, 3, 17, 12, 30, tzinfo=UTC)),
        ("1m", datetime(2026, 2, 28, 12, 30, tzinfo=UTC)),
        ("3m", datetime(2025, 12, 31, 12, 30, tzinfo=UTC)),
        ("15m", datetime(2024, 12, 31, 12, 30, tzinfo=UTC)),
        ("2y", datetime(2024, 3, 31, 12, 30, tzinfo=UTC)),
    ],
)
def test_a_timeframe_begins_so_long_before_now(text: str, begins: datetime) -> None:
    assert start_of(timeframe(text), datetime(2026, 3, 31, 12, 30, tzinfo=UTC)) == begins


def test_a_year_before_a_leap_day_is_the_last_of_february() -> None:
    assert start_of("1y", datetime(2028, 2, 29, tzinfo=UTC)) == datetime(2027, 2, 28, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "7", "d", "0d", "-1d", "1.5d", "7D", " 7d", "7d\n", "\u0667d", "121m", "11y"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="such as 24h, 7d or 3m"):
        timeframe(text)


def test_the_longest_are_ten_years() -> None:
    now = datetime(2026, 3, 31, tzinfo=UTC)

    for text in ("87600h", "3650d", "520w", "120m", "10y"):
        assert timedelta(days=3600) < now - start_of(timeframe(text), now) < timedelta(days=3660)
