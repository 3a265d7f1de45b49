"""Agents that are endpoints of the user's: the task is posted there, signed; the answer comes at once or later."""

import json
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from watchbill.execution.happenings import Tell
from watchbill.execution.models import Task, TaskError
from watchbill.execution.recording import TIMED_OUT
from watchbill.execution.runtimes import UNREADABLE, outcome_of, told
from watchbill.execution.worker import MARGIN, Awaited, Failed, Outcome, Upstream
from watchbill.platform import clock, signing
from watchbill.platform.calls import retry_after
from watchbill.platform.outgoing import Answer, NoAnswer, Outgoing, Refused
from watchbill.platform.signing import Signing
from watchbill.registry.models import LONGEST_IN_LAMBDA, AgentSettings

MOST_BYTES = 256_000
"""Bytes of an answer that are read: more than any output that is kept."""
LONGEST_REQUESTED_WAIT = timedelta(seconds=60)
_MOST_EXCERPT = 500
_PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)


@dataclass(frozen=True, slots=True)
class HttpAgent:
    """An agent that is an endpoint: `url` is where tasks are posted, and `signing` what proves that we do it."""

    url: str
    signing: Signing
    settings: AgentSettings
    outgoing: Outgoing

    @property
    def timeout(self) -> timedelta:
        """How long an attempt may take, whether it is answered at once or called back."""
        return timedelta(seconds=self.settings.timeout)

    def run(self, task: Task, upstream: Upstream, tell: Tell) -> Outcome:  # noqa: ARG002 - it tells when it calls back
        """Post the task and read the answer; that it will be called back is an answer too."""
        now, began = clock.now(), clock.ticks()
        seconds = float(min(self.settings.timeout, LONGEST_IN_LAMBDA))
        body = json.dumps(_told(task, self.settings, upstream), ensure_ascii=False, allow_nan=False)
        # An attempt is posted once, so that its id says to a receiver whether it has seen it.
        headers = signing.headers(self.signing, f"{task.id}-{task.attempt}", body, now)
        try:
            answer = self.outgoing.send(
                "POST", self.url, headers=headers, body=body.encode(), seconds=seconds, most_bytes=MOST_BYTES
            )
        except Refused as refused:
            return Failed(TaskError(type="Refused", message=str(refused), retryable=False))
        except NoAnswer as missing:
            late = clock.ticks() - began >= seconds
            return Failed(TaskError(type=TIMED_OUT if late else "NoAnswer", message=str(missing)))
        return meaning(answer)


def meaning(answer: Answer) -> Outcome:
    """What an endpoint's answer means."""
    if answer.status == HTTPStatus.ACCEPTED:
        return Awaited()
    if HTTPStatus(200) <= answer.status < HTTPStatus(300):
        return _result(answer)
    passing = answer.status in _PASSING or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    excerpt = _excerpt(answer)
    said = f"the endpoint answered {answer.status}" + (f": {excerpt}" if excerpt else "")
    wait = timedelta(seconds=retry_after(answer.headers.get("retry-after", ""), clock.now()))
    error = TaskError(type=f"Http{answer.status}", message=said, retryable=passing)
    return Failed(error, wait=min(wait, LONGEST_REQUESTED_WAIT))


def _told(task: Task, settings: AgentSettings, upstream: Upstream) -> dict[str, Any]:
    """A task as an endpoint is told of it: with what to call back with, where it answers 202."""
    until = task.lease_until - MARGIN if task.lease_until else clock.now()
    path = f"/api/tasks/{task.id}"
    callback = {
        "lease_token": task.lease_holder,
        "expires_at": clock.to_text(until),
        "complete": f"{path}/complete",
        "fail": f"{path}/fail",
    }
    return told(task, settings, upstream) | {"callback": callback}


def _result(answer: Answer) -> Outcome:
    if not answer.complete:
        return _unreadable(f"it has more than {MOST_BYTES:,} bytes")
    try:
        return outcome_of(json.loads(answer.body) if answer.body.strip() else None)
    except (ValueError, RecursionError):
        return _unreadable("it is no JSON")


def _unreadable(why: str) -> Failed:
    return Failed(TaskError(type=UNREADABLE, message=f"the agent's answer cannot be read: {why}", retryable=False))


def _excerpt(answer: Answer) -> str:
    text = answer.body[: 4 * _MOST_EXCERPT].decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()[:_MOST_EXCERPT]
