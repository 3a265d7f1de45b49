"""What every function does around its work: structured logs, traces and metrics, with a correlation id each.

Powertools is set up at a process's first invocation, not at import, so that importing a handler reads nothing.
"""

import sys
from collections.abc import Callable, Sequence
from functools import cache, wraps
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit

from watchbill.platform.settings import settings

Handler = Callable[[dict[str, Any], Any], Any]
NAMESPACE = "Watchbill"

API_CORRELATION_ID = "requestContext.requestId"


@cache
def logger() -> Logger:
    """This process's logger; JSON lines."""
    # The emulator waits 50 ms for a line on stderr after each invocation, so that is where lines go by default.
    return Logger(stream=sys.stdout if settings().log_stream == "stdout" else sys.stderr)


@cache
def _tracer() -> Tracer:
    return Tracer(patch_modules=("botocore",))


@cache
def _metrics() -> Metrics:
    return Metrics(namespace=NAMESPACE)


def count(name: str, amount: int = 1) -> None:
    """Add to a metric of this invocation. Metrics are named as the events they count: `RunsRecorded`."""
    _metrics().add_metric(name, MetricUnit.Count, amount)


def correlation_id() -> str | None:
    """The id that this invocation's log lines share, if it has one."""
    return logger().get_correlation_id() if logger.cache_info().currsize else None


def observed(
    correlation_id: str | None = None, *, causes: Callable[[dict[str, Any]], Sequence[str]] | None = None
) -> Callable[[Handler], Handler]:
    """Log, trace and measure every invocation of a handler.

    `correlation_id` is where the event carries the id that its log lines shall share (a JMESPath expression); `causes`
    names the ids of the requests that led to an event of several records.
    """

    def decorate(handler: Handler) -> Handler:
        @cache
        def instrumented() -> Handler:
            traced = _tracer().capture_lambda_handler(_reported(handler, causes), capture_response=False)
            return logger().inject_lambda_context(traced, correlation_id_path=correlation_id, clear_state=True)

        @wraps(handler)
        def entry(event: dict[str, Any], context: Any) -> Any:
            return instrumented()(event, context)

        return entry

    return decorate


def _reported(handler: Handler, causes: Callable[[dict[str, Any]], Sequence[str]] | None) -> Handler:
    """The handler, with its metrics and one log line behind it also when it fails."""

    @wraps(handler)
    def reported(event: dict[str, Any], context: Any) -> Any:
        answer = None
        if causes:
            logger().append_keys(causes=causes(event))
        try:
            answer = handler(event, context)
        finally:
            logger().info("invocation ended", extra=_outcome(answer))
            if _metrics().metric_set:
                _metrics().add_dimension("stage", settings().stage)
                _metrics().flush_metrics()
        return answer

    return reported


def _outcome(answer: Any) -> dict[str, Any]:
    status = answer.get("statusCode") if isinstance(answer, dict) else None
    return {"status": status} if status else {}
