"""Every Lambda function of the service as data: what triggers it, what it may touch, and which stack it belongs to.

How it is made is not written here, and a grant beyond what is written here does not exist: `parts/functions.py` gives
a function its own log group, its traces, and the actions below on the table and the bus.
"""

from itertools import chain

from infra.accounts import ACCOUNTS
from infra.campaigns import CAMPAIGNS
from infra.conversations import CONVERSATIONS
from infra.declarations import READ, WRITE, Api, Authorizer, DeadLetters, Direct, Function, Messages, Schedule, Stream
from infra.live import LIVE, SOCKET_AUTHORIZER
from infra.schedules import SCHEDULES
from infra.streams import STREAMS
from infra.telemetry import TELEMETRY
from infra.watching import WATCHING
from infra.workflows import WORKFLOWS
from watchbill.platform import keys
from watchbill.platform.queue import Queue

AUTHORIZER = Function(name="authorizer", trigger=Authorizer(), table=("GetItem",))
"""Whom the API asks, and therefore in the stack of the API itself."""

RECORDS = (
    Function(
        name="registry",
        trigger=Api(
            (
                "GET /api/v1/agents",
                "POST /api/v1/agents/{name}/register",
                "GET /api/v1/agents/{agentId}",
                "POST /api/v1/agents/{agentId}/versions",
                "GET /api/v1/agents/{agentId}/versions",
                "GET /api/v1/agents/{agentId}/versions/{version}",
            )
        ),
        table=(*READ, *WRITE),
    ),
    Function(
        name="agent_settings",
        trigger=Api(("PATCH /api/v1/agents/{agentId}", "POST /api/v1/agents/{agentId}/secret")),
        table=(*READ, *WRITE),
        checks_targets=True,
        sealing=("Encrypt",),
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
        table=(*READ, *WRITE),
        timeout=25,
    ),
    Function(
        name="analytics",
        trigger=Api(
            (
                "GET /api/v1/ui/stats",
                "GET /api/v1/ui/recent_activity",
                "GET /api/v1/ui/agent_versions",
                "GET /api/agents/analytics",
                "GET /api/campaigns/{campaignId}/performance",
            )
        ),
        table=READ,
    ),
    Function(
        name="performance",
        trigger=Api(
            (
                "POST /api/analytics/performance",
                "GET /api/analytics/performance",
                "GET /api/analytics/strands/{strandId}/snapshot",
            )
        ),
        table=(*READ, "PutItem", "UpdateItem"),
        timeout=25,
    ),
    Function(
        name="health",
        trigger=Api(("GET /api/analytics/strands/{strandId}/health", "GET /api/analytics/dashboard")),
        table=READ,
    ),
    *TELEMETRY,
    Function(
        name="exports",
        trigger=Api(("POST /api/exports", "GET /api/exports", "GET /api/exports/{exportId}")),
        table=(*READ, *WRITE),
        links_files=True,
    ),
    Function(
        name="export_worker",
        trigger=Messages(Queue.EXPORTS, batch_size=1, max_receives=10),
        table=(*READ, "PutItem"),
        writes_files=True,
        memory=2048,
        timeout=180,
    ),
)
"""Agents, their runs, the figures of them, and their runs as files."""

GOALS = (
    Function(
        name="companies",
        trigger=Api(
            (
                "POST /api/companies",
                "GET /api/companies",
                "GET /api/companies/{companyId}",
                "PATCH /api/companies/{companyId}",
                "DELETE /api/companies/{companyId}",
            )
        ),
        table=(*READ, *WRITE),
        memory=1769,
        timeout=29,
    ),
    Function(
        name="company_imports",
        trigger=Api(("POST /api/companies/imports", "GET /api/companies/imports/{importId}")),
        table=("GetItem", "Query", *WRITE),
        timeout=29,
    ),
    Function(
        name="import_worker",
        trigger=Messages(Queue.IMPORTS, batch_size=1, max_receives=10),
        table=("GetItem", "BatchGetItem", "PutItem", "DeleteItem"),
        timeout=60,
    ),
    Function(
        name="documents",
        trigger=Api(
            (
                "POST /api/documents",
                "GET /api/documents",
                "GET /api/documents/search",
                "GET /api/documents/{documentId}",
                "PATCH /api/documents/{documentId}",
                "DELETE /api/documents/{documentId}",
            )
        ),
        table=(*READ, *WRITE),
        memory=1769,
        timeout=29,
    ),
    *STREAMS,
    *CAMPAIGNS,
)
"""What agents work towards and with: companies, documents, streams of items, and campaigns."""

