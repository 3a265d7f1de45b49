"""Malformed requests over all routes, each with the status and the words that its refusal must have."""

import base64
import gzip
import json
from dataclasses import dataclass, field
from typing import Any

from tests.support.steps import A_RECORD, AGENT, PERFORMANCE, REPORTS, RUNS, a_run

AGENTS = "/api/v1/agents"
REGISTER = f"{AGENTS}/new/register"
VERSIONS = f"{AGENTS}/{AGENT}/versions"
ALL_RUNS = f"{AGENTS}/{AGENT}/runs"
KEYS = "/api/keys"
ORGANISATION = "/api/organisation"
DASHBOARD = "/api/analytics/dashboard"

ANOMALIES = "/api/analytics/anomalies"
BROADCAST = "/api/admin/broadcast"
CONFIGURATION = "/api/analytics/configuration"
STRAND_CONFIGURATION = f"/api/analytics/strands/{AGENT}/configuration"

A_RUN = json.dumps(a_run())
NO_CURSOR = "the cursor is not one of this list"
AN_ID = "64 bits"
A_NAME = "names are part of addresses"
PRINTABLE = "control characters and surrounding white space are not allowed"
NOT_JSON = "the body is not JSON"
DURATION = 'a duration looks like "5m30s"'
BEYOND_OUR_TIME = "an instant lies between the years 2000 and 2200"
BEYOND = "between the year 2000 and tomorrow"


@dataclass(frozen=True)
class Bad:
    """A malformed request, and what the refusal says: of which status, naming what."""

    what: str
    method: str
    address: str
    names: str
    body: Any = None
    raw: str | bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 400
    type: str = "application/problem+json"


def run(what: str, names: str, **fields: Any) -> Bad:
    """A post of one run with something wrong in these fields."""
    return Bad(what, "POST", RUNS, names, a_run(**fields))


