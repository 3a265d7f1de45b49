"""The pages of streams: progress, the workflow with its states, items by stage, and having agents executed."""

import pytest

from tests.support.pages import Visitor, words_of
from tests.support.steps import STREAMS, a_stream, an_item
from tests.support.tasks import tasks_of
from tests.support.workflows import workflow_of
from watchbill.platform.functions import Invoked

HOSTILE = "<img src=x onerror=alert(1)>"
BROKEN = Invoked({"error": {"type": "BadInput", "message": "no topic", "retryable": False}})


@pytest.fixture
def tasks(service, key, channels, monkeypatch):
    return tasks_of(service, key, monkeypatch)


@pytest.fixture
def flow(tasks):
    """A stream of a hostile name with a chain of two agents; the first is executed by hand."""
    flow = workflow_of(tasks, "scout", "scorer", name=HOSTILE, target_metrics={"companies_to_find": 4})
    flow.assign_chain("scout", "scorer")
    return flow


def page_of(flow):
    return f"/dashboard/streams/{flow.id}"


def states(shown):
    """The state of each agent: as it is drawn, and as the table says it."""
    drawn = [words_of(node).split(" · ")[0] for node in shown.all("//*[local-name()='g']")]
    rows = [words_of(row).split() for row in shown.all("//table[.//th='Waits for']/tbody/tr")]
    return drawn, {row[0]: row[2] for row in rows}


def test_a_first_visit_says_what_a_stream_is_and_who_could_work_on_it(service, key, visitor):
    assert "There is no stream yet" in visitor.get("/dashboard/streams").words

    shown = visitor.get(f"/dashboard/streams/{a_stream(service, key)}")

    assert "Nobody works on it yet" in shown.words
    assert words_of(shown.all("//section[@class='lane']/h3")[0]) == "discover 0"


def test_streams_are_listed_with_their_progress_page_by_page(service, key, visitor):
    first = a_stream(service, key, name="Older", target_metrics={"companies_to_find": 4})
    an_item(service, key, first, stage="closed")
    service.request("GET", f"{STREAMS}/{first}/progress", key=key)
    a_stream(service, key, name=HOSTILE)

    page = visitor.get("/dashboard/streams?limit=1")
    (there,) = page.all("//a[@rel='next']/@href")
    older = visitor.get(there)

    assert HOSTILE in page.words
    assert not page.all("//img")
    assert "Older pipeline in progress 1 of 4" in older.words
    assert older.all("//*[local-name()='svg']/@aria-label") == ["Progress of Older: 25.0%"]


def test_the_graph_and_the_table_say_where_everybody_is(tasks, flow, visitor):
    before = states(visitor.get(page_of(flow)))
    tasks.agent.answers = [Invoked({"output": {}}), BROKEN]
    flow.execute("scout")
    tasks.go_on()
    shown = visitor.get(page_of(flow))
    part = visitor.get(*shown.all("//div[@data-rooms='tasks streams']/@hx-get"))

    assert before == (["scout scout idle", "scorer scorer waiting"], {"scout": "idle", "scorer": "waiting"})
    assert states(shown) == (
        ["scout scout completed", "scorer scorer failed"],
        {"scout": "completed", "scorer": "failed"},
    )
    assert states(part) == states(shown)
    assert len(shown.all("//*[local-name()='path'][@class='arrow']")) == 1
    assert not shown.all("//img")
    assert "scout: completed. scorer: failed" in words_of(shown.all("//*[local-name()='desc']")[0])


def test_items_stand_in_their_stages_without_those_that_are_cancelled(service, key, flow, visitor):
    for number in range(8):
        an_item(service, key, flow.id, name=f"Company {number}", company_id=str(number))
    an_item(service, key, flow.id, name="Gone", company_id="gone", status="cancelled", stage="closed")
    an_item(service, key, flow.id, name="Northbank", company_id="n", stage="closed", scores={"quality": 4})

    shown = visitor.get(page_of(flow))
    (all_of_stage,) = shown.all("//section[@class='lane']//a/@href")

    lanes = {words_of(lane.find("h3")): lane.xpath(".//li") for lane in shown.all("//section[@class='lane']")}
    assert {stage: len(items) for stage, items in lanes.items() if items} == {"discover 8": 6, "closed 1": 1}
    assert words_of(lanes["closed 1"][0]) == "Northbank medium · open · quality 4.0"
    assert "Done 1 of 4 · 25.0%" in shown.words
    assert len(visitor.get(all_of_stage).all("//tbody/tr")) == 8
    assert len(visitor.get(f"{page_of(flow)}/items?status=cancelled&stage=").all("//tbody/tr")) == 1
    assert "None of those asked for." in visitor.get(f"{all_of_stage}&priority=low").words


def test_an_agent_is_executed_now_and_in_any_case_if_something_speaks_against_it(tasks, flow, visitor):
    visitor.get(page_of(flow))

    refused = visitor.post(f"{page_of(flow)}/agents/scorer/execute")
    forced = visitor.post(f"{page_of(flow)}/agents/scorer/execute", force_execute="true")
    queued = visitor.post(f"{page_of(flow)}/agents/scout/execute")

    assert (refused.status, "has not completed" in refused.words or "have not completed" in refused.words) == (
        422,
        True,
    )
    assert "Its execution is queued" in forced.words
    assert states(queued)[1] == {"scout": "queued", "scorer": "queued"}


def test_what_is_worth_knowing_is_told(service, key, visitor):
    stream = a_stream(service, key, target_metrics={"companies_to_find": 1})
    an_item(service, key, stream, stage="closed")

    shown = visitor.get(f"/dashboard/streams/{stream}")

    told = service.request("GET", f"{STREAMS}/{stream}/insights", key=key).json["items"]
    assert told
    assert all(one["title"] in shown.words and one["message"] in shown.words for one in told)


def test_who_may_only_look_executes_nobody_and_others_find_nothing(service, key, flow):
    reader = service.request("POST", "/api/keys", {"name": "reader", "scopes": ["read"]}, key=key).json["secret"]
    looking, other = Visitor().sign_in(reader), Visitor().sign_in(service.organisation("other"))

    assert looking.get(page_of(flow)).all("//main//button") == []
    assert looking.post(f"{page_of(flow)}/agents/scout/execute").status == 403
    for address in (page_of(flow), f"{page_of(flow)}/items", f"/dashboard/parts/streams/{flow.id}"):
        assert other.get(address).status == 404
    assert other.post(f"{page_of(flow)}/agents/scout/execute").status == 404
