"""A small Watchbill in memory behind a real socket, strict about what the contract asks of a client.

Whatever a client does against the contract is answered as the service would, and noted in `violations`, which the
fixture checks at the end of every test. `faults` go out before anything is looked at.
"""

# Routes share one signature, whether they look at the request or not.
# ruff: noqa: ARG002

import base64
import hashlib
import json
import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

from tests.integration.client.performance import PerformanceRoutes
from tests.integration.client.server import HANG_UP, Reply, Seen, problem

API_KEY = "wb_demo_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
MOST_RUNS, MOST_BYTES = 1_000, 5_000_000
STATUSES = ("completed", "success", "failed", "timeout", "cancelled", "running", "queued")
_NOW = "2026-11-20T16:40:12.000Z"


def derived_id(version: str, client_id: object) -> str:
    """The id of a run that has one of its client's."""
    return hashlib.sha256(f"{version}/{client_id}".encode()).hexdigest()[:26].upper()


class Service:
    """The state, the routes, and what was seen."""

    def __init__(self) -> None:
        self.agents: dict[str, dict[str, Any]] = {}
        self.versions: dict[str, dict[str, dict[str, Any]]] = {}
        self.runs: dict[str, dict[str, dict[str, Any]]] = {}
        self.keys: dict[str, dict[str, Any]] = {}
        self.organisation = {"id": "demo", "name": "Demo", "time_zone": "UTC", "created_at": _NOW}
        self.rebuild_steps: deque[dict[str, Any]] = deque()
        self.faults: deque[Reply] = deque()
        self.lose_answers = 0
        self.hold: threading.Event | None = None
        self.performance = PerformanceRoutes()
        self.seen: list[Seen] = []
        self.violations: list[str] = []
        self._issued = 0
        self._answers: dict[str, tuple[bytes, Reply]] = {}

    def answer(self, request: Seen) -> Reply:
        """What the service says to a request."""
        self.seen.append(request)
        if self.hold is not None:
            self.hold.wait(10)
        if self.faults:
            return self.faults.popleft()
        if "authorization" not in request.headers:
            return Reply(401, {"message": "Unauthorized"})
        if request.headers["authorization"] != f"Bearer {API_KEY}":
            return problem(401, "this API key is not known")
        self._check(request)
        reply = self._once(request)
        if self.lose_answers:
            self.lose_answers -= 1
            return HANG_UP
        return reply

    def add_agent(self, name: str, *versions: str) -> None:
        """An agent that is there already."""
        self._register(Seen("POST", "", {}, {}, json.dumps({"name": name, "project": "demo"}).encode()), name)
        self.versions[name] = {version: {"version": version, "tools": [], "models": ["nova"]} for version in versions}

    def add_run(self, agent: str, version: str, **facts: Any) -> str:
        """A run that is there already; returns its id."""
        return self._store(agent, version, {"status": "completed", "created": _NOW, **facts})

    def _check(self, request: Seen) -> None:
        if request.body and request.headers.get("content-type") != "application/json":
            self.violations.append(f"{request.path}: a body without its content type")
        creates = request.method == "POST" and not request.path.endswith("/rebuild")
        keyed = "idempotency-key" in request.headers
        if creates and not keyed and not _all_have_ids(request):
            self.violations.append(f"{request.path}: a creation that cannot be repeated")
        if keyed and not creates:
            self.violations.append(f"{request.path}: an idempotency key where nothing is created")

    def _once(self, request: Seen) -> Reply:
        key = request.headers.get("idempotency-key")
        if key is None:
            return self._route(request)
        if key in self._answers:
            body, reply = self._answers[key]
            return reply if body == request.body else problem(422, "this Idempotency-Key was used with another body")
        reply = self._route(request)
        self._answers[key] = (request.body, _without_secret(reply))
        return reply

    def _route(self, request: Seen) -> Reply:
        for method, pattern, handler in _ROUTES:
            found = re.fullmatch(pattern, request.path)
            if found and method == request.method:
                return handler(self, request, *(unquote(part) for part in found.groups()))
        return problem(404, f"there is no {request.method} {request.path}")

    def _list_agents(self, request: Seen) -> Reply:
        return _page(request, [self.agents[name] for name in sorted(self.agents)])

    def _register(self, request: Seen, name: str) -> Reply:
        asked = request.json
        known = self.agents.get(name)
        if known:
            return Reply(200, known) if known["project"] == asked["project"] else problem(409, "another project has it")
        agent_id = name.encode().hex().ljust(24, "0")[:24]
        self.agents[name] = {**asked, "id": agent_id, "created_at": _NOW, "updated_at": _NOW}
        self.versions[name], self.runs[name] = {}, {}
        return Reply(201, self.agents[name])

    def _get_agent(self, request: Seen, agent: str) -> Reply:
        return Reply(200, self.agents[agent]) if agent in self.agents else problem(404, f"no agent {agent!r}")

    def _update_agent(self, request: Seen, agent: str) -> Reply:
        self.agents[agent] |= request.json
        return Reply(200, self.agents[agent])

    def _add_version(self, request: Seen, agent: str) -> Reply:
        version = request.json["version"]
        if version in self.versions[agent]:
            return problem(409, f"{agent!r} has a version {version!r} already")
        self.versions[agent][version] = request.json
        return Reply(201, request.json)

    def _list_versions(self, request: Seen, agent: str) -> Reply:
        return _page(request, list(reversed(self.versions[agent].values())))

    def _get_version(self, request: Seen, agent: str, version: str) -> Reply:
        known = self.versions[agent].get(version)
        return Reply(200, known) if known else problem(404, f"no version {version!r}")

    def _add_runs(self, request: Seen, agent: str, version: str) -> Reply:
        asked = request.json
        if version not in self.versions.get(agent, {}):
            return problem(404, f"{agent!r} has no version {version!r}")
        if "runs" not in asked:
            faults = _faults(asked)
            if faults:
                return problem(400, "the run is malformed", faults)
            return Reply(201, self.runs[agent][self._store(agent, version, asked)])
        if len(asked["runs"]) > MOST_RUNS or len(request.body) > MOST_BYTES:
            self.violations.append(f"{request.path}: a batch beyond the limits")
            return problem(413, "too much")
        return self._add_batch(agent, version, asked["runs"])

    def _add_batch(self, agent: str, version: str, runs: list[dict[str, Any]]) -> Reply:
        accepted: list[dict[str, Any]] = []
        rejected: list[dict[str, Any]] = []
        for index, run in enumerate(runs):
            faults = _faults(run)
            if faults:
                placed = [{**fault, "path": f"runs.{index}.{fault['path']}"} for fault in faults]
                rejected.append({"index": index, "errors": placed})
            else:
                accepted.append({"index": index, "id": self._store(agent, version, run)})
        if not accepted:
            return problem(400, "every run was refused", [fault for one in rejected for fault in one["errors"]])
        return Reply(201, {"accepted": accepted, "rejected": rejected})

    def _store(self, agent: str, version: str, run: dict[str, Any]) -> str:
        known = len(self.runs[agent])
        run_id = derived_id(version, run["id"]) if run.get("id") is not None else f"01JD{known:022d}"
        server = {"run_id": run_id, "agent_id": self.agents[agent]["id"], "version": version, "recorded_at": _NOW}
        self.runs[agent][run_id] = {**run, **server}
        return run_id

    def _list_runs(self, request: Seen, agent: str, version: str | None = None) -> Reply:
        if agent not in self.agents:
            return problem(404, f"no agent {agent!r}")
        runs = [run for run in self.runs[agent].values() if version in (None, run["version"])]
        return _page(request, sorted(runs, key=lambda run: str(run["created"]), reverse=True))

    def _get_run(self, request: Seen, agent: str, run_id: str) -> Reply:
        run = self.runs.get(agent, {}).get(run_id)
        return Reply(200, run) if run else problem(404, f"{agent!r} has no run {run_id!r}")

    def _update_run(self, request: Seen, agent: str, run_id: str) -> Reply:
        self.runs[agent][run_id] |= request.json
        return Reply(200, self.runs[agent][run_id])

    def _create_key(self, request: Seen) -> Reply:
        self._issued += 1
        key_id = f"key-{self._issued}"
        self.keys[key_id] = {**request.json, "id": key_id, "created_at": _NOW, "last_used_at": None}
        return Reply(201, {**self.keys[key_id], "secret": f"wb_demo_secret{self._issued}"})

    def _list_keys(self, request: Seen) -> Reply:
        return Reply(200, {"items": list(self.keys.values()), "next_cursor": None})

    def _revoke_key(self, request: Seen, key_id: str) -> Reply:
        return Reply(204) if self.keys.pop(key_id, None) else problem(404, f"no key {key_id!r}")

    def _get_organisation(self, request: Seen) -> Reply:
        return Reply(200, self.organisation)

    def _update_organisation(self, request: Seen) -> Reply:
        self.organisation |= request.json
        return Reply(200, self.organisation)

    def _advance_rebuild(self, request: Seen) -> Reply:
        return Reply(202, self.rebuild_steps.popleft())

    def _rebuild_status(self, request: Seen) -> Reply:
        return Reply(200, self.rebuild_steps[0]) if self.rebuild_steps else problem(404, "there has been no rebuild")

    def _stats(self, request: Seen) -> Reply:
        card = {"title": "Total Cost Today", "value": "$123.45", "change": "+5% from yesterday"}
        return Reply(200, [{**card, "icon": "DollarSign", "trend": "up", "raw": 123.45}])

    def _recent_activity(self, request: Seen) -> Reply:
        line = {"id": 1, "agent": "scout", "action": "completed run", "status": "completed", "time": _NOW}
        return Reply(200, [{**line, "duration": 5.5, "cost": 0.1}])

    def _agent_versions(self, request: Seen) -> Reply:
        return Reply(200, [_figures(name, one) for name, all_ in self.versions.items() for one in all_.values()])