def raw(what: str, names: str, body: str | bytes, status: int = 400, **headers: str) -> Bad:
    """A post of a run whose body is wrong before it is read as one."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Bad(what, "POST", RUNS, names, raw=body, headers=named, status=status)


def patch(what: str, names: str, body: Any) -> Bad:
    """A change of a run."""
    return Bad(what, "PATCH", f"{ALL_RUNS}/{{run_id}}", names, body)


def nested(levels: int) -> Any:
    """A value of so many levels."""
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def text_with(**fields: str) -> str:
    """The text of a run with fields written as they stand."""
    given = "".join(f', "{name}": {value}' for name, value in fields.items())
    return A_RUN[:-1] + given + "}"


BAD = [
    # bodies that are no JSON object
    raw("nothing", "needs a JSON body", ""),
    raw("white space", "needs a JSON body", "  \n"),
    raw("null", "must be a JSON object", "null"),
    raw("an array", "must be a JSON object", "[]"),
    raw("an array of runs", "must be a JSON object", f"[{A_RUN}]"),
    raw("text", "must be a JSON object", '"run"'),
    raw("a number", "must be a JSON object", "1"),
    raw("half an object", NOT_JSON, '{"created": '),
    raw("two objects", NOT_JSON, A_RUN + A_RUN),
    raw("a trailing comma", NOT_JSON, A_RUN[:-1] + ",}"),
    raw("single quotes", NOT_JSON, "{'status': 'completed'}"),
    raw("a comment", NOT_JSON, A_RUN + "// run"),
    raw("NaN", NOT_JSON, text_with(cost="NaN")),
    raw("Infinity", NOT_JSON, text_with(cost="-Infinity")),
    raw("a number without end", "too large", text_with(cost="1e400")),
    raw("a number without end inside an input", "too large", text_with(input='{"a": [-1e999]}')),
    raw("a number of 5000 digits", NOT_JSON, text_with(cost="9" * 5_000)),
    raw("a lone surrogate", NOT_JSON, text_with(summary='"\\ud800"')),
    raw("a lone surrogate that is not escaped", NOT_JSON, text_with(summary='"\ud800"')),
    raw("a control character in a text", NOT_JSON, text_with(summary='"a\x00b"')),
    raw("one name twice", "names 'status' twice", text_with(status='"failed"')),
    raw("one name twice, deep inside", "names 'a' twice", text_with(input='{"x": [{"a": 1, "a": 2}]}')),
    raw("33 levels", "deeper than 32 levels", text_with(input=json.dumps(nested(32)))),
    raw("100,000 levels", NOT_JSON, text_with(input="[" * 100_000 + "]" * 100_000)),
    raw("an object of 100,000 levels", NOT_JSON, '{"a":' * 100_000),
    # bodies in other encodings
    raw("UTF-16", NOT_JSON, A_RUN.encode("utf-16")),
    raw("Latin-1", NOT_JSON, text_with(summary='"é"').encode("latin-1")),
    raw("a byte order mark", NOT_JSON, b"\xef\xbb\xbf" + A_RUN.encode()),
    raw("gzip", NOT_JSON, gzip.compress(A_RUN.encode())),
    raw("base 64 inside base 64", NOT_JSON, base64.b64encode(A_RUN.encode())),
    raw(
        "a form", "must be application/json", "status=completed", 415, content_type="application/x-www-form-urlencoded"
    ),
    raw("an empty form", "needs a JSON body", "", content_type="multipart/form-data; boundary=x"),
    raw("plain text", "must be application/json", A_RUN, 415, content_type="text/plain"),
    raw("XML", "must be application/json", b"<run/>", 415, content_type="application/xml"),
    raw("a type that is none", "must be application/json", A_RUN, 415, content_type=";"),
    raw("bytes", "must be application/json", A_RUN.encode(), 415, content_type="application/octet-stream"),
    raw("too many bytes", "at most 5,000,000 bytes", " " * 5_000_001, 413),
    raw("too many bytes, encoded", "at most 5,000,000 bytes", b" " * 5_000_001, 413),
    # runs
    Bad("an empty run", "POST", RUNS, "created: field required", {}),
    Bad("a run without a status", "POST", RUNS, "status: field required", {"created": "2023-08-01T12:00:00Z"}),
    run("an unknown field", "colour: extra inputs are not permitted", colour="red"),
    run("a null instant", "created: an instant is text", created=None),
    run("a number for an instant", "created: an instant is text", created=1_690_891_200),
    run("decimals for an instant", "created: an instant is text", created="1690891200.5"),
    run("digits for an instant", "created: an instant is text", created="1690891200"),
    run("a day for an instant", "created", created="2023-08-01"),
    run("an instant without a zone", "created: input should have timezone info", created="2023-08-01T12:00:00"),
    run("a zone that is none", "created", created="2023-08-01T12:00:00+25:00"),
    run("a zone by name", "created", created="2023-08-01T12:00:00 Europe/Madrid"),
    run("a day that is none", "created", created="2023-02-30T12:00:00Z"),
    run("the year 1", BEYOND, created="0001-01-01T00:00:00Z"),
    run("the year 1 before UTC", BEYOND, created="0001-01-01T00:00:00+14:00"),
    run("the year 9999", BEYOND, created="9999-12-31T23:59:59Z"),
    run("the year 9999 behind UTC", BEYOND, created="9999-12-31T23:59:59-14:00"),
    run("an end before the beginning", "ended before it began", completed_at="2023-08-01T11:59:59Z"),
    run("an unknown status", "status: a status is one of completed", status="splendid"),
    run("a number for a status", "status: a status is one of", status=1),
    run("a list for a status", "status: a status is one of", status=["completed"]),
    run("a negative duration", DURATION, time_taken="-5s"),
    run("a duration without a unit", DURATION, time_taken="90"),
    run("a duration in words", DURATION, time_taken="five minutes"),
    run("an empty duration", DURATION, time_taken=""),
    run("a duration with white space", DURATION, time_taken="5m 30s"),
    run("a duration of Arabic digits", DURATION, time_taken="\u0665s"),
    run("a duration of more than a year", "between 0 and one year", time_taken="9000h"),
    run("a truth value for a duration", "time_taken: a duration is text", time_taken=True),
    run("two durations", "duration_ms is 2", time_taken="1s", duration_ms=2),
    run("half a millisecond", "duration_ms", duration_ms=1.5),
    run("a negative cost", "cost: input should be greater than or equal to 0", cost=-0.01),
    run("a cost beyond all bounds", "cost: input should be less than or equal to 1000000000", cost=1e300),
    run("a cost in words", "cost: a number is expected", cost="0.1"),
    run("a truth value for a cost", "cost: a number is expected", cost=False),
    run("an id of more than 64 bits", AN_ID, id=2**63),
    run("a negative id of more than 64 bits", AN_ID, id=-(2**63) - 1),
    run("a task's id of more than 64 bits", AN_ID, task_id=2**64),
    run("an id with decimals", "id: an id is text or an integer", id=1.5),
    run("a truth value for an id", "id: an id is text or an integer", id=True),
    run("an object for an id", "id: an id is text or an integer", id={}),
    run("an empty id", "id: an id has 1 to 200", id=""),
    run("an id that is too long", "id: an id has 1 to 200", id="x" * 201),
    run("an id with a control character", "id: an id has 1 to 200 printable", id="a\nb"),
    run("text for tools", "tools: input should be a valid tuple", tools="tool1"),
    run("an empty tool", "tools.1: string should have at least 1 character", tools=["a", ""]),
    run("a number for a tool", "tools.0: input should be a valid string", tools=[1]),
    run("101 tools", "tools: tuple should have at most 100 items", tools=["t"] * 101),
    run("a model's name that is too long", "models.0: string should have at most 200", models=["m" * 201]),
    run("white space for an initiator", f"initiator: {PRINTABLE}", initiator=" "),
    run("a right-to-left override in a user's id", f"user_id: {PRINTABLE}", user_id="a\u202eb"),
    run("tokens as a number", "tokens", tokens=5),
    run("negative tokens", "tokens.input: input should be greater than or equal to 0", tokens={"input": -1}),
    run("tokens with decimals", "tokens.input", tokens={"input": 1.5}),
    run("tokens without end", "tokens.total: input should be less than or equal to", tokens={"total": 10**16}),
    run("tokens that do not add up", "input + output is 3", tokens={"input": 1, "output": 2, "total": 4}),
    run("tokens of an unknown kind", "tokens.spent: extra inputs", tokens={"spent": 1}),
    run("a quality of 101", "quality_score: input should be less than or equal to 100", quality_score=101),
    run("a quality in words", "quality_score: input should be a valid number", quality_score="good"),
    run("a rating of 6", "user_satisfaction: input should be less than or equal to 5", user_satisfaction=6),
    run("an attempt of 0", "attempt: input should be greater than or equal to 1", attempt=0),
    run("an unknown trigger", "trigger: input should be 'manual'", trigger="chance"),
    run("a summary that is too long", "summary: at most 20,000 bytes", summary="x" * 20_001),
    run("an input that is too long", "input: at most 64,000 bytes", input="x" * 64_001),
    run("an error that is a text", "error", error="broken"),
    run("an error of an unknown shape", "error.code: extra inputs", error={"code": 1}),
    # batches
    Bad("a batch of nothing", "POST", RUNS, "runs: list should have at least 1 item", {"runs": []}),
    Bad("a batch that is null", "POST", RUNS, "runs: input should be a valid list", {"runs": None}),
    Bad("a batch that is an object", "POST", RUNS, "runs: input should be a valid list", {"runs": a_run()}),
    Bad("a batch with something beside it", "POST", RUNS, "dry: extra inputs", {"runs": [a_run()], "dry": True}),
    Bad("a batch of nulls", "POST", RUNS, "none of the runs is well-formed", {"runs": [None, 1, "x", []]}),
    Bad("too large a batch", "POST", RUNS, "at most 1,000 runs", {"runs": [a_run()] * 1_001}, status=413),
    # later facts
    patch("a change by an array", "must be a JSON object", []),
    patch("a change of nothing", "nothing to change", {}),
    patch("a change of a run's name", "run_id: extra inputs", {"run_id": "x"}),
    patch("a change to an unknown status", "status: a status is one of", {"status": "done"}),
    patch("a change to a negative cost", "cost: input should be greater", {"cost": -1}),
    patch("a change to an end without a zone", "completed_at", {"completed_at": "2023-08-01T12:00:00"}),
    # agents and versions
    Bad("an agent without a project", "POST", REGISTER, "project: field required", {}),
    Bad("an agent with an empty project", "POST", REGISTER, "project: string should have at least 1", {"project": ""}),
    Bad("an agent with a null project", "POST", REGISTER, "project: input should be a valid string", {"project": None}),
    Bad("a project that is too long", "POST", REGISTER, "at most 200 characters", {"project": "p" * 201}),
    Bad("another name in the body", "POST", REGISTER, "the body 'x'", {"name": "x", "project": "p"}),
    Bad("an unknown field of an agent", "POST", REGISTER, "owner: extra inputs", {"project": "p", "owner": "me"}),
    Bad("a name that is too long", "POST", f"{AGENTS}/{'n' * 201}/register", "at most 200", {"project": "p"}),
    Bad("a name of dots", "POST", f"{AGENTS}/%2e%2e/register", "a name of dots only", {"project": "p"}),
    Bad("a name with a slash", "POST", f"{AGENTS}/a%2Fb/register", A_NAME, {"project": "p"}),
    Bad("a name with a question mark", "POST", f"{AGENTS}/a%3Fb/register", A_NAME, {"project": "p"}),
    Bad("a name with a number sign", "POST", f"{AGENTS}/a%23b/register", A_NAME, {"project": "p"}),
    Bad("a name with a line break", "POST", f"{AGENTS}/a%0Ab/register", PRINTABLE, {"project": "p"}),
    Bad("a name with a null", "POST", f"{AGENTS}/a%00b/register", PRINTABLE, {"project": "p"}),
    Bad("a name that begins with a blank", "POST", f"{AGENTS}/%20a/register", PRINTABLE, {"project": "p"}),
    Bad("a reserved name", "POST", f"{AGENTS}/task-runner/register", "'task-runner' is reserved", {"project": "p"}),
    Bad("an agent's change of its name", "PATCH", f"{AGENTS}/{AGENT}", "name: extra inputs", {"name": "x"}),
    Bad("an agent's change of nothing", "PATCH", f"{AGENTS}/{AGENT}", "project or type", {}),
    Bad("a version without a name", "POST", VERSIONS, "version: field required", {}),
    Bad("a version with an empty name", "POST", VERSIONS, "version: string should have at least 1", {"version": ""}),
    Bad("a number for a version", "POST", VERSIONS, "version: input should be a valid string", {"version": 1.0}),
    Bad("a version with a slash", "POST", VERSIONS, A_NAME, {"version": "release/1"}),
    Bad("a version of one dot", "POST", VERSIONS, "a name of dots only", {"version": "."}),
    Bad("a version with a lone surrogate", "POST", VERSIONS, NOT_JSON, raw='{"version": "\\udfff"}'),
    Bad("tools by name", "POST", VERSIONS, "tools: input should be a valid tuple", {"version": "2", "tools": {"a": 1}}),
    Bad("null for tools", "POST", VERSIONS, "tools: input should be a valid tuple", {"version": "2", "tools": None}),
    # lists
    *(
        Bad(
            f"a limit of {limit!r} on {address.rsplit('/', 1)[1]}",
            "GET",
            f"{address}?limit={limit}",
            "limit: input should",
        )
        for limit in ("0", "-1", "501", "abc", "1.5", "", "9" * 30)
        for address in (AGENTS, VERSIONS, RUNS, ALL_RUNS)
    ),
    *(
        Bad(
            f"a cursor of {cursor[:9]!r} on {address.rsplit('/', 1)[1]}", "GET", f"{address}?cursor={cursor}", NO_CURSOR
        )
        for cursor in ("forged", "AAAA", "%00", "é", "e30", "A" * 2_000, "....", "=" * 8)
        for address in (AGENTS, VERSIONS, RUNS, ALL_RUNS)
    ),
    Bad(
        "a cursor that is too long", "GET", f"{AGENTS}?cursor={'A' * 2_001}", "cursor: string should have at most 2000"
    ),
    # keys and the organisation
    Bad("a key without a name", "POST", KEYS, "name: field required", {"scopes": ["read"]}),
    Bad("a key without scopes", "POST", KEYS, "scopes: field required", {"name": "k"}),
    Bad("a key with no scope", "POST", KEYS, "scopes: frozenset should have at least 1", {"name": "k", "scopes": []}),
    Bad("a key with an unknown scope", "POST", KEYS, "should be 'ingest', 'read'", {"name": "k", "scopes": ["root"]}),
    Bad("a key with a scope as text", "POST", KEYS, "scopes: input should be a valid", {"name": "k", "scopes": "read"}),
    Bad("a key whose name has a tab", "POST", KEYS, f"name: {PRINTABLE}", {"name": "a\tb", "scopes": ["read"]}),
    Bad(
        "a key with its secret", "POST", KEYS, "secret: extra inputs", {"name": "k", "scopes": ["read"], "secret": "s"}
    ),
    Bad("an organisation's change of nothing", "PATCH", ORGANISATION, "name or time_zone", {}),
    Bad("an organisation's change of its id", "PATCH", ORGANISATION, "id: extra inputs", {"id": "x"}),
    *(
        Bad(f"a time zone of {zone[:20]!r}", "PATCH", ORGANISATION, "time_zone: ", {"time_zone": zone})
        for zone in ("Mars/Base", "+02:00", "", "../../etc/passwd", "/etc/localtime", "a\0b", "Europe", "x" * 65)
    ),
    Bad(
        "a number for a time zone", "PATCH", ORGANISATION, "time_zone: input should be a valid string", {"time_zone": 1}
    ),
    # notifications
    Bad("a notification of nothing", "POST", BROADCAST, "message: string should have at least 1", {"message": ""}),
    Bad("a notification in another way", "POST", BROADCAST, "level: ", {"message": "x", "level": "loud"}),
    Bad("a notification of a book", "POST", BROADCAST, "at most 2000 characters", {"message": "x" * 2_001}),
    # anomalies
    Bad("anomalies of nobody", "GET", ANOMALIES, "strandId is required"),
    Bad("a timeframe without a unit", "GET", f"{ANOMALIES}?strandId={AGENT}&timeframe=7", "such as 24h, 7d or 3m"),
    Bad("a timeframe of another unit", "GET", f"{ANOMALIES}?strandId={AGENT}&timeframe=7x", "such as 24h, 7d or 3m"),
    Bad("no time", "GET", f"{ANOMALIES}?strandId={AGENT}&timeframe=0d", "such as 24h, 7d or 3m"),
    Bad("more than ten years", "GET", f"{ANOMALIES}?strandId={AGENT}&timeframe=11y", "at most 10y"),
]


def record(what: str, names: str, **fields: Any) -> Bad:
    """A post of a tracker's record with something wrong in these fields."""
    return Bad(what, "POST", PERFORMANCE, names, A_RECORD | fields)


