"""Dividing runs into request bodies the API takes."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill_client import NewRun, Rejected, UnwritableRun
from watchbill_client.batches import MOST_BYTES, MOST_RUNS, Batch, encode, split

documents = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=20) | st.none(), max_size=5)


@given(runs=st.lists(documents, max_size=40), most_runs=st.integers(1, 12))
def test_every_run_is_in_exactly_one_batch_in_the_order_given(runs: list[dict[str, Any]], most_runs: int) -> None:
    batches = [part for part in split(runs, most_runs) if isinstance(part, Batch)]

    sent = [run for batch in batches for run in json.loads(batch.body())["runs"]]
    assert sent == runs
    assert [index for batch in batches for index in batch.indexes] == list(range(len(runs)))
    assert all(1 <= len(batch.documents) <= most_runs for batch in batches)


@given(sizes=st.lists(st.integers(0, 3_000_000), max_size=8))
def test_no_body_exceeds_the_limit_even_when_the_gateway_escapes_it(sizes: list[int]) -> None:
    runs = [{"output": '"' * (size // 2)} for size in sizes]

    for batch in (part for part in split(runs) if isinstance(part, Batch)):
        # Lambda's limit is on the event, in which the body is a JSON string.
        assert len(batch.body()) <= MOST_BYTES
        assert len(json.dumps(batch.body().decode())) < 6 * 1024 * 1024


def test_a_thousand_and_one_runs_are_two_batches() -> None:
    sizes = [len(part.indexes) for part in split([{}] * (MOST_RUNS + 1)) if isinstance(part, Batch)]

    assert sizes == [MOST_RUNS, 1]


def test_a_run_that_is_too_large_or_not_json_is_told_apart() -> None:
    parts = list(split([{"id": 0}, {"output": "x" * MOST_BYTES}, {"cost": Decimal("Infinity")}, {"id": 3}]))

    assert [part.index for part in parts if isinstance(part, Rejected)] == [1, 2]
    assert [part.indexes for part in parts if isinstance(part, Batch)] == [[0, 3]]


def test_a_run_that_contains_itself_is_refused() -> None:
    endless: dict[str, Any] = {}
    endless["output"] = endless

    assert isinstance(next(split([endless])), Rejected)


@pytest.mark.parametrize("summary", [object(), float("inf"), Decimal("NaN"), "\ud800"])
def test_what_json_has_no_form_for_is_an_error_of_this_package(summary: object) -> None:
    with pytest.raises(UnwritableRun, match="cannot be written as JSON"):
        encode({"summary": summary})


def test_a_batch_knows_whether_all_its_runs_have_ids() -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    (with_ids,) = split([{"id": 0}, NewRun(status="completed", created=now, id="a")])
    (without,) = split([{"id": 0}, NewRun(status="completed", created=now)])

    assert isinstance(with_ids, Batch)
    assert isinstance(without, Batch)
    assert (with_ids.all_have_ids, without.all_have_ids) == (True, False)


@given(cost=st.decimals(0, 99_999, allow_nan=False, places=10))
def test_a_cost_of_ten_decimals_arrives_as_it_was(cost: Decimal) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)

    for run in (NewRun(status="completed", created=now, cost=cost), {"cost": cost}):
        assert json.loads(encode(run), parse_float=Decimal, parse_int=Decimal)["cost"] == cost


def test_plain_values_of_python_have_their_form_in_json() -> None:
    run = {"created": datetime(2026, 11, 20, 12, tzinfo=UTC), "tools": ("a",), "models": {"b"}, "summary": "Grüße"}

    assert json.loads(encode(run)) == {
        "created": "2026-11-20T12:00:00+00:00",
        "tools": ["a"],
        "models": ["b"],
        "summary": "Grüße",
    }
