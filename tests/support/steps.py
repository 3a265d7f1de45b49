"""Steps that many tests begin with: agents, versions and runs, made through the API."""

from collections.abc import Iterator
from typing import Any

from tests.support.service import Answer, Service
from watchbill.platform import ids

CREATED = "2023-08-01T12:00:00Z"
AGENT = "my-agent"
VERSION = "1.0.2"
PERFORMANCE = "/api/analytics/performance"
A_RECORD = {
    "strandId": AGENT,
    "userId": "test-user",
    "taskId": "test-task",
    "taskType": "test-type",
    "metrics": {"executionTime": 1000, "successRate": 1.0, "timestamp": CREATED},
    "id": "record-1",
}
SUBSCRIPTIONS = "/api/alerts/subscriptions"
A_SUBSCRIPTION = {"channel": "webhook", "target": "http://127.0.0.1:9/hook", "kinds": ["critical-performance"]}
BUDGETS = "/api/budgets"
A_BUDGET = {"scope": "user", "subject": "eve", "period": "month", "limit": 50}
PRICES = "/api/prices/overrides"
A_PRICE = {"model": "house-*", "provider": "azure", "since": "2026-03-01", "input": 2, "output": 8}
REPORTS = "/api/analytics/reports"
A_REPORT = {"reportType": "cost-analysis", "filters": {"strandId": AGENT}}
EXPORTS = "/api/exports"
AN_EXPORT = {"format": "csv", "from": "2023-07-01T00:00:00Z", "to": "2023-09-01T00:00:00Z"}
TASKS = "/api/tasks"
AN_EXPERIMENT = {"name": "another model", "versions": [{"version": "1.0.2"}, {"version": "1.0.3", "weight": 2}]}
EXPERIMENTS = f"/api/v1/agents/{AGENT}/experiments"
AN_ORCHESTRATION = {"agents": [AGENT], "params": {"message": "hello"}}
A_TASK = {"agent_id": AGENT, "task_type": "research"}
STREAMS = "/api/streams"
AN_ASSIGNMENT = {"agent_id": "colleague", "assignment_role": "scoring"}
A_STREAM = {"name": "Fintechs of the north", "target_metrics": {"companies_to_find": 4, "min_quality_score": 4.0}}
AN_ITEM = {"name": "Acme Ltd", "company_id": "acme"}
CAMPAIGNS = "/api/campaigns"
A_CAMPAIGN = {"name": "Summer", "campaignType": "EMAIL", "goals": {"clicks": 100}, "budget": 250}
EVENTS, MILESTONES = "/api/calendar/events", "/api/calendar/campaign/milestones"
AN_EVENT = {"title": "A post on sails", "type": "content_publish", "startTime": "2026-07-01T09:00:00Z"}
THE_MILESTONES = {"campaignId": "spring", "title": "Spring", "startDate": "2026-07-01T09:00:00Z", "duration": 30}
PUBLISH = "/api/social/publish"
AN_ACCOUNT = ids.derived_id("account", "twitter", "12345")
"""The id of the account of X that is known there by this number, in any organisation."""
A_REDIRECT = "http://localhost:9999/api/social/auth/twitter/callback"
A_CONSENT = {"sessionId": "a-session", "redirectUri": A_REDIRECT}
A_POST = {"platform": "twitter", "accountId": AN_ACCOUNT, "content": {"text": "Fresh bread at eight"}}
COMPANIES = "/api/companies"
DOCUMENTS = "/api/documents"
A_DOCUMENT = {"title": "Envíos", "text": "Enviamos a toda España en dos días.", "source": "web"}
A_COMPANY = {"name": "Ada Analytics", "website": "https://ada.example"}
CHAT = "/api/chat"
A_MESSAGE = {"message": "Hola", "context": {"sessionId": "a-session", "negocio": "Panadería"}}
METRICS = "/api/metrics"
A_METRIC = {"name": "revenue", "value": 12.5, "unit": "EUR", "campaignId": "spring", "agentId": AGENT, "id": "metric-1"}
RUNS = f"/api/v1/agents/{AGENT}/versions/{VERSION}/runs"


