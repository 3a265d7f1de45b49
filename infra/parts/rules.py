"""EventBridge rules: the clock's schedules, and the events of our bus that functions listen to."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.declarations import Events, Schedule
from watchbill.platform.events import SOURCE, EventType

LATEST = Duration.hours(6)
"""Older than this an event is of no use to anybody: the next schedule has come, or people have looked."""


def invoke(
    function: lambda_.Function, trigger: Schedule | Events, name: str, bus: events.EventBus, failures: sqs.Queue
) -> None:
    """Have EventBridge invoke `function`; what could not be delivered or handled is kept in `failures`."""
    function.configure_async_invoke(
        on_failure=destinations.SqsDestination(failures), retry_attempts=2, max_event_age=LATEST
    )
    rule = events.Rule(
        function,
        "Rule",
        rule_name=name,
        event_bus=None if isinstance(trigger, Schedule) else bus,
        schedule=events.Schedule.expression(trigger.expression) if isinstance(trigger, Schedule) else None,
        event_pattern=None if isinstance(trigger, Schedule) else _pattern(trigger.types),
    )
    rule.add_target(targets.LambdaFunction(function, dead_letter_queue=failures, max_event_age=LATEST))


def deliver(
    scope: Construct,
    types: tuple[EventType, ...],
    queue: sqs.Queue,
    name: str,
    bus: events.EventBus,
    failures: sqs.Queue,
) -> None:
    """Have EventBridge put our bus's events of these types into `queue`; what could not be is kept in `failures`."""
    target = targets.SqsQueue(queue, dead_letter_queue=failures, max_event_age=LATEST)
    events.Rule(scope, "Rule", rule_name=name, event_bus=bus, event_pattern=_pattern(types), targets=[target])


def _pattern(types: tuple[EventType, ...]) -> events.EventPattern:
    return events.EventPattern(source=[SOURCE], detail_type=[kind.value for kind in types])
