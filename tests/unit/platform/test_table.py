"""Many items at a time: what the table has no room for is sent again until it is stored, or the caller is told."""

from typing import Any

import pytest

from watchbill.platform import clock, keys
from watchbill.platform.errors import TooManyRequests
from watchbill.platform.table import Table

ITEMS = {keys.TRACE("demo", f"{i}"): {"packs": [f"{i}"]} for i in range(60)}


class Client:
    """A table that takes some of the items of each request, and no more than `room` in a request."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.stored: list[str] = []
        self.requests: list[int] = []

    def batch_write_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 # as boto3 has it
        ((name, puts),) = RequestItems.items()
        self.requests.append(len(puts))
        self.stored += [put["PutRequest"]["Item"]["pk"]["S"] for put in puts[: self.room]]
        return {"UnprocessedItems": {name: puts[self.room :]} if puts[self.room :] else {}}


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, without waiting."""
    waited: list[float] = []
    monkeypatch.setattr(clock, "pause", waited.append)
    return waited


def table_of(client: Client) -> Table:
    return Table("demo", client, "table")  # type: ignore[arg-type]


def test_all_items_are_stored_however_few_are_taken_at_once(pauses: list[float]) -> None:
    client = Client(room=7)
    table_of(client).put_all(ITEMS)

    assert sorted(client.stored) == sorted(key.pk for key in ITEMS)
    assert max(client.requests) == 25
    assert pauses[:2] == [0.1, 0.2]


def test_a_table_that_stays_busy_is_told_of(pauses: list[float]) -> None:
    with pytest.raises(TooManyRequests) as busy:
        table_of(Client(room=0)).put_all(ITEMS)

    assert busy.value.retry_after == 1
    assert len(pauses) == 4


def test_nothing_to_store_asks_nothing() -> None:
    client = Client(room=1)
    table_of(client).put_all({})

    assert client.requests == []
