"""Streams and their items: made, changed, listed in order, and never lost between two who change them at once."""

import pytest

from tests.support.steps import A_STREAM, STREAMS, a_stream, get
from tests.support.streams import StreamOf
from watchbill.platform.errors import NotFound
from watchbill.platform.table import Changed
from watchbill.services import services
from watchbill.streams.models import ItemChange, ItemPriority, NewItem
from watchbill.streams.store import StreamStore
from watchbill.streams.values import MOST_ITEMS


@pytest.fixture
def stream(service, key):
    return StreamOf(service, key, a_stream(service, key))


@pytest.fixture
def streams(service, key):
    return services("demo").streams


def test_a_stream_has_what_was_said_of_it_and_the_usual_stages(service, key):
    goal = {
        "goal_criteria": {
            "industry": ["SaaS", "FinTech"],
            "location": ["UK"],
            "employee_count": {"min": 10, "max": 500},
            "growth": {"min": 10.5},
        },
        "target_metrics": {"companies_to_find": 50, "min_quality_score": 4.0},
        "success_criteria": {"meetings": 5},
        "goal_deadline": "2030-01-01T01:00:00+01:00",
    }

    stream = get(service, key, f"{STREAMS}/{a_stream(service, key, **goal)}")

    assert stream["goal_criteria"]["employee_count"] == {"min": 10, "max": 500}
    assert stream["goal_criteria"]["revenue"] is None
    assert stream["target_metrics"] == goal["target_metrics"]
    assert stream["goal_deadline"] == "2030-01-01T00:00:00.000Z"
    assert stream["stages"] == ["discover", "research", "outreach", "qualified", "closed"]
    assert stream["goal_status"] == "not_started"


def test_streams_are_listed_newest_first_in_pages(service, key):
    made = [a_stream(service, key, name=f"s{number}") for number in range(3)]

    first = get(service, key, f"{STREAMS}?limit=2")
    second = get(service, key, f"{STREAMS}?limit=2&cursor={first['next_cursor']}")

    assert {stream["id"] for page in (first, second) for stream in page["items"]} == set(made)
    assert [len(first["items"]), len(second["items"]), second["next_cursor"]] == [2, 1, None]
    assert [stream["id"] for stream in first["items"]] == sorted(made, reverse=True)[:2]


def test_a_pause_is_set_by_hand_and_ended_by_hand(stream):
    stream.set(goal_status="paused")
    assert stream.get()["goal_status"] == "paused"

    stream.set(name="Renamed")
    assert (stream.get()["goal_status"], stream.get()["name"]) == ("paused", "Renamed")

    stream.set(goal_status="in_progress")
    assert stream.get()["goal_status"] != "paused"
    assert stream.set(goal_status="completed").status == 400


def test_a_stage_that_holds_items_cannot_be_left_out(stream):
    item = stream.add("Acme", stage="research")

    refused = stream.set(stages=["discover", "won"])
    stream.change(item["id"], stage="discover")
    taken = stream.set(stages=["discover", "won"])

    assert (refused.status, taken.status) == (422, 200)
    assert "'research'" in refused.json["detail"]
    assert stream.change(item["id"], stage="research").status == 422
    assert stream.change(item["id"], stage="won").json["stage"] == "won"


def test_items_are_in_the_order_of_their_positions_and_new_ones_come_last(stream):
    for name in ("b", "c"):
        stream.add(name)
    stream.add("a", position=0)
    last = stream.add("d")

    assert stream.names() == ["a", "b", "c", "d"]

    stream.change(last["id"], position=1)
    assert stream.names()[-1] == "c"


def test_items_are_listed_by_stage_priority_and_status_in_pages(stream):
    for number in range(6):
        priority = "high" if number % 2 else "low"
        stream.add(f"i{number}", priority=priority, stage="research" if number < 4 else "outreach")

    first = stream.get("/items?stage=research&priority=high&limit=1")
    second = stream.get(f"/items?stage=research&priority=high&limit=1&cursor={first['next_cursor']}")

    assert [item["name"] for page in (first, second) for item in page["items"]] == ["i1", "i3"]
    assert second["next_cursor"] is None
    assert stream.names("?status=blocked") == []
    assert stream.names("?stage=outreach") == ["i4", "i5"]


def test_of_one_company_there_is_one_item_in_a_stream(service, key, stream):
    first = stream.add("Acme", company_id="c1")
    again = stream.add("Acme Ltd", company_id="c1", priority="high")
    elsewhere = StreamOf(service, key, a_stream(service, key)).add("Acme", company_id="c1")
    answer = stream.add_all({"name": "Acme", "company_id": "c1"}, *[{"name": "Twin", "company_id": "c2"}] * 2)

    assert again == first
    assert elsewhere["id"] != first["id"]
    assert len({entry["id"] for entry in answer.json["accepted"]}) == 2
    assert stream.names() == ["Acme", "Twin"]


def test_a_batch_keeps_what_is_good_and_says_what_is_wrong_with_the_rest(stream):
    answer = stream.add_all({"name": "a"}, {"name": ""}, {"name": "b", "stage": "nowhere"}, {"name": "c"})

    assert answer.status == 201
    assert [entry["index"] for entry in answer.json["accepted"]] == [0, 3]
    assert [(one["index"], one["errors"][0]["path"]) for one in answer.json["rejected"]] == [
        (1, "items.1.name"),
        (2, "items.2.stage"),
    ]
    assert stream.names() == ["a", "c"]
    assert stream.add_all({"name": "b", "stage": "nowhere"}).status == 400
    assert stream.add("x", stage="closed")["stage"] == "closed"


