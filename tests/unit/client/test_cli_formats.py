"""Values as people read them."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill_client.cli import formats


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (None, "-"),
        (0, "0 ms"),
        (999, "999 ms"),
        (1_000, "1.0 s"),
        (5_349, "5.3 s"),
        (59_949, "59.9 s"),
        (59_950, "1 m 00 s"),
        (330_000, "5 m 30 s"),
        (3_599_999, "1 h 00 m"),
        (7_500_000, "2 h 05 m"),
        (273_600_000, "3 d 4 h"),
    ],
)
def test_durations(milliseconds: int | None, text: str) -> None:
    assert formats.duration(milliseconds) == text


@given(st.integers(0, 366 * 86_400_000))
def test_a_duration_is_short_whatever_its_length(milliseconds: int) -> None:
    assert len(formats.duration(milliseconds)) <= 10


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (None, "-"),
        ("0", "$0"),
        ("0.0000000001", "<$0.0001"),
        ("0.000164", "$0.0002"),
        ("0.0213", "$0.0213"),
        ("1", "$1.00"),
        ("1234.5", "$1,234.50"),
        ("-1234.5", "-$1,234.50"),
        ("-0.0213", "-$0.0213"),
    ],
)
def test_money(amount: str | None, text: str) -> None:
    assert formats.money(None if amount is None else Decimal(amount)) == text


def test_times_are_shown_in_utc() -> None:
    at = datetime(2026, 11, 20, 1, 30, 5, tzinfo=timezone(timedelta(hours=2)))

    assert formats.moment(at) == "2026-11-19 23:30:05 UTC"
    assert formats.short_moment(at) == "Nov 19 23:30"
    assert formats.day(at) == "2026-11-19"
    assert formats.moment(None) == formats.short_moment(None) == formats.day(None) == "-"


def test_counts_and_ratios() -> None:
    assert (formats.count(1_234_567), formats.count(None)) == ("1,234,567", "-")
    assert (formats.percent(98.46), formats.percent(None)) == ("98.5 %", "-")


def test_a_status_that_is_not_known_is_shown_as_it_is() -> None:
    assert formats.status("levitating").plain == "levitating"
    assert formats.status("failed").style == "red"