def register(service: Service, key: str, name: str = AGENT, project: str = "my-project") -> str:
    """Register an agent; its id."""
    answer = service.request("POST", f"/api/v1/agents/{name}/register", {"project": project}, key=key)
    agent_id: str = made(answer)["id"]
    return agent_id


def announce(service: Service, key: str, agent: str = AGENT, version: str = VERSION, **fields: Any) -> dict[str, Any]:
    """Announce a version of an agent."""
    return made(service.request("POST", f"/api/v1/agents/{agent}/versions", {"version": version, **fields}, key=key))


def prepare(service: Service, key: str, agent: str = AGENT, *versions: str) -> str:
    """Register an agent with versions, `VERSION` unless others are named; its id."""
    agent_id = register(service, key, agent)
    for version in versions or (VERSION,):
        announce(service, key, agent, version)
    return agent_id


def a_run(**fields: Any) -> dict[str, Any]:
    """A run as a client posts it."""
    return {"created": CREATED, "status": "completed", **fields}


def post_run(service: Service, key: str, agent: str = AGENT, version: str = VERSION, **fields: Any) -> dict[str, Any]:
    """Post a run; what was answered."""
    address = f"/api/v1/agents/{agent}/versions/{version}/runs"
    return made(service.request("POST", address, a_run(**fields), key=key))


def post_metric(service: Service, key: str, **fields: Any) -> dict[str, Any]:
    """Post a metric; what was answered."""
    return made(service.request("POST", METRICS, {"name": "clicks", "value": 1, **fields}, key=key))


def get(service: Service, key: str, address: str) -> Any:
    """What a GET answers, which must succeed."""
    answer = service.request("GET", address, key=key)
    assert answer.status == 200, answer.text
    return answer.json


def pages(service: Service, key: str, address: str | None) -> Iterator[list[dict[str, Any]]]:
    """The pages of a list, followed by their Link headers to the end."""
    while address:
        answer = service.request("GET", address, key=key)
        assert answer.status == 200, answer.text
        yield answer.json
        address = answer.next_address


def issue_key(service: Service, key: str, *scopes: str) -> str:
    """A key with only these scopes; its secret."""
    answer = service.request("POST", "/api/keys", {"name": "narrow", "scopes": list(scopes)}, key=key)
    secret: str = made(answer)["secret"]
    return secret


def subscribe(service: Service, key: str, **fields: Any) -> dict[str, Any]:
    """Subscribe to alerts, by a webhook to where nobody listens unless told; the subscription with its secret."""
    return made(service.request("POST", SUBSCRIPTIONS, A_SUBSCRIPTION | fields, key=key))


def a_budget(service: Service, key: str, **fields: Any) -> dict[str, Any]:
    """Set a budget; what was answered."""
    return made(service.request("POST", BUDGETS, A_BUDGET | fields, key=key))


def a_price(service: Service, key: str, **fields: Any) -> dict[str, Any]:
    """State what a model costs; what was answered."""
    answer = service.request("PUT", PRICES, A_PRICE | fields, key=key)
    assert answer.status == 200, answer.text
    stated: dict[str, Any] = answer.json
    return stated


def made(answer: Answer) -> dict[str, Any]:
    """The body of an answer that must say 201."""
    assert answer.status == 201, answer.text
    body: dict[str, Any] = answer.json
    return body


def an_experiment(service: Service, key: str, agent: str = AGENT, **facts: Any) -> str:
    """Have two versions of an agent work side by side; the experiment's id."""
    address = f"/api/v1/agents/{agent}/experiments"
    experiment_id: str = made(service.request("POST", address, AN_EXPERIMENT | facts, key=key))["id"]
    return experiment_id


