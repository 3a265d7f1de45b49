"""The scout over the wire: feeds that name a stream's companies, each thing found once."""

from datetime import timedelta
from email.utils import format_datetime

import pytest

from tests.integration.client.server import Reply, serving
from tests.support.steps import COMPANIES, STREAMS
from tests.support.tasks import tasks_of
from watchbill.companies.service import CompanyService
from watchbill.execution import rules
from watchbill.platform import clock


@pytest.fixture
def feed():
    """A feed with a round of funding and some news."""
    at = format_datetime(clock.now() - timedelta(days=1))
    entries = "".join(
        f"<item><title>{title}</title><link>https://news.example/{number}</link><pubDate>{at}</pubDate></item>"
        for number, title in enumerate(("Acme Ltd raises 5m", "Acme Ltd opens an office", "Others raise more"))
    )
    with serving(lambda _: Reply(200, f"<rss><channel>{entries}</channel></rss>".encode())) as url:
        yield url


@pytest.fixture
def tasks(service, key, channels, feed, monkeypatch):
    """An organisation whose agent `worker` is a scout of the feed."""
    tasks = tasks_of(service, key, monkeypatch)
    scouting = {"feeds": [feed], "pages": ["http://127.0.0.1:9/"], "threshold": 0.6}
    tasks.set(runtime={"kind": "builtin"}, agent_type="scout_agent", configuration=scouting)
    return tasks


@pytest.fixture
def stream(tasks):
    """A stream whose item is a company of the directory."""
    company = tasks.post(COMPANIES, {"name": "Acme Ltd"})["id"]
    stream_id = tasks.post(STREAMS, {"name": "s"})["id"]
    tasks.post(f"{STREAMS}/{stream_id}/items", {"name": "Acme Ltd", "company_id": company})
    return stream_id


def run(tasks, stream_id):
    return done(tasks, tasks.make(payload={"stream_id": stream_id}))


def done(tasks, made):
    tasks.go_on()
    return tasks.get(f"/api/tasks/{made['id']}")


def test_what_is_told_of_a_company_is_kept_once_with_it_and_its_item(tasks, stream):
    first, again = run(tasks, stream)["output"], run(tasks, stream)["output"]

    assert (first["signals_found"], first["by_type"]) == (1, {"funding_round": 1})
    assert [one["source"] for one in first["skipped"]] == ["http://127.0.0.1:9/"]
    assert again["signals_found"] == 0
    (item,) = tasks.get(f"{STREAMS}/{stream}/items")["items"]
    assert [(one["type"], one["source"]) for one in item["signals"]] == [("funding_round", "https://news.example/0")]
    (company,) = tasks.get(COMPANIES)["items"]
    assert [one["title"] for one in company["signals"]] == ["Acme Ltd raises 5m"]


def test_an_attempt_that_died_half_way_is_finished_and_finds_nothing_twice(tasks, stream, monkeypatch):
    note = CompanyService.note

    def dying(*given):
        monkeypatch.setattr(CompanyService, "note", note)
        note(*given)
        raise ConnectionError("the network is gone")

    monkeypatch.setattr(CompanyService, "note", dying)
    monkeypatch.setattr(rules, "FIRST_BACKOFF", timedelta(0))

    task = run(tasks, stream)

    assert (task["status"], task["retry_count"], task["output"]["signals_found"]) == ("completed", 1, 1)
    (company,) = tasks.get(COMPANIES)["items"]
    assert len(company["signals"]) == 1


@pytest.mark.parametrize(
    ("configuration", "says"),
    [({}, "configure feeds or pages"), ({"feeds": ["x"]}, "feeds.0"), ({"threshold": 2}, "threshold")],
)
def test_a_scout_that_is_not_configured_fails_at_once_and_says_so(tasks, stream, configuration, says):
    tasks.set(configuration=configuration)

    task = run(tasks, stream)

    assert (task["status"], task["retry_count"]) == ("failed", 0)
    assert says in task["error"]["message"]


def test_without_a_stream_every_company_of_the_directory_is_looked_for_and_each_thing_found_once(tasks):
    for name in ("Acme Ltd", "Unnamed Ltd"):
        tasks.post(COMPANIES, {"name": name})

    first, again = (done(tasks, tasks.make())["output"] for _ in range(2))

    assert (first["signals_found"], first["by_type"], again["signals_found"]) == (1, {"funding_round": 1}, 0)
    signals = {company["name"]: company["signals"] for company in tasks.get(COMPANIES)["items"]}
    assert [one["title"] for one in signals["Acme Ltd"]] == ["Acme Ltd raises 5m"]
    assert not signals["Unnamed Ltd"]