def test_an_item_keeps_what_agents_find(stream):
    found = {
        "scores": {"quality": 4.25, "criteria": 0.5},
        "signals": [
            {"type": "funding", "strength": "strong", "confidence": 0.8, "detected_at": "2026-01-01T00:00:00.000Z"}
        ],
        "enrichment": {"technologies": ["python"], "growth": None},
        "enriched_at": "2026-01-02T00:00:00.000Z",
        "contacts": [{"name": "Ada", "email": "ada@example.com"}],
        "metadata": {"a": [1, 2.5, {"b": "ü"}]},
    }
    item = stream.add("Acme")

    stream.change(item["id"], **found)

    kept = stream.get(f"/items/{item['id']}")
    assert {name: kept[name] for name in ("scores", "enrichment", "enriched_at", "metadata")} == {
        name: found[name] for name in ("scores", "enrichment", "enriched_at", "metadata")
    }
    assert kept["signals"][0]["strength"] == "strong"
    assert kept["contacts"][0]["email"] == "ada@example.com"
    assert kept["revision"] == item["revision"] + 1


def test_a_change_for_an_older_revision_is_refused(stream):
    item = stream.add("Acme")
    changed = stream.change(item["id"], priority="high", revision=item["revision"])

    refused = stream.change(item["id"], priority="low", revision=item["revision"])

    assert (changed.status, refused.status) == (200, 409)
    assert stream.get(f"/items/{item['id']}")["priority"] == "high"


def test_a_change_that_changes_nothing_is_not_written(stream):
    item = stream.add("Acme")

    assert stream.change(item["id"], priority=item["priority"]).json == item


def test_an_item_that_is_removed_is_gone_and_may_come_again(stream):
    item = stream.add("Acme", company_id="c1")
    address = f"{stream.address}/items/{item['id']}"

    gone = [stream.service.request("DELETE", address, key=stream.key).status for _ in range(2)]

    assert gone == [204, 404]
    assert stream.names() == []
    assert stream.add("Acme", company_id="c1")["id"] == item["id"]


def test_nothing_is_added_to_a_stream_that_is_not_there(streams):
    with pytest.raises(NotFound):
        streams.add("nothing", [NewItem(name="a")])


def test_a_stream_has_a_bounded_number_of_items(stream, monkeypatch):
    monkeypatch.setattr("watchbill.streams.service.MOST_ITEMS", 2)
    stream.add("a")
    stream.add("b", company_id="b")

    refused = stream.service.request("POST", f"{stream.address}/items", {"name": "c"}, key=stream.key)

    assert refused.status == 422
    assert stream.add("b", company_id="b")["name"] == "b"
    assert MOST_ITEMS > 2


def test_a_change_made_from_an_outdated_reading_is_made_again(stream, streams, monkeypatch):
    item = stream.add("Acme")
    replace, met = StreamStore._replace, []

    def outrun(store, there, changed):
        if not met:
            met.append(there)
            streams.amend_item(stream.id, item["id"], ItemChange(priority="critical"))
        replace(store, there, changed)

    monkeypatch.setattr(StreamStore, "_replace", outrun)
    changed = streams.change(stream.id, item["id"], lambda there: there.model_copy(update={"stage": "outreach"}))

    assert (changed.stage, changed.priority, changed.revision) == ("outreach", ItemPriority.CRITICAL, 3)
    assert [(place.stage, place.priority) for place in streams._store.places(stream.id)] == [
        ("outreach", ItemPriority.CRITICAL)
    ]


def test_what_is_added_by_two_at_once_is_added_once(stream, streams, monkeypatch):
    wishes = [NewItem(name=f"c{number}", company_id=f"c{number}") for number in range(30)]
    add, met = StreamStore.add, []

    def outrun(store, items):
        if not met:
            met.append(items)
            streams.add(stream.id, wishes[10:25])
        add(store, items)

    monkeypatch.setattr(StreamStore, "add", outrun)
    added = streams.add(stream.id, wishes)

    assert [item.name for item in added] == [wish.name for wish in wishes]
    assert sorted(item.name for item in streams.items(stream.id)) == sorted(wish.name for wish in wishes)


def test_a_new_order_is_the_same_when_it_is_made_again_and_finished_when_it_was_interrupted(
    stream, streams, monkeypatch
):
    ids = [item.id for item in streams.add(stream.id, [NewItem(name=name) for name in "abcde"])]
    change, done = StreamStore.change, []

    def dies(store, *arguments):
        done.append(1)
        if len(done) == 3:
            raise Changed(None)
        return change(store, *arguments)

    monkeypatch.setattr(StreamStore, "change", dies)
    with pytest.raises(Changed):
        streams.reorder(stream.id, [ids[4], "gone", ids[2]], important)
    for _ in range(2):
        streams.reorder(stream.id, [ids[4], "gone", ids[2]], important)

    items = list(streams.items(stream.id))
    assert [(item.name, item.position) for item in items] == [("e", 1), ("c", 2), ("a", 3), ("b", 4), ("d", 5)]
    assert [item.name for item in items if item.priority is ItemPriority.CRITICAL] == ["e", "c"]
    assert max(item.revision for item in items) == 2


def important(item):
    return item.model_copy(update={"priority": ItemPriority.CRITICAL})


def test_what_is_asked_of_an_unknown_stream_or_item_is_not_found(service, key, stream):
    for address in (f"{STREAMS}/none", f"{STREAMS}/none/items", f"{stream.address}/items/none"):
        assert service.request("GET", address, key=key).status == 404
    assert stream.change("none", priority="low").status == 404
    assert service.request("PATCH", f"{STREAMS}/none", A_STREAM, key=key).status == 404