def metrics(what: str, names: str, **fields: Any) -> Bad:
    """A post of a tracker's record with something wrong in these metrics."""
    return record(what, names, metrics=A_RECORD["metrics"] | fields)  # type: ignore[operator]


def asked(what: str, names: str, question: str) -> Bad:
    """A question to the analytics that cannot be asked."""
    return Bad(what, "GET", f"{PERFORMANCE}?{question}", names)


BAD += (
    record("a record without a strand's name", "strandId", strandId=""),
    record("a strand that is no address", A_NAME, strandId="a/b"),
    record("a record without a user", "userId", userId=None),
    record("a record with something unknown", "colour", colour="red"),
    record("metrics that are a list", "metrics", metrics=[]),
    metrics("half a success", "successRate is 1 for a success", successRate=0.5),
    metrics("a success in words", "successRate", successRate="yes"),
    metrics("a negative time", "executionTime", executionTime=-1),
    metrics("an endless time", "executionTime", executionTime=1e300),
    metrics("a rating above its scale", "userSatisfaction", userSatisfaction=5.5),
    metrics("a quality above its scale", "qualityScore", qualityScore=101),
    metrics("half a token", "tokenUsage", tokenUsage=1.5),
    metrics("a time without a zone", "timestamp", timestamp="2023-08-01T12:00:00"),
    Bad("a batch of no records", "POST", PERFORMANCE, "records", {"records": []}),
    Bad("a batch of bad records only", "POST", PERFORMANCE, "none of the records", {"records": [1, {}]}),
    Bad("too many records", "POST", PERFORMANCE, "at most 1,000 records", {"records": [{}] * 1001}, status=413),
    asked(
        "a window that ends before it begins",
        "ends before it begins",
        "startDate=2026-02-01T00:00:00Z&endDate=2026-01-01T00:00:00Z",
    ),
    asked("a window of years", "at most 92 days", "startDate=2020-01-01T00:00:00Z&endDate=2026-01-01T00:00:00Z"),
    Bad("agents' figures of a year", "GET", "/api/agents/analytics?range=1y", "range: "),
    Bad("agents' figures of no time", "GET", "/api/agents/analytics?range=", "range: "),
    Bad("a dashboard of nobody", "GET", f"{DASHBOARD}?userId=", "userId: string should have at least 1"),
    Bad("a dashboard of a tab", "GET", f"{DASHBOARD}?userId=%09", f"userId: {PRINTABLE}"),
    asked("a date without a zone", "startDate", "startDate=2026-01-01T00:00:00"),
    asked("a quality in words", "minQualityScore", "minQualityScore=good"),
    asked("a negative cost", "maxCost", "maxCost=-1"),
)