def make_runnable(service: Service, key: str, agent: str = AGENT) -> None:
    """Let an agent be run from here, as a user's function."""
    runtime = {"kind": "lambda", "function": "watchbill-agent-test"}
    answer = service.request("PATCH", f"/api/v1/agents/{agent}", {"runtime": runtime}, key=key)
    assert answer.status == 200, answer.text


def an_orchestration(service: Service, key: str, **fields: Any) -> str:
    """Have agents work together, one of which is made runnable; the id of the orchestration."""
    make_runnable(service, key)
    answer = service.request("POST", "/api/admin/orchestrate", AN_ORCHESTRATION | fields, key=key)
    assert answer.status == 202, answer.text
    orchestration_id: str = answer.json["orchestrationId"]
    return orchestration_id


def a_task(service: Service, key: str, **fields: Any) -> str:
    """Have a task made of an agent that can be run; its id."""
    make_runnable(service, key)
    task_id: str = made(service.request("POST", TASKS, A_TASK | fields, key=key))["id"]
    return task_id


def a_stream(service: Service, key: str, **fields: Any) -> str:
    """Have a stream made; its id."""
    stream_id: str = made(service.request("POST", STREAMS, A_STREAM | fields, key=key))["id"]
    return stream_id


def an_item(service: Service, key: str, stream_id: str, **fields: Any) -> dict[str, Any]:
    """Add an item to a stream; what was answered."""
    return made(service.request("POST", f"{STREAMS}/{stream_id}/items", AN_ITEM | fields, key=key))


def company(service: Service, key: str, **fields: Any) -> str:
    """Add a company to the directory; its id."""
    company_id: str = made(service.request("POST", COMPANIES, A_COMPANY | fields, key=key))["id"]
    return company_id


def a_document(service: Service, key: str, **fields: Any) -> str:
    """Keep a document; its id."""
    document_id: str = made(service.request("POST", DOCUMENTS, A_DOCUMENT | fields, key=key))["id"]
    return document_id


def a_session(service: Service, key: str, message: str = "Hola", **context: Any) -> dict[str, Any]:
    """Say something in the session `a-session`; what is answered."""
    wish = {"message": message, "context": {"sessionId": "a-session", **context}}
    answer = service.request("POST", CHAT, wish, key=key)
    assert answer.status == 202, answer.text
    said: dict[str, Any] = answer.json
    return said


def an_import(service: Service, key: str, **fields: Any) -> str:
    """Have a company imported, whose import waits to be worked on; its id."""
    wish = {"companies": [A_COMPANY | fields]}
    answer = service.request("POST", f"{COMPANIES}/imports", wish, key=key)
    assert answer.status == 202, answer.text
    import_id: str = answer.json["id"]
    return import_id


def an_export(service: Service, key: str, **fields: Any) -> str:
    """Have runs exported, which waits to be worked on; the export's id."""
    answer = service.request("POST", EXPORTS, AN_EXPORT | fields, key=key)
    assert answer.status == 202, answer.text
    export_id: str = answer.json["id"]
    return export_id


def staff(service: Service, key: str, stream_id: str, agent: str = AGENT) -> None:
    """Assign an agent to a stream that can be executed there, and have another to assign."""
    service.request("POST", "/api/v1/agents/colleague/register", {"project": "my-project"}, key=key)
    make_runnable(service, key, agent)
    made(service.request("POST", f"{STREAMS}/{stream_id}/agents", {"agent_id": agent}, key=key))


def a_campaign(service: Service, key: str, **fields: Any) -> str:
    """Have a campaign made; its id."""
    campaign_id: str = made(service.request("POST", CAMPAIGNS, A_CAMPAIGN | fields, key=key))["id"]
    return campaign_id


def an_event(service: Service, key: str, **fields: Any) -> dict[str, Any]:
    """Plan an event; what was answered."""
    return made(service.request("POST", EVENTS, AN_EVENT | fields, key=key))


def report(service: Service, key: str) -> str:
    """Have a report made; its id."""
    report_id: str = made(service.request("POST", REPORTS, A_REPORT, key=key))["id"]
    return report_id
