"""Every route of the API with a scope it needs and a body it takes, so that a test over all routes misses none."""

import re
from dataclasses import dataclass
from typing import Any

from tests.support.service import routes
from tests.support.steps import (
    A_BUDGET,
    A_CAMPAIGN,
    A_COMPANY,
    A_CONSENT,
    A_DOCUMENT,
    A_MESSAGE,
    A_METRIC,
    A_POST,
    A_PRICE,
    A_RECORD,
    A_REDIRECT,
    A_REPORT,
    A_STREAM,
    A_SUBSCRIPTION,
    A_TASK,
    AGENT,
    AN_ACCOUNT,
    AN_ASSIGNMENT,
    AN_EVENT,
    AN_EXPERIMENT,
    AN_EXPORT,
    AN_ITEM,
    AN_ORCHESTRATION,
    BUDGETS,
    CAMPAIGNS,
    CHAT,
    COMPANIES,
    DOCUMENTS,
    EVENTS,
    EXPORTS,
    METRICS,
    MILESTONES,
    PRICES,
    PUBLISH,
    STREAMS,
    SUBSCRIPTIONS,
    TASKS,
    THE_MILESTONES,
    VERSION,
)
from tests.support.telemetry import LOGS, MEASURED, TRACES, a_log, a_measurement, a_trace

PUBLIC = {
    ("GET", "/"),
    ("GET", "/api/docs"),
    ("GET", "/api/openapi.json"),
    ("GET", "/api/calendar/feed.ics"),
    ("GET", "/api/social/auth/<platform>/callback"),
    ("GET", "/api/social/webhook/<platform>"),
    ("POST", "/api/social/webhook/<platform>"),
}


@dataclass(frozen=True)
class Route:
    """One route: `path` as the handlers have it, with `<parameters>`; `body` is one it takes, `query` what it needs.

    `done` is the status that a POST is answered with which makes something.
    """

    method: str
    path: str
    scope: str
    body: Any = None
    query: str = ""
    done: int = 201

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> list[str]:
        """The names of the parameters in the path and the query."""
        return re.findall(r"<(\w+)>", self.path + self.query)

    @property
    def creates(self) -> bool:
        """Whether it is a POST that makes something."""
        return self.method == "POST" and not self.path.endswith((*_CHANGING, *_EXPORTS))

    @property
    def refusal(self) -> str:
        """The content type of a refusal."""
        return "application/json" if self.path in _EXPORTS else "application/problem+json"

    @property
    def lists(self) -> bool:
        """Whether it answers a list in pages."""
        return self.method == "GET" and self.path.startswith(_V1) and self.path.endswith(_LISTED)

    def address(self, **values: str) -> str:
        """The path and query with their parameters filled in, which are the usual agent and version unless given."""
        known = {"name": AGENT, "agent_id": AGENT, "version": VERSION, "session_id": "a-session", "platform": "twitter"}
        known |= values
        known["strand_id"] = known["agent_id"]
        return re.sub(r"<(\w+)>", lambda match: known.get(match[1], "unknown"), self.path + self.query)


_LEASES = ("/lease", "/heartbeat", "/complete", "/fail", "/release")
_CHANGING = (
    "/rebuild",
    "/reprice",
    "/test",
    "/acknowledge",
    "/task-runner",
    "/cancel",
    "/retry",
    "/redrive",
    "/stop",
    "/imports",
    "/tickets",
    "/feed",
    "/broadcast",
    "/initiate",
    "/disconnect",
    *_LEASES,
)
_EXPORTS = (TRACES, LOGS, MEASURED)
"""What the addresses end with of posts that change something and make nothing."""

_LISTED = ("/agents", "/versions", "/runs")
_V1 = "/api/v1/agents"
_EXPERIMENTS = f"{_V1}/<agent_id>/experiments"
_STREAM = f"{STREAMS}/<stream_id>"
_ASSIGNED = f"{_STREAM}/agents/<agent_id>"
_CAMPAIGN = f"{CAMPAIGNS}/<campaign_id>"
_EVENT = f"{EVENTS}/<event_id>"
_FOR_CAMPAIGNS = "/api/agents/campaign/<agent_id>"
_ITEM = f"{_STREAM}/items/<item_id>"
_TASK = f"{TASKS}/<task_id>"
_SOCIAL_AUTH = "/api/social/auth/<platform>"
_SUBSCRIPTION = f"{SUBSCRIPTIONS}/<subscription_id>"
_A_LEASE = {"lease_token": "none"}
_RUN = {"created": "2023-08-01T12:00:00Z", "status": "completed", "id": 1}

