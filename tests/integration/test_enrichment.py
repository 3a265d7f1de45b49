"""The enrichment agent over the wire: a register that asks for what its documentation asks for, and sites."""

import base64
from contextlib import contextmanager
from datetime import timedelta

import pytest

from tests.integration.client.server import Reply, serving
from tests.support.local_table import every_item
from tests.support.steps import COMPANIES, STREAMS
from tests.support.tasks import tasks_of
from watchbill import services
from watchbill.companies.service import CompanyService
from watchbill.execution import rules
from watchbill.platform import clock, settings
from watchbill.platform.clock import frozen_at
from watchbill.streams.service import StreamService

KEY = "register-key-1"
PROFILE = {
    "company_number": "01234567",
    "company_name": "ADA LTD",
    "company_status": "active",
    "sic_codes": ["62012"],
    "links": {"self": "/company/01234567"},
}
SITE = b'<meta name="generator" content="Hugo 0.120"><script src="/js/react.js"></script>'


@contextmanager
def register(monkeypatch, *refusals):
    """Companies House as its documentation has it: basic authentication by the key alone, numbers of eight signs."""
    asked, left = [], list(refusals)

    def answer(request):
        asked.append(request.path)
        if request.headers.get("authorization") != "Basic " + base64.b64encode(f"{KEY}:".encode()).decode():
            return Reply(401, {"error": "Invalid Authorization"})
        if left:
            return left.pop(0)
        return Reply(200, PROFILE) if request.path == "/company/01234567" else Reply(404, {"errors": []})

    with serving(answer) as url:
        monkeypatch.setenv(settings.COMPANIES_HOUSE_URL, url)
        settings.settings.cache_clear()
        services.forget()
        yield asked


@pytest.fixture
def site():
    """A site behind a redirect."""

    def answer(request):
        return (
            Reply(200, SITE, {"Server": "nginx"}) if request.path == "/home" else Reply(302, b"", {"Location": "/home"})
        )

    with serving(answer) as url:
        yield url


@pytest.fixture
def tasks(service, key, channels, monkeypatch):
    """An organisation whose agent `worker` enriches."""
    tasks = tasks_of(service, key, monkeypatch)
    tasks.set(runtime={"kind": "builtin"}, agent_type="enrichment_agent")
    return tasks


def stream_with(tasks, *companies):
    stream_id = tasks.post(STREAMS, {"name": "s"})["id"]
    for company in companies:
        made = tasks.post(COMPANIES, company)
        tasks.post(f"{STREAMS}/{stream_id}/items", {"name": made["name"], "company_id": made["id"]})
    return stream_id


def run(tasks, stream_id):
    made = tasks.make(payload={"stream_id": stream_id})
    tasks.go_on()
    task = tasks.get(f"/api/tasks/{made['id']}")
    assert task["status"] == "completed", task["error"]
    return task["output"]


def items_of(tasks, stream_id):
    return tasks.get(f"{STREAMS}/{stream_id}/items")["items"]


def test_what_register_and_site_say_is_kept_with_item_and_company(tasks, site, monkeypatch):
    ada = {"name": "Ada", "website": site, "registration_number": "1234567", "technologies": ["Go"]}
    stream_id = stream_with(tasks, ada | {"employee_count": 60, "linkedin_url": "linkedin.com/company/ada"})
    tasks.set(configuration={"companies_house_api_key": KEY})

    with register(monkeypatch) as asked:
        brought = run(tasks, stream_id)

    assert asked == ["/company/01234567"]
    assert brought == {"items_updated": 1, "enriched_count": 1, "skipped": []}
    (item,) = items_of(tasks, stream_id)
    found = item["enrichment"]
    assert found["technologies"] == ["Hugo", "nginx", "React"]
    assert (found["social_score"], found["growth"]) == (30, {"percent": 20, "estimated": True})
    assert (found["registry"]["company_status"], found["registry"]["source"]) == ("active", "companies_house")
    company = tasks.get(f"{COMPANIES}/{item['company_id']}")
    assert company["technologies"] == ["Go", "Hugo", "nginx", "React"]
    assert company["registry"]["sic_codes"] == ["62012"]
    assert company["enriched_at"] is not None


def test_what_cannot_be_done_is_skipped_and_said_and_never_invented(tasks, monkeypatch):
    stream_id = stream_with(tasks, {"name": "Ada"}, {"name": "Bo", "website": "http://127.0.0.1:9"})

    brought = run(tasks, stream_id)

    assert (brought["items_updated"], brought["enriched_count"]) == (2, 0)
    said = {(one["step"], one["reason"]): one["count"] for one in brought["skipped"]}
    assert said["companies_house", "no companies_house_api_key is configured"] == 2
    assert said["technologies", "no website is known"] == 1
    assert len(said) == 3
    assert all("registry" not in item["enrichment"] for item in items_of(tasks, stream_id))
    assert tasks.get(f"{COMPANIES}?name=ada")["items"][0]["registry"] is None


