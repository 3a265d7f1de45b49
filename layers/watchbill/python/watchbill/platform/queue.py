"""The queues between functions: sending messages, and working through a batch of them one by one or side by side.

A message arrives at least once. One whose work fails comes again, up to its queue's number of receives, and then waits
in the queue's dead-letter queue; the other messages of its batch are done.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from watchbill.platform import aws, clock
from watchbill.platform.observability import correlation_id, logger
from watchbill.platform.settings import settings

LONGEST_WAIT = 12 * 3600
"""Seconds that SQS can hold a message back for at most."""

_MESSAGES_PER_CALL = 10
_AT_ONCE = 10
"""How many messages are worked on together: all of a batch."""
_CAUSE = "cause"


class Queue(StrEnum):
    """What is waiting to be done."""

    CHECKS = "checks"
    REPORTS = "reports"
    DELIVERIES = "deliveries"
    DISPATCH = "dispatch"
    TASKS = "tasks"
    SCHEDULES = "schedules"
    FIRINGS = "firings"
    IMPORTS = "imports"
    WORKFLOWS = "workflows"
    ORCHESTRATIONS = "orchestrations"
    STREAMS = "streams"
    TRACES = "traces"
    PRICES = "prices"
    EXPORTS = "exports"
    LIVE = "live"
    CONVERSATIONS = "conversations"
    SOCIAL = "social"
    MOMENTS = "moments"


Send = Callable[[Queue, Sequence[Mapping[str, Any]]], None]
"""How messages are put into a queue: `send`, or what stands for it in a test."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it arrived; `receives` is 1 for the first time."""

    body: dict[str, Any]
    receives: int = 1


class Later(Exception):
    """The work cannot be done now: the message shall come again after so many seconds, `LONGEST_WAIT` at most."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:.0f} s")
        self.seconds = max(0, min(LONGEST_WAIT, round(seconds)))


def come_again(at: datetime | None) -> None:
    """Have the message under way come again at an instant, if one is given. Raises Later."""
    if at is not None:
        raise Later((at - clock.now()).total_seconds())


class MessagesNotSent(RuntimeError):
    """The queue took only some of the messages; sending all again is harmless, because work is done once."""


def send(queue: Queue, messages: Sequence[Mapping[str, Any]], delay: int = 0) -> None:
    """Put messages, JSON objects, into a queue, to be received after so many seconds. Raises MessagesNotSent."""
    url, cause = settings().queue_url(queue), correlation_id()
    attributes = {_CAUSE: {"DataType": "String", "StringValue": cause}} if cause else {}
    for start in range(0, len(messages), _MESSAGES_PER_CALL):
        chunk = messages[start : start + _MESSAGES_PER_CALL]
        answer = aws.sqs().send_message_batch(
            QueueUrl=url,
            Entries=[
                {
                    "Id": str(number),
                    "MessageBody": json.dumps(message),
                    "MessageAttributes": attributes,  # type: ignore[typeddict-item]
                    "DelaySeconds": delay,
                }
                for number, message in enumerate(chunk)
            ],
        )
        if failed := answer.get("Failed"):
            raise MessagesNotSent(f"{len(failed)} of {len(chunk)} messages: {failed[0].get('Message')}")


def send_ahead(queue: Queue, messages: Sequence[Mapping[str, Any]]) -> None:
    """Put messages into a queue that the table's stream will have put there again a little later.

    So what has been written counts whether they are sent or not: that they were not is told in the log only.
    """
    try:
        send(queue, messages)
    except (MessagesNotSent, aws.ClientError, aws.Unreached) as error:
        logger().warning("messages wait for the stream", exc_info=error, extra={"queue": queue})


def handled(
    queue: Queue | None, event: dict[str, Any], context: Any, work: Callable[[Message], None]
) -> dict[str, Any]:
    """Work through a batch of a queue's messages; the answer tells SQS which of them must come again.

    Without a queue they are dead letters, which come again when they are due to, not when the work says.
    """

    return _handled(event, context, partial(_one, queue, work))


def handled_together(
    queue: Queue, event: dict[str, Any], context: Any, work: Callable[[Message], None]
) -> dict[str, Any]:
    """As `handled`, but all of the messages at the same time, each in a thread: it takes as long as the longest."""
    if _AT_ONCE < 2:
        return handled(queue, event, context, work)
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        begun = {
            record["messageId"]: threads.submit(copy_context().run, _one, queue, work, record)
            for record in event["Records"]
        }
        return _handled(event, context, lambda record: begun[record["messageId"]].result())


def handled_by_organisation(
    event: dict[str, Any], context: Any, work: Callable[[str, Sequence[Message]], None]
) -> dict[str, Any]:
    """As `handled_together`, but each organisation's messages as one: all of them are done, or come again."""
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for record in event["Records"]:
        grouped.setdefault(_organisation(json.loads(record["body"])), []).append(record)

    def work_on(organisation: str) -> None:
        work(organisation, [_message(record) for record in grouped[organisation]])

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        begun = {one: threads.submit(copy_context().run, work_on, one) for one in grouped}
        return _handled(event, context, lambda record: begun[_organisation(json.loads(record["body"]))].result())


def once_each(work: Callable[[Message], None]) -> Callable[[Message], None]:
    """Work on the messages of one batch that does a thing once, however many of them say the same."""
    done: list[dict[str, Any]] = []

    def unless_done(message: Message) -> None:
        if message.body not in done:
            work(message)
            done.append(message.body)

    return unless_done


def bodies(event: dict[str, Any]) -> list[dict[str, Any]]:
    """What the messages of an event say."""
    return [json.loads(record["body"]) for record in event["Records"]]


def causes(event: dict[str, Any]) -> list[str]:
    """The ids of the requests or invocations that sent the event's messages."""
    named = (record.get("messageAttributes", {}).get(_CAUSE) for record in event["Records"])
    return list(dict.fromkeys(attribute["stringValue"] for attribute in named if attribute))


class _Processor(BatchProcessor):
    """Says in the log why a message must come again."""

    def failure_handler(self, record: Any, exception: Any) -> Any:
        if not isinstance(exception[1], Later):
            logger().error("a message failed", exc_info=exception)
        return super().failure_handler(record, exception)


def _handled(event: dict[str, Any], context: Any, one: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    processor = _Processor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    answer = process_partial_response(event=event, record_handler=one, processor=processor, context=context)
    return dict(answer)


def _one(queue: Queue | None, work: Callable[[Message], None], record: Mapping[str, Any]) -> None:
    try:
        work(_message(record))
    except Later as later:
        if queue:
            _postpone(queue, record["receiptHandle"], later.seconds)
        raise


def _organisation(body: Mapping[str, Any]) -> str:
    """Whose message this is: what the bus puts into a queue says it in its detail."""
    return str(body.get("detail", body)["organisation"])


def _message(record: Mapping[str, Any]) -> Message:
    return Message(json.loads(record["body"]), int(record["attributes"]["ApproximateReceiveCount"]))


def _postpone(queue: Queue, receipt: str, seconds: int) -> None:
    aws.sqs().change_message_visibility(
        QueueUrl=settings().queue_url(queue), ReceiptHandle=receipt, VisibilityTimeout=seconds
    )
