"""Functions in processes of their own, which really die: `SIGKILL`, sent by the process to itself at a named moment.

A process runs the real handlers against the real API of a table in another process. The queues, the bus and the user's
function that is the agent are the test's: whatever is sent to them leaves the process at once, so that what was sent
before a death has been sent, and what was not has not.
"""

import importlib
import json
import multiprocessing
import os
import pkgutil
import signal
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from multiprocessing.connection import Connection
from typing import Any

from botocore.awsrequest import AWSResponse

import watchbill
from tests.support.service import LambdaContext
from tests.support.table_process import Raw
from tests.support.told import Told
from watchbill import services
from watchbill.platform import aws, clock, settings

_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")
FUNCTIONS = ("dispatcher", "due", "outbox", "rollups", "stream_worker", "task_worker", "workflow_worker")
_CONTEXT = multiprocessing.get_context("fork")  # what this process has read and imported is there at once
_PATIENCE = 120
"""Seconds after which a process that nobody calls any more ends."""


# What services import when they are first asked for would be imported by each process anew.
for _module in pkgutil.walk_packages(watchbill.__path__, "watchbill."):
    importlib.import_module(_module.name)
_HANDLERS = {name: importlib.import_module(f"functions.{name}.handler").lambda_handler for name in FUNCTIONS}


@dataclass(frozen=True)
class Fate:
    """What happens to a process: it dies at the n-th moment of a name, and these of its writes are throttled.

    Moments are `before write`, `after write`, `in the agent`, `before sending` and `after sending`, counted from 1.
    """

    dies_at: tuple[str, int] | None = None
    throttled: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Call:
    """An invocation of a function, at an instant, by a process that has this fate."""

    function: str
    event: dict[str, Any]
    now: datetime
    fate: Fate = Fate()


class Died(Exception):
    """The process is gone; `at` names its function and the moment."""

    def __init__(self, call: Call) -> None:
        super().__init__(f"{call.function} died")
        self.at = (call.function, *(call.fate.dies_at or ("", 0)))


class Process:
    """A process that waits for calls."""

    def __init__(self, environment: Mapping[str, str], listener: Told) -> None:
        self._here, there = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(dict(environment), listener, there), daemon=True)
        self._process.start()
        there.close()

    def begin(self, call: Call) -> None:
        """Hand over a call."""
        self._call = call
        self._here.send(call)

    def next(self) -> tuple[str, Any]:
        """What the process tells next: a name and what it is about. Raises Died."""
        try:
            told: tuple[str, Any] = self._here.recv()
        except (EOFError, ConnectionResetError) as gone:
            self._process.join()
            assert self._process.exitcode == -signal.SIGKILL, f"it died of {self._process.exitcode}"
            raise Died(self._call) from gone
        return told

    def answer(self, now: datetime, answer: Any) -> None:
        """What the agent answers, at an instant."""
        self._here.send((now, answer))

    def kill(self) -> None:
        """End the process as it is."""
        self._process.kill()
        self._process.join()


@dataclass
class _Outside:
    """What a process knows of the world, and the moments it has come to."""

    pipe: Connection
    fate: Fate = Fate()
    moments: Counter[str] = field(default_factory=Counter)

    def begin(self, call: Call) -> None:
        self.fate, self.moments = call.fate, Counter()
        clock._source = lambda: call.now

    def moment(self, name: str) -> None:
        self.moments[name] += 1
        if self.fate.dies_at == (name, self.moments[name]):
            os.kill(os.getpid(), signal.SIGKILL)

    def tell(self, name: str, about: Any) -> None:
        self.moment("before sending")
        self.pipe.send((name, about))
        self.moment("after sending")

    def before_write(self, request: Any, **_: Any) -> AWSResponse | None:
        self.moment("before write")
        if self.moments["before write"] in self.fate.throttled:
            return AWSResponse(request.url, 400, {"Content-Type": "application/x-amz-json-1.0"}, Raw(_THROTTLING))
        return None

    def after_write(self, http_response: Any, **_: Any) -> None:
        if http_response.status_code == 200:
            self.moment("after write")

    # What stands for SQS, EventBridge and Lambda.

    def send_message_batch(self, **arguments: Any) -> dict[str, Any]:
        queue = arguments["QueueUrl"].rsplit("/", 1)[-1]
        self.tell("sent", (queue, [json.loads(entry["MessageBody"]) for entry in arguments["Entries"]]))
        return {}

    def change_message_visibility(self, **arguments: Any) -> None:
        self.tell("postponed", (arguments["ReceiptHandle"], arguments["VisibilityTimeout"]))

    def put_events(self, **arguments: Any) -> dict[str, Any]:
        return {"FailedEntryCount": 0, "Entries": arguments["Entries"]}

    def invoke(self, **arguments: Any) -> dict[str, Any]:
        self.pipe.send(("in the agent", json.loads(arguments["Payload"])))
        now, answer = self.pipe.recv()
        clock._source = lambda: now
        self.moment("in the agent")
        if answer is None:
            raise aws.ReadTimeout(endpoint_url="lambda")
        return {"Payload": BytesIO(json.dumps(answer).encode())}


_THROTTLING = json.dumps({"__type": "com.amazonaws#ThrottlingException", "message": "Rate exceeded"}).encode()


def _serve(environment: dict[str, str], listener: Told, pipe: Connection) -> None:
    os.environ.update(environment)
    settings.settings.cache_clear()
    services.forget()
    outside = _Outside(pipe)
    _surround(outside)
    while pipe.poll(_PATIENCE):
        call: Call = pipe.recv()
        outside.begin(call)
        try:
            answer = _HANDLERS[call.function](call.event, LambdaContext())
            assert not listener.wrong, listener.wrong
            pipe.send(("answered", answer))
        except Exception as error:  # noqa: BLE001 - as Lambda does, whatever it is
            pipe.send(("raised", repr(error)))


def _surround(outside: _Outside) -> None:
    """Put the test where AWS is, except for the table."""
    for service in ("sqs", "events"):
        setattr(aws, service, lambda: outside)
    aws.lambda_ = lambda _: outside  # type: ignore[assignment, misc]
    hooks = aws.dynamodb().meta.events
    for operation in _WRITES:
        hooks.register(f"before-send.dynamodb.{operation}", outside.before_write)
        hooks.register(f"after-call.dynamodb.{operation}", outside.after_write)
