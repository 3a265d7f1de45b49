"""How an agent's code is reached: what a task looks like to it, and what it may answer.

Every runtime is given the same JSON and may answer the same: `{"output": …, "metrics": {…}}`, or anything else, which
then is the output as a whole; `{"error": {"type", "message", "retryable"}}` reports a failure.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from watchbill.execution.happenings import CustomEvents, Tell
from watchbill.execution.models import Metrics, Task, TaskError
from watchbill.execution.worker import Agent, Done, Failed, LeasedElsewhere, NotRunnable, Outcome, Upstream
from watchbill.platform import functions
from watchbill.platform.wire import Model
from watchbill.registry.models import AgentSettings, BuiltinType, HttpRuntime, LambdaRuntime, PullRuntime
from watchbill.runs.models import Body

_TOLD = {
    "id",
    "agent_id",
    "task_type",
    "priority",
    "payload",
    "attempt",
    "stream_id",
    "campaign_id",
    "session_id",
    "version",
    "goal_context",
}
UNREADABLE = "UnreadableAnswer"

BuiltinOf = Callable[[BuiltinType, AgentSettings], Agent]
"""The built-in agent of a type."""
EndpointOf = Callable[[HttpRuntime], Agent]
"""The agent that is an endpoint."""


def told(task: Task, settings: AgentSettings, upstream: Upstream) -> dict[str, Any]:
    """A task as an agent is told of it."""
    given = task.model_dump(mode="json", include=_TOLD)
    more = {"upstream": dict(upstream), "configuration": settings.configuration, "timeout": settings.timeout}
    return given | more


def outcome_of(answer: Any) -> Outcome:
    """What an agent's answer means."""
    if not isinstance(answer, dict) or not answer.keys() & _Answer.model_fields.keys():
        answer = {"output": answer}
    try:
        told = _Answer.model_validate(answer)
    except ValidationError as wrong:
        return Failed(_unreadable(wrong))
    if told.error:
        return Failed(told.error, told.metrics, events=told.events)
    return Done(told.output, told.metrics, told.events)


def agent_of(settings: AgentSettings, builtin_of: BuiltinOf, endpoint_of: EndpointOf) -> Agent:
    """The agent that is run so. Raises NotRunnable for one that is run elsewhere, LeasedElsewhere."""
    runtime = settings.runs_as
    if isinstance(runtime, PullRuntime):
        raise LeasedElsewhere
    if isinstance(runtime, LambdaRuntime):
        return LambdaAgent(runtime.function, settings)
    if isinstance(runtime, HttpRuntime):
        return endpoint_of(runtime)
    if settings.builtin_type is None:
        raise NotRunnable("the agent has no runtime any more")
    return builtin_of(settings.builtin_type, settings)


class LambdaAgent:
    """An agent that is a Lambda function of this account."""

    def __init__(self, function: str, settings: AgentSettings) -> None:
        self._function = function
        self._settings = settings

    @property
    def timeout(self) -> timedelta:
        """How long an attempt may take."""
        return timedelta(seconds=self._settings.timeout)

    def run(self, task: Task, upstream: Upstream, tell: Tell) -> Outcome:  # noqa: ARG002 - it says all in its answer
        """Invoke the function and wait for its answer."""
        answer = functions.invoke(self._function, told(task, self._settings, upstream), self._settings.timeout)
        if answer.error is None:
            return outcome_of(answer.payload)
        return Failed(TaskError(type=answer.error[:200], message=_message(answer.payload), retryable=answer.retryable))


class _Answer(Model):
    """What an agent may answer."""

    output: Body = None
    metrics: Metrics | None = None
    error: TaskError | None = None
    events: CustomEvents = ()


def _unreadable(wrong: ValidationError) -> TaskError:
    first = wrong.errors()[0]
    where = ".".join(map(str, first["loc"]))[:200]
    return TaskError(
        type=UNREADABLE, message=f"the agent's answer cannot be read: {where}: {first['msg'][:500]}", retryable=False
    )


def _message(payload: Any) -> str:
    told = payload.get("errorMessage") if isinstance(payload, dict) else payload
    return str(told)[:2_000]
