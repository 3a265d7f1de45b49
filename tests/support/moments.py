"""An organisation's calendar as time goes by, in process: entries of the scheduler come, and all that follows."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import boto3

from tests.support.bus import Bus, work
from tests.support.local_table import ENVIRONMENT
from tests.support.service import Service
from tests.support.steps import an_event
from watchbill.calendar.publications import Order, Refusal
from watchbill.platform import queue, settings
from watchbill.platform.queue import Queue
from watchbill.platform.scheduler import SCHEDULED_TIME


@dataclass
class Shelf:
    """Publishes content by remembering it, once for each id; refuses what is for the channels named."""

    refuses: dict[str, Refusal] = field(default_factory=dict)
    kept: dict[str, Order] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def publish(self, order: Order) -> Refusal | None:
        """Keep an order."""
        self.asked.append(order.id)
        if order.channel in self.refuses:
            return self.refuses[order.channel]
        self.kept.setdefault(order.id, order)
        return None


@dataclass
class Calendar:
    """What was told on the bus since the beginning is in `told`."""

    service: Service
    key: str
    bus: Bus
    told: list[dict[str, Any]] = field(default_factory=list)

    def plan(self, **fields: Any) -> str:
        """A new event; its id."""
        event: str = an_event(self.service, self.key, **fields)["id"]
        self.settle()
        return event

    def settle(self) -> None:
        """Let everything happen that follows by itself."""
        going_on = True
        while going_on:
            before = len(self.told)
            self.told += self.bus.settle()
            going_on = bool(work(self.service, "calendar_worker", Queue.MOMENTS)) or len(self.told) > before

    def entries(self) -> list[dict[str, Any]]:
        """What the scheduler holds."""
        client, group = boto3.client("scheduler"), ENVIRONMENT[settings.SCHEDULE_GROUP]
        names = [one["Name"] for one in client.list_schedules(GroupName=group)["Schedules"]]
        return [dict(client.get_schedule(GroupName=group, Name=name)) for name in names]

    def held(self) -> list[str]:
        """When the entries come that the scheduler holds."""
        return [one["ScheduleExpression"] for one in self.entries()]

    def lose(self) -> None:
        """Have the scheduler hold nothing any more."""
        for entry in self.entries():
            boto3.client("scheduler").delete_schedule(GroupName=entry["GroupName"], Name=entry["Name"])

    def fire(self, entry: dict[str, Any], at: datetime) -> None:
        """Have an entry come, whether it is still held or not."""
        queue.send(Queue.MOMENTS, [json.loads(entry["Target"]["Input"].replace(SCHEDULED_TIME, at.isoformat()))])
        self.settle()

    def sweep(self) -> None:
        """Have the minute's function look for what was lost."""
        self.service.invoke("due", {})
        self.settle()

    def reminders(self) -> list[tuple[str, int]]:
        """The reminders that were told, by type and minutes."""
        details = [one["detail"] for one in self.told if one["detail-type"] == "event_reminder"]
        return [(one["type"], one["minutes"]) for one in details]
