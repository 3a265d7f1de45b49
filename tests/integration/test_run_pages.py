"""The pages of a run with its trace, and of a session."""

from dataclasses import replace
from urllib.parse import quote

import pytest

from tests.support.pages import Visitor, words_of
from tests.support.steps import announce, register
from tests.support.telemetry import agent, call, export, tool, trace_id
from watchbill.platform import clock
from watchbill.reports.words import UNKNOWN
from watchbill.telemetry.fold import run_id

HOSTILE = "<img src=x onerror=alert(1)>"
RUN = run_id(trace_id("t"))
BOSS = "invoke_agent writer"


@pytest.fixture
def traced(service, key):
    """A run with a run within it, told by telemetry."""
    said = {"gen_ai__conversation__id": "a/b", "gen_ai__input__messages": HOSTILE}
    helper = replace(agent("helper", BOSS), start=100, end=800)
    spans = [agent(**said), helper, call(helper.name), replace(tool(HOSTILE), failed=True)]
    assert export(service, key, spans).status == 200
    return RUN


def test_a_run_shows_its_facts_and_the_trace_it_is_part_of(visitor, traced):
    shown = visitor.get(f"/dashboard/runs/{traced}")

    rows = [words_of(row) for row in shown.all("//table[@class='waterfall']/tbody/tr")]
    assert [row.split(" ")[0] for row in rows] == ["invoke_agent", "invoke_agent", "chat", "execute_tool"]
    assert rows[2] == "chat gpt-4o gpt-4o 500 ms 1,200 $0.0045"
    assert rows[3].endswith(f"error 50 ms {UNKNOWN} {UNKNOWN}")
    bars = [(rect.get("x"), rect.get("width"), rect.get("class")) for rect in shown.all("//td//rect")]
    assert bars == [("0", "1000", "agent"), ("100", "700", "agent"), ("100", "500", "model"), ("650", "50", "failed")]
    assert shown.all("//tr/@data-depth") == ["0", "1", "2", "1"]
    assert "writer (this one), helper" in shown.words
    assert not shown.all("//img")


def test_what_a_span_says_is_shown_on_demand(visitor, traced):
    shown = visitor.get(f"/dashboard/runs/{traced}")
    part, whole = shown.all("//tbody/tr[1]//a/@hx-get")[0], shown.all("//tbody/tr[1]//a/@href")[0]

    alone = visitor.get(part, **{"hx-request": "true"})

    assert HOSTILE in alone.words
    assert "gen_ai.conversation.id" in alone.words
    assert not alone.all("//img")
    assert HOSTILE not in words_of(shown.all("//tbody/tr[1]")[0])
    assert "gen_ai.conversation.id" in words_of(visitor.get(whole.split("#")[0]).all("//section[@id='span']")[0])
    assert visitor.get(f"/dashboard/parts/runs/{traced}/spans/nothing").status == 404


def test_a_session_shows_its_traces_one_under_the_other(service, key, visitor, traced):
    again = [replace(one, trace="u") for one in (agent(gen_ai__conversation__id="a/b"), call())]
    assert export(service, key, again).status == 200

    shown = visitor.get(f"/dashboard/sessions/{quote('a/b', safe='')}")

    assert [len(table.xpath("./tbody/tr")) for table in shown.all("//table")] == [4, 2]
    assert "Session a/b" in shown.words
    assert visitor.get("/dashboard/sessions/nobody").status == 404


def test_a_run_that_was_posted_has_no_trace_and_says_so(service, key, visitor):
    register(service, key, "writer")
    announce(service, key, "writer", "1")
    told = {
        "created": clock.to_text(clock.now()),
        "status": "failed",
        "id": HOSTILE,
        "input": {"q": HOSTILE},
        "cost": 0,
    }
    said = {**told, "error": {"type": "HTTPError", "message": HOSTILE}, "quality_score": 71.5, "campaign_id": "spring"}
    run = service.request("POST", "/api/v1/agents/writer/versions/1/runs", said, key=key).json

    shown = visitor.get(f"/dashboard/runs/{run['run_id']}")

    assert "This run has no trace" in shown.words
    for fact in ("failed", "$0.00", "HTTPError", "71.5", "spring", run["run_id"]):
        assert fact in shown.words
    assert shown.words.count(HOSTILE) >= 3
    assert not shown.all("//img")


def test_another_organisation_s_run_and_session_are_not_there(service, traced):
    stranger = Visitor().sign_in(service.organisation("strangers"))

    addresses = (f"runs/{traced}", f"parts/runs/{traced}/spans/0101010101010101", "sessions/a%2Fb", "runs/nothing")
    assert [stranger.get(f"/dashboard/{address}").status for address in addresses] == [404] * 4
