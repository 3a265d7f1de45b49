"""Entries in EventBridge Scheduler: what sends a message to a queue of firings when an expression comes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from watchbill.platform import aws
from watchbill.platform.settings import settings

SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
"""What the scheduler puts the time in for that it fires at: the one it was to fire at, however late it is."""
_UNKNOWN = "ResourceNotFoundException"
_LATEST = 24 * 3600
"""Seconds for which it tries to deliver what came; what comes later is of the past."""
_TRIES = 185


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its name, which is the stage's own, when it comes, and the message it sends.

    `starts` is the first time, for an expression that does not say it by itself. An entry that comes `once` is gone
    when it has.
    """

    name: str
    expression: str
    time_zone: str
    message: Mapping[str, str]
    starts: datetime | None = None
    once: bool = False


def at(instant: datetime) -> str:
    """The expression of an instant, which is never before it: the scheduler knows no parts of seconds."""
    second = instant.astimezone(UTC) + timedelta(microseconds=999_999)
    return f"at({second:%Y-%m-%dT%H:%M:%S})"


def put(entry: Entry) -> None:
    """Have an entry as it is here, whether it is there or not; doing so again changes nothing."""
    client, wanted = aws.scheduler(), _described(entry)
    try:
        client.update_schedule(**wanted)
    except aws.ClientError as error:
        if error.response["Error"]["Code"] != _UNKNOWN:
            raise
        client.create_schedule(**wanted)


def remove(name: str) -> None:
    """Have no entry of that name, whether it is there or not."""
    try:
        aws.scheduler().delete_schedule(Name=_full(name), GroupName=settings().schedule_group)
    except aws.ClientError as error:
        if error.response["Error"]["Code"] != _UNKNOWN:
            raise


def _described(entry: Entry) -> dict[str, Any]:
    target = {
        "Arn": settings().firings_arn,
        "RoleArn": settings().schedule_role_arn,
        "Input": json.dumps(entry.message),
        "RetryPolicy": {"MaximumEventAgeInSeconds": _LATEST, "MaximumRetryAttempts": _TRIES},
        "DeadLetterConfig": {"Arn": settings().firings_dead_letters_arn},
    }
    return {
        "Name": _full(entry.name),
        "GroupName": settings().schedule_group,
        "ScheduleExpression": entry.expression,
        "ScheduleExpressionTimezone": entry.time_zone,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "State": "ENABLED",
        "Target": target,
        **({"StartDate": entry.starts} if entry.starts else {}),
        **({"ActionAfterCompletion": "DELETE"} if entry.once else {}),
    }


def _full(name: str) -> str:
    # The group's name is the stage's; in front of the name as well, it limits what a role may touch to the stage's own.
    return f"{settings().schedule_group}-{name}"