def setting(what: str, names: str, **fields: Any) -> Bad:
    """A change of the organisation's configuration with something wrong in these fields."""
    return Bad(what, "PATCH", CONFIGURATION, names, fields)


BAD += (
    setting("a configuration that says nothing", "nothing to change"),
    setting("runs kept for no day", "retentionDays", retentionDays=0),
    setting("an hour no day has", "reportHour", reportHour=24),
    setting("a multiplier that is none", "latencyMultiplier", anomalyThresholds={"latencyMultiplier": 1}),
    setting("a threshold nobody knows", "sensitivity", anomalyThresholds={"sensitivity": 1}),
    Bad("an hour of a strand's own", "PATCH", STRAND_CONFIGURATION, "reportHour", {"reportHour": 7}),
)


def wished(what: str, names: str, type: Any = "cost-analysis", **filters: Any) -> Bad:
    """The wish for a report with something wrong in its type or filters."""
    return Bad(what, "POST", REPORTS, names, {"reportType": type, "filters": filters})


BAD += (
    Bad("a report of no type", "POST", REPORTS, "reportType: field required", {}),
    wished("a report nobody makes", "daily-summary, weekly-summary, monthly-summary, strand-perf", "horoscope"),
    wished("a type in a list", "a report is one of", ["daily-summary"]),
    wished("a filter nobody knows", "minQualityScore: extra inputs are not permitted", minQualityScore=1),
    wished("a period without a zone", "startDate", startDate="2026-01-01T00:00:00"),
    wished(
        "a period that ends before it begins",
        "the period ends before it begins",
        startDate="2026-02-01T00:00:00Z",
        endDate="2026-01-01T00:00:00Z",
    ),
    wished(
        "a period of years",
        "a report covers at most 92 days",
        startDate="2020-01-01T00:00:00Z",
        endDate="2026-01-01T00:00:00Z",
    ),
    wished("a period before all runs", "between 2000 and 2100", endDate="1970-01-01T00:00:00Z"),
    wished(
        "a period that lies ahead", "not begun yet", startDate="2090-01-01T00:00:00Z", endDate="2090-01-02T00:00:00Z"
    ),
    wished("an empty strand", "strandId", strandId=""),
    Bad("reports of a type nobody makes", "GET", f"{REPORTS}?type=horoscope", "a report is one of"),
    Bad("a report as a picture", "GET", f"{REPORTS}/any?format=png", "format"),
)
