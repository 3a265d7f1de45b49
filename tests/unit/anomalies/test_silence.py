"""Silence: an agent that ran regularly has stopped; pauses that it always makes are none."""

from datetime import timedelta
from random import Random

import pytest

from tests.unit.anomalies.hours import HOUR, NOW
from watchbill.anomalies.models import Figure, Judgement, Severity, Window
from watchbill.anomalies.silence import silence
from watchbill.configuration.models import Thresholds


def judged(counts: list[Figure], hours_later: int = 0) -> Judgement:
    """What is said so many hours after the last of the hours given."""
    end = NOW + hours_later * HOUR
    return silence(counts, Window(end - HOUR, end), Thresholds())


def hourly(days: int, runs: bool = True) -> list[Figure]:
    """An agent that runs every hour up to now."""
    return [Figure(NOW - HOUR * (before + 1), 2.0 if runs else 0.0, 1) for before in range(days * 24)]


def office_hours(weeks: int) -> list[Figure]:
    """An agent that runs from 8 to 18 on working days, until now."""
    return [f for f in hourly(weeks * 7) if 8 <= f.hour.hour < 18 and f.hour.weekday() < 5]


def test_an_hourly_agent_that_stops_is_noticed_within_hours() -> None:
    assert not judged(hourly(10), 3).anomalous
    assert judged(hourly(10), 5).severity is Severity.MEDIUM
    assert judged(hourly(10), 24).severity is Severity.HIGH


def test_nights_and_weekends_off_are_no_silence() -> None:
    counts = office_hours(5)
    for hours_later in range(7 * 24):
        until = NOW + HOUR * hours_later
        more = [f._replace(hour=f.hour + timedelta(weeks=1)) for f in office_hours(1)]
        ran = [*counts, *(f for f in more if f.hour < until)]
        assert not judged(ran, hours_later).anomalous, until


def test_an_agent_of_office_hours_that_does_not_come_on_monday_is_noticed_that_day() -> None:
    friday_evening = NOW + timedelta(days=3, hours=6)
    counts = [*office_hours(5)]
    more = [f._replace(hour=f.hour + timedelta(weeks=1)) for f in office_hours(1)]
    counts += [f for f in more if NOW <= f.hour < friday_evening]

    assert not judged(counts, 6 * 24 - 4).anomalous  # Monday, 8 in the morning
    assert judged(counts, 6 * 24 + 5).anomalous


@pytest.mark.parametrize("seed", range(5))
def test_an_agent_that_runs_now_and_then_is_not_missed_at_once(seed: int) -> None:
    draw = Random(seed)
    counts = [figure for figure in hourly(30) if draw.random() < 0.15]

    assert not judged(counts, 6).anomalous
    assert judged(counts, 24 * 14).anomalous


def test_nothing_is_claimed_of_an_agent_that_hardly_ran() -> None:
    assert not judged([], 100).anomalous
    assert not judged(hourly(1), 1000).anomalous
    assert "nothing is claimed" in judged(hourly(30)[::100], 1000).reason


def test_the_reason_names_the_last_run() -> None:
    assert "no run since 2026-02-10 11:00 UTC: 24.0 expected hours missed" in judged(hourly(10), 24).reason
