"""Values on the wire: durations as Go writes them, money, instants and names."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from watchbill.platform import clock
from watchbill.platform.wire import MAX_DURATION_MS, Instant, Money, Name, format_duration, parse_duration

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("5m30s", 330_000),
        ("1h2m3.5s", 3_723_500),
        ("250ms", 250),
        ("1.5s", 1_500),
        ("2µs", 0),
        ("2μs", 0),
        ("1500us", 2),
        ("999999999ns", 1_000),
        (".5s", 500),
        ("1.h", 3_600_000),
        ("0", 0),
        ("0s", 0),
        (5.5, 5_500),
        (330, 330_000),
        ("2.5ms", 2),
        ("3.5ms", 4),
    ],
)
def test_a_duration_is_read_as_go_reads_it(text: str | float, milliseconds: int) -> None:
    assert parse_duration(text) == milliseconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "5 m",
        "m5",
        "5m 30s",
        "-5s",
        "+5s",
        "5m30",
        "5d",
        "five",
        "1e3s",
        "s",
        ".s",
        "\u0665s",
        "9999999h",
        "5m30s\n",
    ],
)
def test_bad_durations_are_refused_and_never_zero(text: str) -> None:
    with pytest.raises(ValueError, match="a duration"):
        parse_duration(text)


@pytest.mark.parametrize("number", [-1, float("nan"), float("inf"), 1e300])
def test_impossible_numbers_of_seconds_are_refused(number: float) -> None:
    with pytest.raises(ValueError, match="a duration"):
        parse_duration(number)


@given(st.integers(0, MAX_DURATION_MS))
def test_a_duration_that_was_written_is_read_back(milliseconds: int) -> None:
    assert parse_duration(format_duration(milliseconds)) == milliseconds


@given(st.decimals(0, 10**9, allow_nan=False, places=12))
def test_money_keeps_ten_decimals_and_is_a_number_on_the_wire(amount: Decimal) -> None:
    kept = TypeAdapter(Money).validate_python(amount)

    assert abs(kept - amount) <= Decimal("0.00000000005")
    assert isinstance(TypeAdapter(Money).dump_python(kept, mode="json"), int | float)


@pytest.mark.parametrize("amount", ["1.5", True, -1, 10**10, float("nan"), float("inf"), None, []])
def test_what_is_no_amount_is_refused(amount: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Money).validate_python(amount)


def test_an_instant_is_kept_in_utc_to_the_millisecond() -> None:
    instant = TypeAdapter(Instant).validate_python("2023-08-01T14:00:00.123987+02:00")

    assert clock.to_text(instant) == "2023-08-01T12:00:00.123Z"


@pytest.mark.parametrize(
    "text",
    ["2023-08-01T12:00:00", "2023-08-01", "yesterday", "", 1690891200, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"],
)
def test_instants_without_a_zone_or_out_of_this_age_are_refused(text: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Instant).validate_python(text)


def test_an_event_may_be_a_little_ahead_of_our_clock_but_not_days() -> None:
    with clock.frozen_at(NOW):
        TypeAdapter(Instant).validate_python(clock.to_text(NOW + timedelta(hours=23)))
        with pytest.raises(ValidationError, match="tomorrow"):
            TypeAdapter(Instant).validate_python(clock.to_text(NOW + timedelta(hours=25)))


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_text_of_an_instant_sorts_as_time_does_and_reads_back(instant: datetime) -> None:
    text, later = clock.to_text(instant), clock.to_text(instant + timedelta(milliseconds=1))

    assert text < later
    assert clock.from_text(text) == instant.replace(microsecond=instant.microsecond // 1000 * 1000)


@pytest.mark.parametrize("name", ["a/b", "a%41", "a#b", "a?b", "a\\b", 'a"b', ".", "..", " a", "a\n", "", "x" * 201])
def test_names_that_cannot_be_part_of_an_address_are_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(name)


@pytest.mark.parametrize("name", ["my-agent", "Agente de campaña", "qa 2", "v1.0.0+build.5", "a_b:c@d", "エージェント"])
def test_names_in_any_language_are_taken(name: str) -> None:
    assert TypeAdapter(Name).validate_python(name) == name
