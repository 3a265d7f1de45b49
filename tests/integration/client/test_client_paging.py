"""Lists over the wire: pages are fetched as they are reached, by the cursor in the Link header."""

from itertools import islice

import pytest

from tests.integration.client.server import Reply
from tests.integration.client.service import Service
from watchbill_client import BadRequest, Watchbill


@pytest.fixture(autouse=True)
def _seven_runs(service: Service) -> None:
    service.add_agent("scout", "1.0.0", "1.1.0")
    for number in range(7):
        service.add_run("scout", "1.1.0" if number % 2 else "1.0.0", id=number, created=f"2026-11-20T1{number}:00:00Z")


def test_iterating_goes_through_all_pages_newest_first(client: Watchbill, service: Service) -> None:
    runs = list(client.runs.list("scout", limit=3))

    assert [run.id for run in runs] == [6, 5, 4, 3, 2, 1, 0]
    assert [seen.query.get("limit") for seen in service.seen] == ["3", "3", "3"]
    assert "cursor" not in service.seen[0].query


def test_one_page_holds_its_own_items_and_the_way_to_the_next(client: Watchbill, service: Service) -> None:
    page = client.runs.list("scout", limit=5)
    assert [run.id for run in page.items] == [6, 5, 4, 3, 2]

    following = client.runs.list("scout", limit=5, cursor=page.next_cursor)
    assert [run.id for run in following.items] == [1, 0]
    assert following.next_cursor is None
    assert following.next_page() is None


def test_pages_that_nobody_reaches_are_not_fetched(client: Watchbill, service: Service) -> None:
    assert [run.id for run in islice(client.runs.list("scout", limit=2), 2)] == [6, 5]

    assert len(service.seen) == 1


def test_a_list_can_be_narrowed_to_one_version(client: Watchbill, service: Service) -> None:
    assert [run.id for run in client.runs.list("scout", "1.1.0", limit=2)] == [5, 3, 1]

    assert {seen.path for seen in service.seen} == {"/api/v1/agents/scout/versions/1.1.0/runs"}


def test_a_cursor_of_another_list_is_refused(client: Watchbill) -> None:
    cursor = client.runs.list("scout", limit=2).next_cursor

    with pytest.raises(BadRequest, match="belongs to another list"):
        client.runs.list("scout", "1.0.0", cursor=cursor)


def test_an_envelope_is_paged_by_the_cursor_inside_it(client: Watchbill, service: Service) -> None:
    service.faults.append(Reply(200, {"items": [{"id": "k1", "name": "a"}], "next_cursor": "on+ward="}))
    service.faults.append(Reply(200, {"items": [{"id": "k2", "name": "b"}], "next_cursor": None}))

    assert [key.id for key in client.keys.list()] == ["k1", "k2"]
    assert service.seen[-1].query["cursor"] == "on+ward="