@pytest.mark.parametrize(
    ("company", "configured", "says"),
    [
        ({"registration_number": "99999999"}, KEY, "knows no company 99999999"),
        ({"registration_number": "HRB 12"}, KEY, "none of Companies House's"),
        ({}, KEY, "no registration number is known"),
        ({"registration_number": "01234567"}, "wrong-key", "refuses the API key"),
    ],
)
def test_what_the_register_does_not_say_is_told(tasks, monkeypatch, company, configured, says):
    stream_id = stream_with(tasks, {"name": "Ada", **company})
    tasks.set(configuration={"companies_house_api_key": configured})

    with register(monkeypatch):
        brought = run(tasks, stream_id)

    assert says in next(one["reason"] for one in brought["skipped"] if one["step"] == "companies_house")
    assert configured not in str(brought)


@pytest.mark.parametrize("busy", [[Reply(429)], [Reply(503)] * 3], ids=["429", "503, also when asked again"])
def test_an_item_for_which_the_register_asks_to_wait_is_taken_next_time(tasks, monkeypatch, busy):
    stream_id = stream_with(tasks, {"name": "Ada", "registration_number": "01234567"})
    tasks.set(configuration={"companies_house_api_key": KEY})

    with register(monkeypatch, *busy):
        waited, then = run(tasks, stream_id), run(tasks, stream_id)

    assert waited["items_updated"] == 0
    assert next(one for one in waited["skipped"] if one["step"] == "companies_house")["count"] == 1
    assert (then["items_updated"], then["enriched_count"]) == (1, 1)


def test_a_site_that_leads_inside_is_not_followed(tasks):
    with serving(lambda _: Reply(302, b"", {"Location": "http://169.254.169.254/latest/meta-data/"})) as url:
        brought = run(tasks, stream_with(tasks, {"name": "Ada", "website": url}))

    assert "link-local" in next(one["reason"] for one in brought["skipped"] if one["step"] == "technologies")


def test_so_many_items_are_enriched_in_one_task_and_the_others_by_the_next(tasks):
    stream_id = stream_with(tasks)
    tasks.post(f"{STREAMS}/{stream_id}/items", {"items": [{"name": f"Company {n}"} for n in range(52)]})

    assert [run(tasks, stream_id)["items_updated"] for _ in range(3)] == [50, 2, 0]


def test_items_are_left_alone_for_a_week(tasks):
    stream_id = stream_with(tasks, {"name": "Ada"})

    counts = [run(tasks, stream_id)["items_updated"], run(tasks, stream_id)["items_updated"]]
    with frozen_at(clock.now() + timedelta(days=7, seconds=1)):
        counts.append(run(tasks, stream_id)["items_updated"])

    assert counts == [1, 0, 1]


def test_an_attempt_that_died_half_way_is_finished_and_counted_whole(tasks, monkeypatch):
    stream_id = stream_with(tasks, {"name": "Ada"}, {"name": "Bo"}, {"name": "Cy"})
    change, note, done = StreamService.change, CompanyService.note, []

    def dying(self, *arguments):
        done.append(arguments)
        if len(done) == 2:
            raise ConnectionError("the network is gone")
        return change(self, *arguments)

    noted = []
    monkeypatch.setattr(CompanyService, "note", lambda *given: noted.append(given[1]) or note(*given))
    monkeypatch.setattr(StreamService, "change", dying)
    monkeypatch.setattr(rules, "FIRST_BACKOFF", timedelta(0))

    brought = run(tasks, stream_id)

    assert brought["items_updated"] == 3
    assert len(noted) == 4


def test_the_key_is_shown_to_nobody_and_stays_when_it_is_sent_back_masked(tasks):
    tasks.set(configuration={"companies_house_api_key": KEY, "region": "north"})
    shown = tasks.get("/api/v1/agents/worker")["configuration"]
    tasks.set(configuration=shown | {"region": "south"})

    assert shown == {"companies_house_api_key": "********", "region": "north"}
    assert tasks.get("/api/v1/agents/worker")["configuration"]["companies_house_api_key"] == "********"
    agent_id = tasks.get("/api/v1/agents/worker")["id"]
    kept = services.services("demo").registry.settings(agent_id).configuration
    assert kept == {"companies_house_api_key": KEY, "region": "south"}
    assert sum(KEY in str(item) for item in every_item()) == 1
