"""Custom metrics: posted one by one or together, listed newest first, and summed up."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.support.local_table import every_item
from tests.support.steps import AGENT, METRICS, get, made, post_metric, register
from watchbill.platform import clock, keys
from watchbill.services import services

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon():
    with clock.frozen_at(NOW):
        yield


@pytest.fixture
def agent(service, key):
    return register(service, key)


def batch(service, key, *metrics):
    return made(service.request("POST", METRICS, {"metrics": list(metrics)}, key=key))


def listed(service, key, query=""):
    return get(service, key, f"{METRICS}{query}")["items"]


def summary(service, key, query=""):
    service.settle()
    return get(service, key, f"{METRICS}/summary{query}")["items"]


def metrics_kept():
    return [item for item in every_item() if item["sk"]["S"] == keys.METRIC.sk]


def test_a_metric_is_answered_as_it_is_kept(service, key, agent):
    told = {"name": "revenue", "value": 0.1, "unit": "EUR", "dimension": "email", "campaignId": "spring"}

    answer = post_metric(service, key, **told, agentId=AGENT, timestamp="2026-03-10T12:00:00.5+01:00", id=7)

    assert answer == told | {
        "id": answer["id"],
        "clientId": 7,
        "agentId": agent,
        "timestamp": "2026-03-10T11:00:00.500Z",
        "recordedAt": "2026-03-10T12:00:00.000Z",
    }
    assert listed(service, key) == [answer]


def test_what_names_no_time_is_measured_when_it_comes(service, key):
    assert post_metric(service, key)["timestamp"] == "2026-03-10T12:00:00.000Z"


def test_nobody_measures_an_agent_that_is_not_there(service, key):
    answer = service.request("POST", METRICS, {"name": "a", "value": 1, "agentId": "nobody"}, key=key)

    assert answer.status == 404
    assert service.request("GET", f"{METRICS}?agentId=nobody", key=key).status == 404
    assert service.request("GET", f"{METRICS}/summary?agentId=nobody", key=key).status == 404


def test_of_a_batch_the_good_ones_are_kept_and_the_others_told(service, key, agent):
    good, bad, foreign = (
        {"name": "a", "value": 1},
        {"name": "a", "value": -1},
        {"name": "a", "value": 1, "agentId": "x"},
    )

    answer = batch(service, key, foreign, good, bad, good | {"agentId": agent}, good | {"agentId": AGENT})

    assert [entry["index"] for entry in answer["accepted"]] == [1, 3, 4]
    assert [entry["errors"][0]["path"] for entry in answer["rejected"]] == ["metrics.0.agentId", "metrics.2.value"]
    assert {metric["id"] for metric in listed(service, key)} == {entry["id"] for entry in answer["accepted"]}


def test_what_is_wrong_with_each_of_a_batch_of_bad_ones_is_told(service, key):
    metrics = [
        {"name": "a", "value": -1},
        {"name": "a", "value": 1, "agentId": "x"},
        {"name": "TOKEN_USAGE", "value": 1},
    ]

    answer = service.request("POST", METRICS, {"metrics": metrics}, key=key)

    assert answer.status == 400
    paths = ["metrics.0.value", "metrics.1.agentId", "metrics.2.name"]
    assert [error["path"] for error in answer.json["errors"]] == paths


def test_however_long_the_names_of_a_batch_are_its_answer_is_repeated(service, key):
    foreign = [{"name": "a", "value": 1, "agentId": chr(0x1F600 + i) * 200} for i in range(999)]

    first, again = (
        service.request(
            "POST",
            METRICS,
            {"metrics": [{"name": "a", "value": 1}, *foreign]},
            key=key,
            headers={"Idempotency-Key": "1"},
        )
        for _ in range(2)
    )

    assert first.status == again.status == 201
    assert again.json == first.json
    assert [len(first.json[name]) for name in ("accepted", "rejected")] == [1, 999]


def test_a_copy_changes_nothing(service, key):
    first = post_metric(service, key, id="one")
    before = every_item()

    with clock.frozen_at(NOW + timedelta(hours=1)):
        again = post_metric(service, key, id="one")

    assert again == first
    assert every_item() == before


def test_another_value_under_an_id_takes_the_first_ones_place(service, key, agent):
    post_metric(service, key, id="one", value=5, campaignId="spring", agentId=AGENT)
    post_metric(service, key, id="two", value=1, campaignId="spring")
    service.settle()

    post_metric(service, key, id="one", value=3, campaignId="summer", timestamp="2026-03-09T12:00:00Z")

    assert [metric["value"] for metric in listed(service, key)] == [1, 3]
    assert listed(service, key, f"?agentId={agent}") == []
    assert summary(service, key, f"?agentId={agent}") == []
    assert [one["sum"] for one in summary(service, key, "?campaignId=spring")] == [1]
    assert [one["max"] for one in summary(service, key, "?campaignId=summer")] == [3]
    assert [one["max"] for one in summary(service, key)] == [3]


def test_of_two_in_a_batch_that_are_one_metric_the_last_stands(service, key):
    answer = batch(service, key, *({"name": "a", "value": value, "id": 1} for value in (1, 2)))

    assert len({entry["id"] for entry in answer["accepted"]}) == 1
    assert [metric["value"] for metric in listed(service, key)] == [2]


def test_a_list_is_paged_without_gaps_or_doubles(service, key, agent):
    times = [clock.to_text(NOW - timedelta(hours=7 * (i % 9), minutes=i % 3)) for i in range(23)]
    batch(service, key, *({"name": "a", "value": i, "timestamp": at} for i, at in enumerate(times[:15])))
    for i, at in enumerate(times[15:], 15):
        post_metric(service, key, name="b", value=i, timestamp=at, agentId=AGENT)

    for query, wanted in (("", range(23)), (f"&agentId={AGENT}", range(15, 23)), ("&name=b", range(15, 23))):
        found, cursor = [], ""
        while cursor is not None:
            page = get(service, key, f"{METRICS}?limit=4{query}{cursor}")
            found += page["items"]
            cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
            assert len(page["items"]) <= 4
        assert sorted(metric["value"] for metric in found) == list(wanted)
        assert [metric["timestamp"] for metric in found] == sorted((times[i] for i in wanted), reverse=True)


def test_a_list_of_a_name_goes_on_looking_page_by_page(service, key, monkeypatch):
    monkeypatch.setattr("watchbill.metrics.service.MOST_LOOKED_AT", most := 100)
    batch(service, key, {"name": "rare", "value": 1, "timestamp": "2026-03-01T00:00:00Z"})
    for _ in range(2):
        batch(service, key, *({"name": "frequent", "value": 1} for _ in range(most)))

    page = get(service, key, f"{METRICS}?name=rare&limit=500")
    assert page["items"] == []
    while not page["items"]:
        page = get(service, key, f"{METRICS}?name=rare&limit=500&cursor={page['next_cursor']}")

    assert [metric["name"] for metric in page["items"]] == ["rare"]
    assert page["next_cursor"] is None


def test_a_window_holds_its_beginning_and_not_its_end(service, key):
    for at in ("2026-03-08T00:00:00Z", "2026-03-09T00:00:00Z", "2026-03-10T00:00:00Z"):
        post_metric(service, key, value=int(at[8:10]), timestamp=at)

    window = "?startDate=2026-03-08T00:00:00Z&endDate=2026-03-10T00:00:00Z"
    assert [metric["value"] for metric in listed(service, key, window)] == [9, 8]
    assert [one["sum"] for one in summary(service, key, window)] == [17]
    assert [one["sum"] for one in summary(service, key, "?startDate=2026-03-09T00:00:00Z")] == [19]
    assert [one["sum"] for one in summary(service, key, "?endDate=2026-03-09T00:00:00Z")] == [8]


def test_a_summary_tells_which_whole_days_it_is_of(service, key):
    answer = get(service, key, f"{METRICS}/summary?startDate=2026-03-08T15:00:00Z&endDate=2026-03-09T01:00:00%2B02:00")

    assert (answer["startDate"], answer["endDate"]) == ("2026-03-08T00:00:00.000Z", "2026-03-09T00:00:00.000Z")
    assert get(service, key, f"{METRICS}/summary") == {"startDate": None, "endDate": None, "items": []}


def test_a_series_is_a_name_in_a_unit_and_a_dimension(service, key):
    for value, more in ((1, {}), (2, {}), (5, {"unit": "EUR"}), (7, {"dimension": "email"})):
        post_metric(service, key, value=value, **more)
    post_metric(service, key, name="other", value=0)

    found = summary(service, key, "?name=clicks")

    assert [(one["unit"], one["dimension"], one["sum"]) for one in found] == [
        (None, None, 3), (None, "email", 7), ("EUR", None, 5)
    ]  # fmt: skip
    assert found[0] | {"last": None} == {
        "name": "clicks", "unit": None, "dimension": None,
        "count": 2, "sum": 3, "mean": 1.5, "min": 1, "max": 2, "last": None,
    }  # fmt: skip
    assert found[0]["last"] == {"value": 2, "timestamp": "2026-03-10T12:00:00.000Z"}


def test_sums_are_exact(service, key):
    for value in (0.1, 0.2, 10**15, 1e-20):
        post_metric(service, key, value=value, campaignId="spring")
    service.settle()

    (revenue,) = services("demo").metrics.of_campaign("spring")

    assert revenue.sum == Decimal("1000000000000000.30000000000000000001")


def test_an_agent_in_a_campaign_has_sums_and_a_list_of_its_own(service, key, agent):
    post_metric(service, key, value=1, agentId=AGENT)
    post_metric(service, key, value=2, campaignId="spring")
    both = post_metric(service, key, value=4, agentId=AGENT, campaignId="spring")

    query = f"?agentId={AGENT}&campaignId=spring"
    assert listed(service, key, query) == [both]
    assert [one["sum"] for one in summary(service, key, query)] == [4]
    assert [one["sum"] for one in summary(service, key, f"?agentId={agent}")] == [5]
    assert [one["sum"] for one in summary(service, key, "?campaignId=spring")] == [6]
    assert [one["sum"] for one in summary(service, key)] == [7]


def test_others_read_the_metrics_of_an_agent_or_a_campaign_newest_first(service, key, agent):
    for day in (7, 8, 9):
        post_metric(service, key, value=day, agentId=AGENT, timestamp=f"2026-03-0{day}T00:00:00Z")
    post_metric(service, key, name="other", agentId=AGENT)
    post_metric(service, key, campaignId="spring")

    points, since = services("demo").metrics.points, NOW - timedelta(days=3)

    assert [int(metric.value) for metric, _ in points(agent_id=agent, name="clicks")] == [9, 8, 7]
    assert [int(metric.value) for metric, _ in points(agent_id=agent, name="clicks", first=since, end=NOW)] == [9, 8]
    assert [metric.campaign_id for metric, _ in points(campaign_id="spring")] == ["spring"]
    (_, behind), *_ = points(agent_id=agent, name="clicks")
    assert [int(metric.value) for metric, _ in points(agent_id=agent, name="clicks", behind=behind)] == [8, 7]


def test_a_metric_is_kept_as_long_as_the_runs_of_its_agent(service, key, agent):
    address = f"/api/analytics/strands/{agent}/configuration"
    service.request("PATCH", address, {"retentionDays": 10}, key=key)
    services("demo").configuration._read = None
    for one in ({}, {"agentId": AGENT}):
        post_metric(service, key, **one)

    expiries = {int(item["expires_at"]["N"]) - int(NOW.timestamp()) for item in metrics_kept()}
    marks = [item for item in every_item() if "#METRICDAYS#*" in item["pk"]["S"]]

    assert expiries == {days * 86_400 for days in (10, 30)}
    assert int(marks[0]["expires_at"]["N"]) > int((NOW + timedelta(days=30)).timestamp())


def test_what_was_posted_just_now_is_listed_and_summed_up_once_the_stream_has_told(service, key):
    post_metric(service, key)

    assert len(listed(service, key)) == 1
    assert get(service, key, f"{METRICS}/summary")["items"] == []
    assert [one["count"] for one in summary(service, key)] == [1]
