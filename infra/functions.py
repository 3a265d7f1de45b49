"""Every Lambda function of the service as data: what triggers it and what it may touch, never how it is made.

A grant beyond what is written here does not exist: `parts/functions.py` gives a function its own log group,
its traces, and the actions below on the table and the bus.
"""

from dataclasses import dataclass

READ = ("GetItem", "Query")


@dataclass(frozen=True)
class Api:
    """Triggered by these routes of the HTTP API, each written as `METHOD /path`, or `$default` for any other path."""

    routes: tuple[str, ...]
    public: bool = False


@dataclass(frozen=True)
class Authorizer:
    """Asked by the HTTP API who the caller is."""


@dataclass(frozen=True)
class Direct:
    """Invoked by an operator or the launcher, who need IAM permission for it."""


@dataclass(frozen=True)
class Stream:
    """Triggered by the changes of items whose sort key matches `sort_keys` (EventBridge patterns).

    `window_seconds` above 0 makes a tumbling window, whose events name their shard.
    """

    sort_keys: tuple[str | dict[str, str], ...]
    batch_size: int
    window_seconds: int = 0


@dataclass(frozen=True)
class Function:
    """One function: `memory` in MiB, `timeout` in seconds, `table` the DynamoDB actions it may do on the table."""

    name: str
    trigger: Api | Authorizer | Direct | Stream
    table: tuple[str, ...] = ()
    puts_events: bool = False
    memory: int = 1024
    timeout: int = 10


FUNCTIONS = (
    Function(name="authorizer", trigger=Authorizer(), table=("GetItem", "UpdateItem")),
    Function(
        name="registry",
        trigger=Api(
            (
                "GET /api/v1/agents",
                "POST /api/v1/agents/{name}/register",
                "GET /api/v1/agents/{agentId}",
                "PATCH /api/v1/agents/{agentId}",
                "POST /api/v1/agents/{agentId}/versions",
                "GET /api/v1/agents/{agentId}/versions",
                "GET /api/v1/agents/{agentId}/versions/{version}",
            )
        ),
        table=(*READ, "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"),
    ),
    Function(
        name="runs",
        trigger=Api(
            (
                "POST /api/v1/agents/{agentId}/versions/{version}/runs",
                "GET /api/v1/agents/{agentId}/versions/{version}/runs",
                "GET /api/v1/agents/{agentId}/runs",
                "GET /api/v1/agents/{agentId}/runs/{runId}",
                "PATCH /api/v1/agents/{agentId}/runs/{runId}",
            )
        ),
        table=(*READ, "BatchGetItem", "BatchWriteItem", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"),
        timeout=25,
    ),
    Function(
        name="analytics",
        trigger=Api(("GET /api/v1/ui/stats", "GET /api/v1/ui/recent_activity", "GET /api/v1/ui/agent_versions")),
        table=(*READ, "BatchGetItem"),
    ),
    Function(
        name="identity",
        trigger=Api(
            (
                "POST /api/keys",
                "GET /api/keys",
                "DELETE /api/keys/{keyId}",
                "GET /api/organisation",
                "PATCH /api/organisation",
            )
        ),
        table=(*READ, "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"),
    ),
    Function(
        name="rebuild",
        trigger=Api(("POST /api/admin/rebuild", "GET /api/admin/rebuild")),
        table=(*READ, "BatchGetItem", "BatchWriteItem", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"),
        timeout=29,
    ),
    Function(
        name="documentation",
        trigger=Api(("GET /", "GET /api/docs", "GET /api/openapi.json", "$default"), public=True),
    ),
    Function(
        name="rollups",
        trigger=Stream(sort_keys=("RUN",), batch_size=1000, window_seconds=900),
        table=(*READ, "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"),
        timeout=60,
    ),
    Function(
        name="outbox",
        trigger=Stream(
            sort_keys=("RUN", {"prefix": "AGENT"}, {"prefix": "VERSION"}, {"prefix": "KEY"}), batch_size=1000
        ),
        puts_events=True,
        timeout=60,
    ),
    Function(
        name="provision",
        trigger=Direct(),
        table=("GetItem", "PutItem", "UpdateItem", "ConditionCheckItem"),
    ),
)
