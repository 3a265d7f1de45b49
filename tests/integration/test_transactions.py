"""Several writes together: all of them or none, each with what it asks of the item that is there."""

import pytest
from botocore.exceptions import ClientError

from watchbill.platform import aws, keys
from watchbill.platform.table import AlreadyExists, Changed, Table
from watchbill.platform.writes import Create, Delete, Put, PutOver, Replace

KEYS = [keys.AGENT("demo", name) for name in "abcde"]
NEW, OLD, OVER, ANY, GONE = KEYS


@pytest.fixture
def table(cloud):
    table = Table("demo")
    table.replace(OLD, {"n": 1}, 0)
    table.put(OVER, {"n": 1})
    table.put(GONE, {"n": 1})
    return table


def writes(**changed):
    usual = {
        "new": Create(NEW, {"n": 2}),
        "old": Replace(OLD, {"n": 2}, 1),
        "over": PutOver(OVER, {"n": 2}),
        "any": Put(ANY, {"n": 2}),
        "gone": Delete(GONE),
    }
    return list((usual | changed).values())


def test_all_writes_are_done_together(table):
    table.transact(writes())

    found = table.get_many(KEYS)
    assert {key: item["n"] for key, item in found.items()} == {NEW: 2, OLD: 2, OVER: 2, ANY: 2}
    assert found[OLD]["revision"] == 2


@pytest.mark.parametrize(
    ("unfit", "raised", "there"),
    [
        ({"new": Create(OLD, {}), "old": Delete(NEW)}, AlreadyExists, 1),
        ({"old": Replace(OLD, {"n": 2}, 2)}, Changed, 1),
        ({"old": Replace(OLD, {"n": 2}, 0)}, Changed, 1),
        ({"old": Replace(KEYS[0], {"n": 2}, 1), "new": Put(OLD, {})}, Changed, None),
        ({"old": Delete(OLD, 2)}, Changed, 1),
        ({"gone": Delete(keys.AGENT("demo", "nobody"), 1)}, Changed, None),
        ({"over": PutOver(keys.AGENT("demo", "nobody"), {"n": 2})}, Changed, None),
    ],
)
def test_one_write_that_does_not_meet_what_it_asks_for_stops_them_all(table, unfit, raised, there):
    before = table.get_many(KEYS)

    with pytest.raises(raised) as met:
        table.transact(writes(**unfit))

    assert (met.value.item or {}).get("n") == there
    assert table.get_many(KEYS) == before


def refusing(times, code):
    """A DynamoDB that refuses so many transactions before it takes one."""
    left, take = [times], aws.dynamodb().transact_write_items

    def transact_write_items(**arguments):
        if left[0]:
            left[0] -= 1
            answer = {
                "Error": {"Code": "TransactionCanceledException", "Message": ""},
                "CancellationReasons": [{"Code": "None"}, {"Code": code}],
            }
            raise ClientError(answer, "TransactWriteItems")
        return take(**arguments)

    return transact_write_items


def test_a_transaction_that_meets_another_one_is_tried_again(table, monkeypatch):
    monkeypatch.setattr(aws.dynamodb(), "transact_write_items", refusing(2, "TransactionConflict"))

    table.transact(writes())

    assert table.get(NEW) == {"n": 2}


def test_a_transaction_that_always_meets_another_one_is_given_up(table, monkeypatch):
    monkeypatch.setattr(aws.dynamodb(), "transact_write_items", refusing(99, "TransactionConflict"))

    with pytest.raises(Changed):
        table.transact(writes())


def test_an_error_of_another_kind_stays_what_it_is(table, monkeypatch):
    monkeypatch.setattr(aws.dynamodb(), "transact_write_items", refusing(1, "ThrottlingError"))

    with pytest.raises(ClientError):
        table.transact(writes())


def test_an_item_is_removed_that_is_as_it_was_read(table):
    table.transact([Delete(OLD, 1), Create(NEW, {"n": 2})])

    assert set(table.get_many(KEYS)) == {NEW, OVER, GONE}
