"""The functions that take in telemetry and show it, as data."""

from infra.declarations import READ, Api, Function, Messages
from watchbill.platform.queue import Queue

TELEMETRY = (
    Function(
        name="telemetry",
        trigger=Api(("POST /v1/traces", "POST /v1/logs", "POST /v1/metrics")),
        table=("GetItem", "BatchGetItem", "Query", "PutItem", "BatchWriteItem"),
        prices_tokens=True,
        spans=("GetObject", "PutObject"),
        memory=1769,
        timeout=29,
    ),
    Function(
        name="trace_worker",
        trigger=Messages(Queue.TRACES, max_receives=10),
        table=("GetItem", "BatchGetItem", "Query", "PutItem", "BatchWriteItem"),
        prices_tokens=True,
        spans=("GetObject", "DeleteObject"),
        timeout=60,
    ),
    Function(
        name="price_worker",
        trigger=Messages(Queue.PRICES, max_receives=10),
        table=("GetItem", "BatchGetItem", "Query", "PutItem", "BatchWriteItem", "DeleteItem"),
        prices_tokens=True,
        spans=("GetObject",),
        timeout=60,
    ),
    Function(
        name="traces",
        trigger=Api(("GET /api/runs/{runId}/trace", "GET /api/sessions/{sessionId}/trace")),
        table=READ,
        prices_tokens=True,
        spans=("GetObject",),
        memory=1769,
        timeout=29,
    ),
)
