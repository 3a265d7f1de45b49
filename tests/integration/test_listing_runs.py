"""Lists of runs: newest first in true time order, over versions and days, paged to the end without loss or repeat."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.local_table import function_environment, kept, mocked_aws
from tests.support.service import Service
from tests.support.steps import AGENT, a_run, get, pages, post_run, prepare
from watchbill.runs.store import RunStore

FIRST = datetime(2023, 8, 1, tzinfo=UTC)
ALL = f"/api/v1/agents/{AGENT}/runs"
VERSIONS = ("1.0", "1.1", "unversioned")


def at(minutes):
    return (FIRST + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@pytest.fixture(scope="module")
def deployment():
    """An agent with two versions, made once: its organisation's key, its id, and what makes it all so again."""
    with function_environment(), mocked_aws():
        service = Service()
        key = service.organisation("demo")
        yield key, prepare(service, key, AGENT, "1.0", "1.1"), kept()


@pytest.fixture
def service(deployment):
    """The deployment as it was made."""
    *_, restore = deployment
    restore()
    return Service()


@pytest.fixture
def key(service, deployment):
    """The admin key of the organisation."""
    return deployment[0]


@pytest.fixture
def agent(service, deployment):
    """The agent's id."""
    return deployment[1]


@pytest.fixture(scope="module")
def posted(deployment):
    """Runs of three versions over four days, some at the same instant, posted out of order in several batches; and
    what makes it all so again."""
    key, _, restore = deployment
    restore()
    service, chance, posted = Service(), random.Random(1), []
    for batch in range(9):
        version = VERSIONS[batch % 3]
        ids = range(batch * 5, batch * 5 + 5)
        batch_runs = [a_run(id=i, created=at(chance.choice([0, 0, 700, 1439, 1440, 1500, 4000, i]))) for i in ids]
        path = f"/api/v1/agents/{AGENT}/versions/{version}/runs"
        answer = service.request("POST", path, {"runs": batch_runs}, key=key).json
        posted += [
            (run["created"], accepted["id"], version)
            for run, accepted in zip(batch_runs, answer["accepted"], strict=True)
        ]
    return sorted(posted, reverse=True), kept()


@pytest.fixture
def runs(service, posted):
    """The runs, newest first, in the deployment as it was made."""
    found, restore = posted
    restore()
    return found


def shown(found):
    return [(run["created"], run["run_id"], run["version"]) for page in found for run in page]


@pytest.mark.parametrize("limit", [1, 7, 44, 45, 500])
def test_an_agents_runs_are_merged_in_time_order_whatever_the_page(service, key, runs, limit):
    found = list(pages(service, key, f"{ALL}?limit={limit}"))

    assert shown(found) == runs
    assert all(len(page) == limit for page in found[:-1])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_versions_runs_are_its_own(service, key, runs, version):
    found = pages(service, key, f"/api/v1/agents/{AGENT}/versions/{version}/runs?limit=8")

    assert shown(found) == [run for run in runs if run[2] == version]


def test_runs_posted_twice_are_listed_once(service, key, runs):
    for created, _, _ in runs[:5]:
        post_run(service, key, version="1.0", id=f"twice-{created}", created=created)
        post_run(service, key, version="1.0", id=f"twice-{created}", created=created, status="failed")

    found = shown(pages(service, key, f"{ALL}?limit=4"))

    assert len(found) == len(set(found))
    assert len(found) == len(runs) + len({created for created, _, _ in runs[:5]})


def test_a_run_posted_again_with_another_time_is_listed_at_the_latest_only(service, key, runs):
    post_run(service, key, version="1.0", id="moving", created=at(10))
    moved = post_run(service, key, version="1.0", id="moving", created=at(2000))
    post_run(service, key, version="1.0", id="moving", created=at(20))

    for limit in (7, 500):
        found = shown(pages(service, key, f"{ALL}?limit={limit}"))
        assert [run for run in found if run[1] == moved["run_id"]] == [(at(2000), moved["run_id"], "1.0")]
        assert found == sorted(found, reverse=True)


def test_runs_that_arrive_while_a_list_is_read_are_neither_in_the_way_nor_a_loss(service, key, runs):
    first = service.request("GET", f"{ALL}?limit=20", key=key)
    seen = first.json

    post_run(service, key, version="1.1", id="newer", created=at(5000))
    post_run(service, key, version="1.1", id="older", created=at(1))
    seen += [run for page in pages(service, key, first.next_address) for run in page]

    listed = [(run["created"], run["run_id"], run["version"]) for run in seen]
    assert [run for run in listed if run in runs] == runs
    assert [run["id"] for run in seen if run["id"] in ("newer", "older")] == ["older"]


def test_a_list_is_the_same_by_the_agents_id_and_by_its_name(service, key, runs, agent):
    assert get(service, key, f"/api/v1/agents/{agent}/runs?limit=500") == get(service, key, f"{ALL}?limit=500")


def test_a_page_goes_on_under_the_agents_other_name(service, key, runs, agent):
    first = service.request("GET", f"{ALL}?limit=10", key=key)

    rest = pages(service, key, first.next_address.replace(f"/{AGENT}/", f"/{agent}/"))

    assert shown([first.json, *rest]) == runs


def test_a_page_reads_one_run_more_than_it_shows(service, key, runs, monkeypatch):
    read, runs_of = [], RunStore.runs
    monkeypatch.setattr("watchbill.runs.service._FETCH", 2)
    monkeypatch.setattr(RunStore, "runs", lambda store, ids: runs_of(store, read.extend(asked := list(ids)) or asked))

    get(service, key, f"{ALL}?limit=4")

    assert len(read) == 5


def test_an_agent_without_runs_has_an_empty_list(service, key):
    answer = service.request("GET", ALL, key=key)

    assert (answer.status, answer.json, answer.next_address) == (200, [], None)


@pytest.mark.parametrize("path", ["nobody/runs", "nobody/versions/1.0/runs", f"{AGENT}/versions/9/runs"])
def test_what_does_not_exist_has_no_list(service, key, path):
    assert service.request("GET", f"/api/v1/agents/{path}", key=key).status == 404
