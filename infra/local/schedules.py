"""EventBridge Scheduler as the emulator lacks it: schedules come on the clock of their zone, and say which time it is.

The emulator reads every expression in UTC, and hands over `<aws.scheduler.scheduled-time>` as it stands. This takes
the place of its sweep, and leaves what is done with a schedule that has come to it.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import eventbridge, scheduler

from watchbill.platform import schedules
from watchbill.platform.cronfields import ScheduleError
from watchbill.platform.scheduler import SCHEDULED_TIME
from watchbill.platform.schedules import Rate

_AT = re.compile(r"at\((.+)\)")
_DELETED = "DELETE"

Described = Mapping[str, Any]
"""A schedule as the emulator keeps it."""
Place = tuple[str, str, str]
"""Account, region, and group with name."""


@dataclass
class LocalScheduler:
    """Fires what has come; `invoke` is given a schedule's target, and the schedule."""

    invoke: Callable[[dict[str, Any], Described], None]
    started: datetime
    _seen: dict[tuple[Place, float], datetime] = field(default_factory=dict)

    def sweep(self, now: datetime) -> None:
        """Fire every schedule that has come since it was last looked at, once for each time."""
        seen, self._seen = self._seen, {}
        for place, described in list(scheduler._schedules._data.items()):
            written = (place, described["LastModificationDate"])
            for due in self._due(described, seen.get(written) or self._begun(described), now):
                self._fire(place, described, due)
            self._seen[written] = now

    def _begun(self, described: Described) -> datetime:
        """From when on a schedule is looked at: since it was written, and while the emulator was there to see it."""
        written = datetime.fromtimestamp(described["LastModificationDate"], UTC)
        return written if _AT.fullmatch(described["ScheduleExpression"]) else max(written, self.started)

    def _due(self, described: Described, since: datetime, now: datetime) -> Iterator[datetime]:
        due = since
        while described["State"] == "ENABLED" and (following := next_of(described, due)) and following <= now:
            due = following
            yield due

    def _fire(self, place: Place, described: Described, due: datetime) -> None:
        account, region, _ = place
        set_request_account_id(account)
        set_request_region(region)
        target = dict(described["Target"])
        if "Input" in target:
            target["Input"] = target["Input"].replace(SCHEDULED_TIME, f"{due:%Y-%m-%dT%H:%M:%SZ}")
        self.invoke(target, described)
        once = _AT.fullmatch(described["ScheduleExpression"]) is not None
        if once and described.get("ActionAfterCompletion") == _DELETED:
            scheduler._schedules._data.pop(place, None)


def next_of(described: Described, after: datetime) -> datetime | None:
    """When a schedule comes first behind `after`; None when it does not, or cannot be read."""
    zone, expression = ZoneInfo(described.get("ScheduleExpressionTimezone") or "UTC"), described["ScheduleExpression"]
    starts, ends = (_instant(described.get(name)) for name in ("StartDate", "EndDate"))
    if starts is not None:
        after = max(after, starts - timedelta(microseconds=1))
    if once := _AT.fullmatch(expression):
        at = datetime.fromisoformat(once[1]).replace(tzinfo=zone).astimezone(UTC)
        return at if at > after else None
    try:
        schedule = schedules.parse(expression)
    except ScheduleError:
        return None
    found = _of_rate(schedule, described, after) if isinstance(schedule, Rate) else schedule.next(after, zone)
    return found if found and (ends is None or found <= ends) else None


def install() -> None:
    """Have the emulator's scheduler go by this sweep."""
    local = LocalScheduler(_invoke, datetime.now(UTC))
    scheduler._tick_schedules = lambda: local.sweep(datetime.now(UTC))


def _of_rate(rate: Rate, described: Described, after: datetime) -> datetime:
    """A rate counts from its start, or from when it was made."""
    start = _instant(described.get("StartDate")) or _instant(described["CreationDate"])
    if start is None or start > after:
        return start or after
    return start + ((after - start) // rate.every + 1) * rate.every


def _instant(value: float | str | None) -> datetime | None:
    if value is None:
        return None
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else datetime.fromisoformat(value)


def _invoke(target: dict[str, Any], described: Described) -> None:
    event = {
        "EventId": described["Arn"],
        "Source": "aws.scheduler",
        "DetailType": "Scheduled Event",
        "Detail": "{}",
        "Time": time.time(),
        "Resources": [described["Arn"]],
    }
    eventbridge._invoke_target(target, event, described)