ROUTES = (
    Route("GET", _V1, "read"),
    Route("POST", f"{_V1}/<name>/register", "ingest", {"project": "my-project"}),
    Route("GET", f"{_V1}/<agent_id>", "read"),
    Route("PATCH", f"{_V1}/<agent_id>", "admin", {"project": "other"}),
    Route("POST", f"{_V1}/<agent_id>/secret", "admin", {"overlap_hours": 2}),
    Route("POST", f"{_V1}/<agent_id>/versions", "ingest", {"version": "2.0.0"}),
    Route("GET", f"{_V1}/<agent_id>/versions", "read"),
    Route("GET", f"{_V1}/<agent_id>/versions/<version>", "read"),
    Route("POST", f"{_V1}/<agent_id>/versions/<version>/runs", "ingest", _RUN),
    Route("GET", f"{_V1}/<agent_id>/versions/<version>/runs", "read"),
    Route("POST", _EXPERIMENTS, "admin", AN_EXPERIMENT),
    Route("GET", _EXPERIMENTS, "read"),
    Route("GET", f"{_EXPERIMENTS}/<experiment_id>", "read"),
    Route("PATCH", f"{_EXPERIMENTS}/<experiment_id>", "admin", {"versions": AN_EXPERIMENT["versions"]}),
    Route("POST", f"{_EXPERIMENTS}/<experiment_id>/stop", "admin"),
    Route("GET", f"{_V1}/<agent_id>/runs", "read"),
    Route("GET", f"{_V1}/<agent_id>/runs/<run_id>", "read"),
    Route("PATCH", f"{_V1}/<agent_id>/runs/<run_id>", "ingest", {"cost": 9}),
    Route("POST", COMPANIES, "ingest", A_COMPANY),
    Route("GET", COMPANIES, "read"),
    Route("POST", f"{COMPANIES}/imports", "ingest", {"companies": [A_COMPANY]}),
    Route("GET", f"{COMPANIES}/imports/<import_id>", "read"),
    Route("GET", f"{COMPANIES}/<company_id>", "read"),
    Route("PATCH", f"{COMPANIES}/<company_id>", "ingest", {"phone": "1"}),
    Route("DELETE", f"{COMPANIES}/<company_id>", "admin"),
    Route("POST", DOCUMENTS, "admin", A_DOCUMENT),
    Route("GET", DOCUMENTS, "read"),
    Route("GET", f"{DOCUMENTS}/search", "read", query="?q=envios"),
    Route("GET", f"{DOCUMENTS}/<document_id>", "read"),
    Route("PATCH", f"{DOCUMENTS}/<document_id>", "admin", {"title": "Plazos"}),
    Route("DELETE", f"{DOCUMENTS}/<document_id>", "admin"),
    Route("POST", METRICS, "ingest", A_METRIC),
    Route("GET", METRICS, "read", query="?agentId=<agent_id>"),
    Route("GET", f"{METRICS}/summary", "read", query="?agentId=<agent_id>"),
    Route("POST", "/api/analytics/performance", "ingest", A_RECORD),
    Route("GET", "/api/analytics/performance", "read"),
    Route("GET", "/api/analytics/strands/<strand_id>/snapshot", "read"),
    Route("GET", "/api/analytics/anomalies", "read", query="?strandId=<agent_id>"),
    Route("POST", "/api/analytics/anomalies/<anomaly_id>/acknowledge", "execute"),
    Route("GET", "/api/analytics/configuration", "read"),
    Route("PATCH", "/api/analytics/configuration", "admin", {"reportHour": 8}),
    Route("GET", "/api/analytics/strands/<strand_id>/configuration", "read"),
    Route("PATCH", "/api/analytics/strands/<strand_id>/configuration", "admin", {"retentionDays": 10}),
    Route("GET", "/api/analytics/strands/<strand_id>/health", "read"),
    Route("GET", "/api/analytics/dashboard", "read"),
    Route("POST", "/api/analytics/reports", "read", A_REPORT),
    Route("GET", "/api/analytics/reports", "read"),
    Route("GET", "/api/analytics/reports/<report_id>", "read"),
    Route("POST", EXPORTS, "read", AN_EXPORT, done=202),
    Route("GET", EXPORTS, "read"),
    Route("GET", f"{EXPORTS}/<export_id>", "read"),
    Route("POST", STREAMS, "execute", A_STREAM),
    Route("GET", STREAMS, "read"),
    Route("GET", _STREAM, "read"),
    Route("PATCH", _STREAM, "execute", {"name": "Other"}),
    Route("DELETE", _STREAM, "execute"),
    Route("GET", f"{_STREAM}/progress", "read"),
    Route("GET", f"{_STREAM}/insights", "read"),
    Route("POST", f"{_STREAM}/items", "execute", AN_ITEM),
    Route("GET", f"{_STREAM}/items", "read"),
    Route("GET", _ITEM, "read"),
    Route("PATCH", _ITEM, "execute", {"stage": "research"}),
    Route("DELETE", _ITEM, "execute"),
    Route("POST", f"{_STREAM}/agents", "execute", AN_ASSIGNMENT),
    Route("GET", f"{_STREAM}/agents", "read"),
    Route("PATCH", _ASSIGNED, "execute", {"execution_order": 3}),
    Route("POST", f"{_ASSIGNED}/execute", "execute", {"execution_config": {"depth": 2}}),
    Route("DELETE", _ASSIGNED, "execute"),
    Route("GET", f"{_STREAM}/workflow", "read"),
    Route("POST", CAMPAIGNS, "execute", A_CAMPAIGN),
    Route("GET", CAMPAIGNS, "read"),
    Route("GET", _CAMPAIGN, "read"),
    Route("PATCH", _CAMPAIGN, "execute", {"name": "Other"}),
    Route("DELETE", _CAMPAIGN, "execute"),
    Route("GET", f"{_CAMPAIGN}/performance", "read"),
    Route("PUT", f"{_CAMPAIGN}/agents/<agent_id>", "execute"),
    Route("DELETE", f"{_CAMPAIGN}/agents/<agent_id>", "execute"),
    Route("POST", f"{_FOR_CAMPAIGNS}/run", "execute", {"config": {"topic": "sails"}}, "?wait=0", done=202),
    Route("POST", f"{_FOR_CAMPAIGNS}/stop", "execute"),
    Route("GET", _FOR_CAMPAIGNS, "read"),
    Route("GET", f"{_FOR_CAMPAIGNS}/campaigns", "read"),
    Route("GET", f"{_FOR_CAMPAIGNS}/metrics", "read"),
    Route("POST", EVENTS, "execute", AN_EVENT),
    Route("GET", EVENTS, "read", query="?from=2026-06-01T00:00:00Z"),
    Route("GET", _EVENT, "read"),
    Route("PATCH", _EVENT, "execute", {"title": "Other"}),
    Route("DELETE", _EVENT, "execute"),
    Route("POST", f"{_EVENT}/complete", "execute"),
    Route("GET", "/api/calendar/upcoming", "read"),
    Route("GET", "/api/calendar/overdue", "read"),
    Route("GET", "/api/calendar/stats", "read"),
    Route("POST", "/api/calendar/feed", "execute", done=201),
    Route("DELETE", "/api/calendar/feed", "execute", done=204),
    Route("POST", MILESTONES, "execute", THE_MILESTONES),
    Route("POST", TASKS, "execute", A_TASK),
    Route("GET", TASKS, "read"),
    Route("GET", f"{TASKS}/dead-letters", "read"),
    Route("POST", f"{TASKS}/dead-letters/redrive", "execute", {}),
    Route("GET", _TASK, "read"),
    Route("GET", f"{_TASK}/why", "read"),
    Route("POST", f"{_TASK}/cancel", "execute"),
    Route("POST", f"{_TASK}/retry", "execute"),
    Route("GET", "/api/executions", "read"),
    Route("GET", "/api/executions/<execution_id>", "read"),
    Route("POST", f"{TASKS}/lease", "execute", {}),
    Route("POST", f"{_TASK}/heartbeat", "execute", _A_LEASE),
    Route("POST", f"{_TASK}/complete", "execute", _A_LEASE | {"output": 1}),
    Route("POST", f"{_TASK}/fail", "execute", _A_LEASE | {"error": {"type": "Busy", "message": "later"}}),
    Route("POST", f"{_TASK}/release", "execute", _A_LEASE),
    Route("GET", "/api/agents/analytics", "read"),
    Route("GET", "/api/agents/task-runner", "read"),
    Route("POST", "/api/agents/task-runner", "admin", {"action": "start"}),
    Route("POST", TRACES, "ingest", a_trace("another-trace")),
    Route("POST", LOGS, "ingest", a_log("another-trace")),
    Route("POST", MEASURED, "ingest", a_measurement()),
    Route("GET", "/api/runs/<run_id>/trace", "read"),
    Route("GET", "/api/sessions/<session_id>/trace", "read"),
    Route("GET", "/metrics", "read"),
    Route("GET", "/api/v1/ui/stats", "read"),
    Route("GET", "/api/v1/ui/recent_activity", "read"),
    Route("GET", "/api/v1/ui/agent_versions", "read"),
    Route("POST", SUBSCRIPTIONS, "admin", A_SUBSCRIPTION | {"target": "http://127.0.0.1:9/another"}),
    Route("GET", SUBSCRIPTIONS, "admin"),
    Route("GET", _SUBSCRIPTION, "admin"),
    Route("PATCH", _SUBSCRIPTION, "admin", {"description": "On call"}),
    Route("DELETE", _SUBSCRIPTION, "admin"),
    Route("POST", f"{_SUBSCRIPTION}/secret", "admin", {"overlap_hours": 2}),
    Route("POST", f"{_SUBSCRIPTION}/test", "admin"),
    Route("GET", f"{_SUBSCRIPTION}/deliveries", "admin"),
    Route("POST", BUDGETS, "admin", A_BUDGET),
    Route("GET", BUDGETS, "read"),
    Route("GET", f"{BUDGETS}/<budget_id>", "read"),
    Route("PATCH", f"{BUDGETS}/<budget_id>", "admin", {"limit": 75}),
    Route("DELETE", f"{BUDGETS}/<budget_id>", "admin"),
    Route("GET", PRICES, "read"),
    Route("PUT", PRICES, "admin", A_PRICE),
    Route("DELETE", f"{PRICES}/<override_id>", "admin"),
    Route("GET", "/api/prices/unknown", "read"),
    Route("POST", "/api/prices/reprice", "admin"),
    Route("GET", "/api/prices/reprice", "read"),
    Route("GET", "/api/audit", "admin"),
    Route("POST", "/api/keys", "admin", {"name": "new", "scopes": ["read"]}),
    Route("GET", "/api/keys", "admin"),
    Route("DELETE", "/api/keys/<key_id>", "admin"),
    Route("GET", "/api/organisation", "read"),
    Route("PATCH", "/api/organisation", "admin", {"name": "Other"}),
    Route("POST", "/api/admin/rebuild", "admin", {}),
    Route("GET", "/api/admin/rebuild", "admin"),
    Route("POST", "/api/admin/orchestrate", "admin", AN_ORCHESTRATION, done=202),
    Route("GET", "/api/admin/orchestrations", "admin"),
    Route("GET", "/api/admin/orchestrations/<orchestration_id>", "admin"),
    Route("POST", CHAT, "execute", A_MESSAGE, done=202),
    Route("GET", f"{CHAT}/<session_id>", "read"),
    Route("GET", "/api/sessions/<session_id>", "read"),
    Route("PATCH", "/api/sessions/<session_id>", "execute", {"preferences": {"tone": "friendly"}}),
    Route("DELETE", "/api/sessions/<session_id>", "execute"),
    Route("GET", "/api/social/platforms", "read"),
    Route("POST", f"{_SOCIAL_AUTH}/initiate", "execute", A_CONSENT),
    Route("POST", f"{_SOCIAL_AUTH}/complete", "execute", {"code": "c", "state": "s", "redirectUri": A_REDIRECT}),
    Route("GET", "/api/social/accounts/<session_id>", "read"),
    Route("POST", "/api/social/disconnect", "execute", {"accountId": AN_ACCOUNT}),
    Route("GET", "/api/social/redirects", "read"),
    Route("PUT", "/api/social/redirects", "admin", {"redirects": [A_REDIRECT]}),
    Route("POST", PUBLISH, "execute", A_POST, done=202),
    Route("GET", "/api/social/posts", "read"),
    Route("GET", "/api/social/posts/<post_id>", "read"),
    Route("GET", "/api/social/mentions/<account_id>", "read"),
    Route("POST", "/api/realtime/tickets", "read"),
    Route("POST", "/api/admin/broadcast", "admin", {"message": "hello"}, done=202),
)


def unlisted() -> set[tuple[str, str]]:
    """Routes of the handlers that are not in the table above, and routes of the table that no handler has."""
    served = {(method, path) for _, method, path in routes()}
    return served ^ ({(route.method, route.path) for route in ROUTES} | PUBLIC)
