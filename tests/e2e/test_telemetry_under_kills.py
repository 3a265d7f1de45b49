"""Senders stream while the functions that take spans in, follow them and count them die at work: all is there once."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Event

import httpx
import pytest

from infra.local.aws import client
from infra.local.processes import wait_until
from tests.support.recounting import figures_in, recounted
from tests.support.telemetry import PROTOBUF, TRACES, agent, call, request, tool, trace_id
from tests.support.workers import Workers
from watchbill.platform import keys
from watchbill.platform.items import to_item, to_key
from watchbill.telemetry.fold import run_id

KILLED = ("telemetry", "trace_worker", "outbox", "rollups")
DEATHS = 3
"""Of each of them, at least."""
SENDERS = 2
AT_ONCE = 2
"""Requests of a sender."""
COLD = 30
"""Seconds that a function's first start may take on a busy machine, and that a request is waited for."""
PATIENCE = 90
"""Seconds for which an exporter sends again what was not answered."""
PAUSE = 0.3
"""Seconds between two batches of an exporter."""
AGAIN = 10
"""Seconds after which a message comes again whose consumer died, which has 6 minutes on AWS."""
ORGANISATION, AGENT = "streaming", "streamed"
COST, TOKENS, SPANS = Decimal("0.0045"), 1_200, 3


class Stream:
    """What senders send until it is over, and what became of it."""

    def __init__(self, us):
        self._us = us
        self.over = Event()
        self.answers = []
        self.traces = []

    def go_on(self, sender):
        """Send traces, some of them in parts that come at the same time, until it is over."""
        number = 0
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while not self.over.is_set():
                self.send_some(pool, f"{sender}-{number}", sender)
                number += 1
                self.over.wait(PAUSE)

    def send_some(self, pool, name, session):
        """Send a trace in parts, and three that are whole."""
        traces = [f"{name}-{i}" for i in range(4)]
        list(pool.map(self._send, requests(traces, f"session-{session}")))
        self.traces += traces

    def taken(self):
        """How many requests were."""
        return self.answers.count(200)

    def _send(self, body):
        """Send a request as exporters do: again after every failure, until it is taken or they give up."""
        assert wait_until(lambda: self._is_taken(body), PATIENCE), "an exporter gave up"

    def _is_taken(self, body):
        """Whether a request is; refused by what could not be better the next time, it is a failure of the test."""
        headers = {**PROTOBUF, "Authorization": f"Bearer {self._us.key}"}
        try:
            answer = httpx.post(self._us.url + TRACES, content=body, headers=headers, timeout=COLD, trust_env=False)
        except httpx.TransportError:
            return False
        self.answers.append(answer.status_code)
        assert answer.status_code in (200, 429, 502, 503, 504), answer.text
        assert answer.status_code > 200 or answer.content == b"", "some spans were refused"
        return answer.status_code == 200


def requests(traces, session):
    """The bodies that bring traces: the first in two parts at the same time, and after them the others, twice.

    Nothing comes later that would bring together what the parts have not seen of each other.
    """
    begin = round(time.time() * 1000)
    of = lambda spans, trace: [replace(span, trace=trace) for span in spans]  # noqa: E731
    root = agent(AGENT, gen_ai__conversation__id=session)
    model, used = call(root.name), tool(parent=root.name)
    cut, *whole = traces
    together = [span for trace in whole for span in of([root, model, used], trace)]
    parts = (of([model], cut), of([used, root], cut), together, together)
    return [request(spans, begin_ms=begin) for spans in parts]


def kill(stack, stream):
    """Kill each function at its work, in any order, until work of each was lost."""
    workers, chance = Workers(stack), random.Random(6)
    try:
        for function in chance.sample(KILLED * DEATHS, len(KILLED) * DEATHS):
            kill_one(workers, stream, function, chance)
        for function in KILLED:
            while not has_lost_work(stack, stream, function):
                kill_one(workers, stream, function, chance)
    finally:
        stream.over.set()