Handler = Callable[..., Reply]
_AGENT = "/api/v1/agents/([^/]+)"
_STRAND = "/api/analytics/strands/([^/]+)"
_ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "/api/v1/agents", Service._list_agents),
    ("POST", f"{_AGENT}/register", Service._register),
    ("GET", _AGENT, Service._get_agent),
    ("PATCH", _AGENT, Service._update_agent),
    ("POST", f"{_AGENT}/versions", Service._add_version),
    ("GET", f"{_AGENT}/versions", Service._list_versions),
    ("GET", f"{_AGENT}/versions/([^/]+)", Service._get_version),
    ("POST", f"{_AGENT}/versions/([^/]+)/runs", Service._add_runs),
    ("GET", f"{_AGENT}/versions/([^/]+)/runs", Service._list_runs),
    ("GET", f"{_AGENT}/runs", Service._list_runs),
    ("GET", f"{_AGENT}/runs/([^/]+)", Service._get_run),
    ("PATCH", f"{_AGENT}/runs/([^/]+)", Service._update_run),
    ("POST", "/api/keys", Service._create_key),
    ("GET", "/api/keys", Service._list_keys),
    ("DELETE", "/api/keys/([^/]+)", Service._revoke_key),
    ("GET", "/api/organisation", Service._get_organisation),
    ("PATCH", "/api/organisation", Service._update_organisation),
    ("POST", "/api/admin/rebuild", Service._advance_rebuild),
    ("GET", "/api/admin/rebuild", Service._rebuild_status),
    ("GET", "/api/v1/ui/stats", Service._stats),
    ("GET", "/api/v1/ui/recent_activity", Service._recent_activity),
    ("GET", "/api/v1/ui/agent_versions", Service._agent_versions),
    ("POST", "/api/analytics/performance", lambda service, request: service.performance.add(request)),
    ("GET", "/api/analytics/performance", lambda service, request: service.performance.analytics(request)),
    ("GET", "/api/analytics/anomalies", lambda service, request: service.performance.detect(request)),
    ("POST", "/api/analytics/reports", lambda service, request: service.performance.report(request)),
    ("GET", "/api/analytics/dashboard", lambda service, request: service.performance.dashboard(request)),
    ("GET", f"{_STRAND}/snapshot", lambda service, _, strand: service.performance.snapshot(strand)),
    ("GET", f"{_STRAND}/health", lambda service, _, strand: service.performance.health(strand)),
]


