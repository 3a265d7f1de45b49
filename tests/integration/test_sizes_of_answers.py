"""No answer outgrows what Lambda hands over, 6 MB, nor what an item keeps of it, however large the things in it are."""

import json

import pytest

from tests.support.steps import AGENT, RUNS, a_run, announce, pages, post_run, prepare

MOST_BYTES = 6 * 1024 * 1024
WIDE = "\U00020000"
ALL_RUNS = f"/api/v1/agents/{AGENT}/runs"
VERSIONS = f"/api/v1/agents/{AGENT}/versions"


@pytest.fixture(autouse=True)
def agent(service, key):
    """An agent with a version."""
    prepare(service, key)


def handed_over(answer):
    """The bytes of what a function returns to Lambda: its body is a text inside JSON."""
    return len(json.dumps({"statusCode": answer.status, "headers": answer.headers, "body": answer.text}))


def all_pages(service, key, address):
    while address:
        answer = service.request("GET", address, key=key)
        assert answer.status == 200
        yield answer
        address = answer.next_address


@pytest.mark.parametrize("text", ["x" * 64_000, WIDE * 16_000, '"' * 64_000])
def test_a_page_of_large_runs_ends_early_and_the_list_goes_on(service, key, text):
    for i in range(25):
        post_run(service, key, id=i, input=text, output=text)

    answers = list(all_pages(service, key, f"{ALL_RUNS}?limit=500"))

    assert len(answers) > 1
    assert sorted(run["id"] for answer in answers for run in answer.json) == list(range(25))
    assert max(handed_over(answer) for answer in answers) < MOST_BYTES


def test_a_page_of_large_versions_ends_early_and_the_list_goes_on(service, key):
    labels = [WIDE * 200] * 100
    for i in range(12):
        announce(service, key, version=f"2.{i}", tools=labels, models=labels)

    answers = list(all_pages(service, key, f"{VERSIONS}?limit=500"))

    assert len(answers) > 1
    assert sum(len(answer.json) for answer in answers) == 13
    assert max(handed_over(answer) for answer in answers) < MOST_BYTES


def test_small_runs_fill_their_page(service, key):
    batch = {"runs": [a_run(id=i, summary="as usual") for i in range(600)]}
    service.request("POST", RUNS, batch, key=key)

    assert [len(page) for page in pages(service, key, f"{ALL_RUNS}?limit=500")] == [500, 100]


def test_a_batch_full_of_faults_is_answered_and_can_be_sent_again(service, key):
    awful = {**{f"{WIDE * 20}{i}": 1 for i in range(20)}, "status": "splendid"}
    batch = {"runs": [a_run(id=1), *[awful] * 999]}
    header = {"Idempotency-Key": "awful"}

    first, again = (service.request("POST", RUNS, batch, key=key, headers=header) for _ in range(2))

    assert (first.status, again.status, again.json) == (201, 201, first.json)
    assert [rejected["index"] for rejected in first.json["rejected"]] == list(range(1, 1_000))
    assert all(rejected["errors"] for rejected in first.json["rejected"])
    assert handed_over(first) < MOST_BYTES


@pytest.mark.parametrize(
    "body",
    ['{"%s": 1, "created": "2023-08-01T12:00:00Z", "status": "ok"}', '{"%s": 1, "%s": 2}', '{"runs": [{"%s": 1}]}'],
)
def test_a_name_of_a_megabyte_is_not_repeated_in_full(service, key, body):
    answer = service.request("POST", RUNS, key=key, raw=body.replace("%s", WIDE * 250_000))

    assert answer.status == 400
    assert handed_over(answer) < 20_000