WORK = (
    Function(
        name="tasks",
        trigger=Api(
            (
                "POST /api/tasks",
                "GET /api/tasks",
                "GET /api/tasks/{taskId}",
                "POST /api/tasks/{taskId}/cancel",
                "POST /api/tasks/{taskId}/retry",
                "GET /api/tasks/{taskId}/why",
            )
        ),
        table=(*READ, *WRITE),
        sends_to=(Queue.DISPATCH,),
        timeout=25,
    ),
    Function(
        name="leases",
        trigger=Api(
            (
                "POST /api/tasks/lease",
                "POST /api/tasks/{taskId}/heartbeat",
                "POST /api/tasks/{taskId}/complete",
                "POST /api/tasks/{taskId}/fail",
                "POST /api/tasks/{taskId}/release",
            )
        ),
        table=(*READ, "PutItem", "DeleteItem"),
        # A worker may be waited for: what it costs while it waits goes by its memory.
        memory=512,
        timeout=29,
    ),
    Function(
        name="runner",
        trigger=Api(
            (
                "GET /api/agents/task-runner",
                "POST /api/agents/task-runner",
                "GET /api/tasks/dead-letters",
                "POST /api/tasks/dead-letters/redrive",
            )
        ),
        table=(*READ, "PutItem", "DeleteItem"),
        sends_to=(Queue.DISPATCH,),
        timeout=25,
    ),
    *WORKFLOWS,
    Function(
        name="dispatcher",
        # Those who give an organisation's slots are in each other's way, and two are the fewest that Lambda knows.
        trigger=Messages(Queue.DISPATCH, at_once=2),
        table=(*READ, "PutItem", "DeleteItem"),
        sends_to=(Queue.TASKS,),
        timeout=30,
    ),
    Function(
        name="task_worker",
        trigger=Messages(Queue.TASKS, max_receives=100),
        table=(*READ, "PutItem", "DeleteItem", "ConditionCheckItem"),
        sends_to=(Queue.DISPATCH,),
        calls_out=True,
        invokes_agents=True,
        asks_models=True,
        knows_platforms=True,
        sealing=("Encrypt", "Decrypt"),
        timeout=900,
    ),
    Function(
        name="dead_letters",
        trigger=DeadLetters(Queue.TASKS),
        table=("GetItem", "BatchGetItem", "PutItem", "DeleteItem"),
    ),
    Function(
        name="due",
        trigger=Schedule("rate(1 minute)"),
        table=("GetItem", "Query"),
        sends_to=(Queue.DISPATCH, Queue.WORKFLOWS, Queue.SOCIAL, Queue.MOMENTS),
        timeout=30,
    ),
    *SCHEDULES,
)
"""Tasks, and who does them when."""

FOUNDATION = (
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
        table=("GetItem", "Query", *WRITE),
    ),
    Function(name="audit", trigger=Api(("GET /api/audit",)), table=("GetItem", "Query")),
    Function(
        name="configuration",
        trigger=Api(
            (
                "GET /api/analytics/configuration",
                "PATCH /api/analytics/configuration",
                "GET /api/analytics/strands/{strandId}/configuration",
                "PATCH /api/analytics/strands/{strandId}/configuration",
            )
        ),
        table=(*READ, "PutItem"),
    ),
    Function(
        name="rebuild",
        trigger=Api(("POST /api/admin/rebuild", "GET /api/admin/rebuild")),
        table=(*READ, "PutItem"),
        timeout=29,
    ),
    Function(
        name="documentation",
        trigger=Api(
            ("GET /", "GET /api/docs", "GET /api/openapi.json", "$default"),
            public="Documentation and the answer for unknown paths show nothing of anybody.",
        ),
    ),
    Function(
        name="rollups",
        trigger=Stream(
            items=(keys.RUN, keys.METRIC, keys.TASK, keys.LAYOUT, keys.MESSAGE), batch_size=1000, window_seconds=900
        ),
        table=(*READ, "PutItem"),
        timeout=60,
    ),
    Function(
        name="outbox",
        trigger=Stream(
            items=(
                keys.RUN,
                keys.AGENT,
                keys.AGENT_SETTINGS,
                keys.VERSION,
                keys.API_KEY,
                keys.EPISODE,
                keys.SUBSCRIPTION,
                keys.REPORT,
                keys.TASK,
                keys.RUNNER,
                keys.BUDGET,
                keys.ORCHESTRATION,
                keys.COMPANY_IMPORT,
                keys.EXPORT,
                keys.STREAM,
                keys.ITEM_PLACE,
                keys.INSIGHT,
                keys.TRACE,
                keys.SPANS,
                keys.REPRICING,
                keys.CALENDAR_EVENT,
                keys.OCCASION,
                keys.CONVERSATION,
                keys.MESSAGE,
                keys.ACCOUNT,
                keys.CONSENT,
                keys.POST,
            ),
            batch_size=1000,
        ),
        puts_events=True,
        sends_to=(
            Queue.TASKS,
            Queue.DISPATCH,
            Queue.SCHEDULES,
            Queue.IMPORTS,
            Queue.WORKFLOWS,
            Queue.ORCHESTRATIONS,
            Queue.STREAMS,
            Queue.TRACES,
            Queue.PRICES,
            Queue.EXPORTS,
            Queue.SOCIAL,
            Queue.MOMENTS,
        ),
        timeout=60,
    ),
    Function(name="provision", trigger=Direct(), table=("GetItem", "Query", "PutItem")),
)
"""What every area rests on: organisations and keys, settings, documentation, the consumers of the table's stream."""

PAGE = (
    Function(
        name="dashboard",
        trigger=Api(
            ("GET /dashboard", "GET /dashboard/{page+}", "POST /dashboard/{page+}"),
            public="The function looks at the cookie of a session before it shows or does anything.",
        ),
        tells_sockets_address=True,
        table=(*READ, *WRITE, "ConditionCheckItem"),
        sends_to=(Queue.DISPATCH, Queue.DELIVERIES),
        checks_targets=True,
        asks_models=True,
        prices_tokens=True,
        spans=("GetObject",),
        knows_platforms=True,
        sealing=("Encrypt",),
        memory=1769,
        timeout=25,
    ),
)
"""The web page, which may do what its visitors' keys may."""

STACKS: dict[str, tuple[Function, ...]] = {
    "Foundation": FOUNDATION,
    "Records": RECORDS,
    "Watching": WATCHING,
    "Goals": GOALS,
    "Work": WORK,
    "Page": PAGE,
    "Live": LIVE,
    "Conversations": CONVERSATIONS,
    "Accounts": ACCOUNTS,
}
"""The stacks within the service's own, by name. A function stays in its stack: decision 13 says why."""

FUNCTIONS = (AUTHORIZER, SOCKET_AUTHORIZER, *chain.from_iterable(STACKS.values()))
