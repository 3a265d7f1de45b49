"""The emulator's scheduler, as the launcher corrects it: zones, the time that was scheduled, once each."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from ministack.services import scheduler

from infra.local.schedules import LocalScheduler, next_of
from watchbill.platform.scheduler import SCHEDULED_TIME

START = datetime(2026, 3, 28, 8, 30, tzinfo=UTC)


@pytest.fixture
def fired():
    """What was fired: the inputs."""
    yield []
    scheduler.reset()


@pytest.fixture
def local(fired):
    """The scheduler since `START`."""
    return LocalScheduler(lambda target, _: fired.append(json.loads(target["Input"])["at"]), START)


def write(expression, zone="UTC", written=START, **more):
    described = {
        "Arn": "arn:aws:scheduler:us-east-1:000000000000:schedule/g/one",
        "ScheduleExpression": expression,
        "ScheduleExpressionTimezone": zone,
        "State": "ENABLED",
        "Target": {"Arn": "arn:aws:sqs:us-east-1:000000000000:q", "Input": json.dumps({"at": SCHEDULED_TIME})},
        "CreationDate": written.timestamp(),
        "LastModificationDate": written.timestamp(),
        **more,
    }
    scheduler._schedules._data["000000000000", "us-east-1", "g/one"] = described


def sweep(local, until):
    now = START
    while now < until:
        now += timedelta(seconds=10)
        local.sweep(now)


def test_a_schedule_comes_on_the_clock_of_its_zone_once_and_says_which_time_it_is(local, fired):
    write("cron(0 9 * * ? *)", "Europe/London")

    sweep(local, START + timedelta(hours=25))

    assert fired == ["2026-03-28T09:00:00Z", "2026-03-29T08:00:00Z"]


def test_a_sweep_that_comes_late_fires_every_time_that_has_come(local, fired):
    write("cron(*/20 * * * ? *)")

    local.sweep(START)
    local.sweep(START + timedelta(hours=1))

    assert fired == ["2026-03-28T08:40:00Z", "2026-03-28T09:00:00Z", "2026-03-28T09:20:00Z"]


def test_what_came_while_the_emulator_was_away_or_before_it_was_written_is_not_made_up_for(local, fired):
    write("cron(0 * * * ? *)", written=START - timedelta(days=1))
    local.sweep(START + timedelta(minutes=31))
    write("cron(0 * * * ? *)", written=START + timedelta(minutes=40))
    local.sweep(START + timedelta(minutes=41))

    assert fired == ["2026-03-28T09:00:00Z"]


def test_a_rate_counts_from_its_start(local, fired):
    write("rate(30 minutes)", StartDate=(START + timedelta(minutes=5)).timestamp())

    sweep(local, START + timedelta(minutes=70))

    assert fired == ["2026-03-28T08:35:00Z", "2026-03-28T09:05:00Z", "2026-03-28T09:35:00Z"]


def test_a_single_time_comes_once_and_its_schedule_goes(local, fired):
    write("at(2026-03-28T10:00:00)", "Europe/Madrid", ActionAfterCompletion="DELETE")

    sweep(local, START + timedelta(hours=2))

    assert fired == ["2026-03-28T09:00:00Z"]
    assert not scheduler._schedules._data


@pytest.mark.parametrize("more", [{"State": "DISABLED"}, {"EndDate": START.timestamp()}])
def test_a_schedule_that_is_off_or_over_does_not_come(local, fired, more):
    write("cron(* * * * ? *)", **more)

    sweep(local, START + timedelta(minutes=5))

    assert fired == []


def test_an_expression_that_nobody_understands_never_comes():
    write("every now and then")

    (described,) = scheduler._schedules._data.values()
    assert next_of(described, START) is None
    scheduler.reset()