def kill_one(workers, stream, function, chance):
    """Kill a process of a function; between two deaths a request is taken, so that everything goes on."""
    before = stream.taken()
    assert wait_until(lambda: stream.taken() > before, PATIENCE), "no request is taken any more"
    stream.over.wait(chance.uniform(0, PAUSE))
    assert workers.kill_at_work(function, COLD), f"{function} has nothing to do"


def has_lost_work(stack, stream, function):
    """Whether a process of a function has died in the middle, by what senders or the emulator were told."""
    if function == "telemetry":
        return 502 in stream.answers
    return f"-{function} failed processing" in (stack.settings.logs / "emulator.log").read_text()


@pytest.fixture(scope="module")
def us(stack, caller):
    """An organisation whose messages come again soon after their consumer has died."""
    us = caller(ORGANISATION)
    us.post("/api/budgets", {"scope": "organisation", "period": "month", "limit": 1_000})
    sqs = client(stack.settings, "sqs")
    (queue,) = [url for url in sqs.list_queues()["QueueUrls"] if "TracesQueue" in url]
    usual = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": str(AGAIN)})
    yield us
    sqs.set_queue_attributes(QueueUrl=queue, Attributes=usual)


def streamed(stack, us):
    """The traces that were taken while functions died, after some that were taken while they were started."""
    stream = Stream(us)
    with ThreadPoolExecutor(SENDERS + 1) as pool:
        stream.send_some(pool, "first", 0)
        assert wait_until(lambda: totals(us)[0] == len(stream.traces), PATIENCE)
        under_way = [pool.submit(kill, stack, stream), *(pool.submit(stream.go_on, i) for i in range(SENDERS))]
    for each in under_way:
        each.result()
    return stream


def totals(us):
    """How many runs were counted, what they cost by that, and what the budget says of it."""
    rows = us.get("/api/v1/ui/agent_versions")
    (budget,) = us.get("/api/budgets")["items"]
    return sum(row["totalRuns"] for row in rows), sum(row["spend"] for row in rows), budget["spent"]


def runs(us):
    """Every run of the agent, as it is listed."""
    found, path = [], f"/api/v1/agents/{AGENT}/runs?limit=500"
    while path:
        answer = us.call("GET", path).raise_for_status()
        found += answer.json()
        path = answer.links.get("next", {}).get("url")
    return found


def stored(stack):
    """Everything in the table that is ours."""
    pages = client(stack.settings, "dynamodb").get_paginator("scan")
    ours = {":ours": {"S": keys.beginning_of(ORGANISATION)}}
    found = pages.paginate(
        TableName=stack.service.deployment.outputs["TableName"],
        FilterExpression="begins_with(pk, :ours)",
        ExpressionAttributeValues=ours,
    )
    return {to_key(raw): to_item(raw) for page in found for raw in page["Items"]}


def test_what_was_answered_is_there_once_whoever_dies(stack, us):
    stream = streamed(stack, us)

    as_sent = lambda run: (run["status"], run["cost"], run["tools"]) == ("completed", float(COST), ["search"])  # noqa: E731
    assert wait_until(lambda: all(map(as_sent, runs(us))), PATIENCE)
    found = runs(us)
    assert sorted(run["run_id"] for run in found) == sorted(run_id(trace_id(trace)) for trace in stream.traces)
    assert {run["tokens"]["total"] for run in found} == {TOKENS}
    every_span_is_in_its_trace_once(us, stream)

    count = len(stream.traces)
    told = (count, pytest.approx(float(count * COST)), pytest.approx(float(count * COST)))
    assert wait_until(lambda: totals(us) == told, PATIENCE), totals(us)
    table = stored(stack)
    assert figures_in(table) == recounted(table, ORGANISATION)


def every_span_is_in_its_trace_once(us, stream):
    traces = [one for sender in range(SENDERS) for one in us.get(f"/api/sessions/session-{sender}/trace")["traces"]]
    assert len(traces) == len(stream.traces)
    for trace in traces:
        spans = [span["span_id"] for span in trace["spans"]]
        assert len(set(spans)) == len(spans) == SPANS