def _all_have_ids(request: Seen) -> bool:
    items = request.json.get("runs") or request.json.get("records") or []
    return bool(items) and all(item.get("id") is not None for item in items)


def _without_secret(reply: Reply) -> Reply:
    return replace(reply, body={**reply.body, "secret": None}) if "secret" in reply.body else reply


def _faults(run: dict[str, Any]) -> list[dict[str, str]]:
    return [] if run.get("status") in STATUSES else [{"path": "status", "message": f"is one of {', '.join(STATUSES)}"}]


def _figures(name: str, version: dict[str, Any]) -> dict[str, Any]:
    figures = {"status": "active", "lastSeen": _NOW, "avgRuntime": 3.5, "successRate": 98.5, "totalRuns": 1234}
    return {"id": "5f8d0d55b54764429a0e36a1", "name": name, "project": "demo", "spend": 123.45, **figures, **version}


def _page(request: Seen, items: list[Any]) -> Reply:
    limit = int(request.query.get("limit", "50"))
    if not 1 <= limit <= 500:
        return problem(400, "limit is between 1 and 500")
    start = 0
    if "cursor" in request.query:
        path, _, place = base64.urlsafe_b64decode(request.query["cursor"]).decode().rpartition("@")
        if path != request.path:
            return problem(400, "this cursor belongs to another list")
        start = int(place)
    rest = start + limit
    if rest >= len(items):
        return Reply(200, items[start:rest])
    cursor = quote(base64.urlsafe_b64encode(f"{request.path}@{rest}".encode()).decode())
    # An address nobody can reach: a client must take the cursor from the link, not follow it.
    link = f'<http://service.internal{request.path}?limit={limit}&cursor={cursor}>; rel="next"'
    return Reply(200, items[start:rest], {"Link": link})
