"""The queues between functions, each with a dead-letter queue behind it for what no attempt could handle."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.declarations import DeadLetters, Function, Messages
from infra.parts.findings import accept
from watchbill.platform.queue import Queue

KEPT = Duration.days(14)
"""As long as SQS keeps a message at all: some wait for days before they are tried again."""

VISIBILITY_FACTOR = 6
"""A message is hidden for so many times the consumer's timeout, as AWS advises, so that no other attempt meets it."""


@dataclass(frozen=True)
class Pair:
    """A queue and the dead-letter queue behind it."""

    queue: sqs.Queue
    dead_letters: sqs.Queue


def make_queues(scope: Construct, declared: tuple[Function, ...]) -> dict[Queue, Pair]:
    """Create the queue of every function that is triggered by messages."""
    return {
        function.trigger.queue: _make(scope, function, function.trigger)
        for function in declared
        if isinstance(function.trigger, Messages)
    }


def consume_messages(function: lambda_.Function, messages: Messages, queues: Mapping[Queue, Pair]) -> None:
    """Let `function` work through the queue's messages, and answer which of a batch must come again."""
    function.add_event_source(
        event_sources.SqsEventSource(
            queues[messages.queue].queue,
            batch_size=messages.batch_size,
            max_concurrency=messages.at_once,
            report_batch_item_failures=True,
        )
    )


def consume_dead_letters(function: lambda_.Function, trigger: DeadLetters, queues: Mapping[Queue, Pair]) -> None:
    """Let `function` work through what was put aside of the queue; what it fails at stays there and alarms."""
    function.add_event_source(
        event_sources.SqsEventSource(
            queues[trigger.queue].dead_letters,
            batch_size=1,
            report_batch_item_failures=True,
        )
    )


def _make(scope: Construct, function: Function, messages: Messages) -> Pair:
    title = messages.queue.title()
    dead_letters = sqs.Queue(
        scope,
        f"{title}DeadLetters",
        enforce_ssl=True,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        retention_period=KEPT,
    )
    accept(dead_letters, "AwsSolutions-SQS3", "This is a dead-letter queue.")
    queue = sqs.Queue(
        scope,
        f"{title}Queue",
        enforce_ssl=True,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        retention_period=KEPT,
        visibility_timeout=Duration.seconds(VISIBILITY_FACTOR * function.timeout),
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=messages.max_receives),
    )
    return Pair(queue, dead_letters)
