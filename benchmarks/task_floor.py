"""The emulator's own floor under tasks: a bare queue and functions that do nothing, measured as tasks are."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.task_figures import PATIENCE, WARM_UP, Counts, Figures, spaced
from infra.declarations import Messages
from infra.functions import FUNCTIONS
from infra.local.aws import client
from infra.local.processes import wait_until
from infra.local.stack import Running
from tests.support.users_functions import function_of_a_user
from watchbill.platform.queue import Queue

# Each writes a line to stderr, because the emulator waits 50 ms for one after every invocation.
DOES_NOTHING = """
import sys

def handler(event, context):
    print("done", file=sys.stderr)
"""
_NOTES = """
import os, sys, time

def handler(event, context):
    begun = time.time()
    call(event)
    with open(os.environ["STARTS"], "a") as starts:
        starts.writelines(f"{record['body']} {begun} {time.time()}\\n" for record in event["Records"])
    print("done", file=sys.stderr)

def call(event):
    pass
"""
_CALLS = (
    _NOTES
    + """
import boto3
lambdas = boto3.client("lambda")

def call(event):
    for _ in event["Records"]:
        lambdas.invoke(FunctionName=os.environ["AGENT"], Payload=b"{}")["Payload"].read()
"""
)
_BATCH = next(
    each.trigger.batch_size
    for each in FUNCTIONS
    if isinstance(each.trigger, Messages) and each.trigger.queue is Queue.TASKS
)


def floors(stack: Running, counts: Counts, folder: Path) -> Iterator[Figures]:
    """What the emulator takes for a message to a function, and for one whose function calls another."""
    with function_of_a_user(stack, "watchbill-agent-floor", DOES_NOTHING) as agent:
        for name, code in (("SQS to Lambda", _NOTES), ("SQS to Lambda to Lambda", _CALLS)):
            starts = folder / name.replace(" ", "-")
            variables = {"STARTS": str(starts), "AGENT": agent}
            function = starts.name.lower()
            with function_of_a_user(stack, function, code, variables=variables), _queue(stack, function) as queue:
                yield _measured(f"{name}, bare", queue, starts, counts)


def _measured(name: str, queue: "_Queue", starts: Path, counts: Counts) -> Figures:
    warm, few, many = range(WARM_UP), range(1_000, 1_000 + counts.spaced), range(100_000, 100_000 + counts.burst)
    queue.enable(True)
    queue.send(warm)
    _noted(starts, warm)
    sent = spaced(few, lambda number: queue.send(range(number, number + 1)))
    noted = _noted(starts, few)
    queue.enable(False)
    queue.send(many)
    queue.enable(True)
    begun = time.time()
    ended = max(end for _, end in _noted(starts, many).values())
    return Figures(name, [1000 * (noted[one][0] - sent[one]) for one in few], counts.burst / (ended - begun))


def _noted(starts: Path, numbers: range) -> Mapping[int, tuple[float, float]]:
    """When the messages' work began and ended, once all of it has."""

    def noted() -> dict[int, tuple[float, float]]:
        lines = map(str.split, starts.read_text().splitlines()) if starts.exists() else ()
        found = {int(number): (float(begun), float(ended)) for number, begun, ended in lines}
        return {number: times for number, times in found.items() if number in numbers}

    if not wait_until(lambda: len(noted()) == len(numbers), PATIENCE):
        raise AssertionError(f"{len(noted())} of {len(numbers)} messages arrived")
    return noted()


class _Queue:
    """A queue with its function."""

    def __init__(self, stack: Running, url: str, mapping: str) -> None:
        self._sqs, self._lambda = client(stack.settings, "sqs"), client(stack.settings, "lambda")
        self._url, self._mapping = url, mapping

    def send(self, numbers: range) -> None:
        """Put messages into the queue, ten in a request."""
        for first in numbers[::10]:
            entries = [{"Id": str(one), "MessageBody": str(one)} for one in numbers if first <= one < first + 10]
            self._sqs.send_message_batch(QueueUrl=self._url, Entries=entries)

    def enable(self, enabled: bool) -> None:
        """Let the function take messages, or not."""
        self._lambda.update_event_source_mapping(UUID=self._mapping, Enabled=enabled)


@contextmanager
def _queue(stack: Running, function: str) -> Iterator[_Queue]:
    sqs, lambdas, iam = (client(stack.settings, name) for name in ("sqs", "lambda", "iam"))
    allowed = {"Effect": "Allow", "Action": ["sqs:*", "lambda:InvokeFunction"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName=function, PolicyName="floor", PolicyDocument=policy)
    url = sqs.create_queue(QueueName=function)["QueueUrl"]
    source: Any = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    mapping = lambdas.create_event_source_mapping(EventSourceArn=source, FunctionName=function, BatchSize=_BATCH)
    try:
        yield _Queue(stack, url, mapping["UUID"])
    finally:
        lambdas.delete_event_source_mapping(UUID=mapping["UUID"])
        sqs.delete_queue(QueueUrl=url)
