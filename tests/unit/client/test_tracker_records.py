"""A piece of work as a record: what is taken, what is left out, and what is no record at all."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill_client.performance.records import MOST_BYTES, encode

METRICS = {
    "executionTime": 1000,
    "tokenUsage": 500,
    "cost": 0.01,
    "successRate": 1.0,
    "userSatisfaction": 5,
    "qualityScore": 90,
    "timestamp": "2026-11-20T12:00:00.123Z",
}


def record(metrics: Any, user_id: object = "u", task_id: object = "t") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(encode("s", user_id, task_id, "type", metrics)[0])
    return found


def test_a_record_is_what_the_route_takes() -> None:
    found = record(METRICS)

    assert len(found.pop("id")) == 32
    assert found == {"strandId": "s", "userId": "u", "taskId": "t", "taskType": "type", "metrics": METRICS}


def test_every_record_has_an_id_of_its_own() -> None:
    assert len({record(METRICS)["id"] for _ in range(100)}) == 100


def test_metrics_may_come_in_snake_case_or_as_attributes() -> None:
    @dataclass
    class Measured:
        execution_time: int = 7
        success_rate: float = 1.0
        quality_score: float | None = None

    by_name = record({"execution_time": 7, "success_rate": 1.0})["metrics"]
    by_attribute = record(Measured())["metrics"]

    assert by_name["executionTime"] == by_attribute["executionTime"] == 7
    assert by_name.keys() == by_attribute.keys() == {"executionTime", "successRate", "timestamp"}


def test_what_is_not_known_is_not_sent() -> None:
    assert record({"successRate": 0, "cost": None}).keys() == record(METRICS).keys()
    assert record({"successRate": 0, "cost": None})["metrics"].keys() == {"successRate", "timestamp"}


def test_a_rating_of_zero_is_sent_as_it_was_given() -> None:
    # That it means "not rated" is the service's rule, for every client of the route.
    assert record({"successRate": 1, "userSatisfaction": 0})["metrics"]["userSatisfaction"] == 0


@pytest.mark.parametrize(
    ("name", "given", "sent"),
    [
        ("executionTime", 1234.6, 1235),
        ("executionTime", Decimal("12"), 12),
        ("cost", Decimal("0.0000000001"), 1e-10),
        ("successRate", True, 1.0),
        ("timestamp", datetime(2026, 11, 20, 13, tzinfo=timezone(timedelta(hours=1))), "2026-11-20T12:00:00.000Z"),
        ("timestamp", "2026-11-20T13:00:00+01:00", "2026-11-20T12:00:00.000Z"),
    ],
)
def test_a_metric_takes_the_form_of_the_wire(name: str, given: object, sent: object) -> None:
    assert record({**METRICS, name: given})["metrics"][name] == sent


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("executionTime", -1),
        ("executionTime", float("nan")),
        ("executionTime", float("inf")),
        ("executionTime", "soon"),
        ("tokenUsage", 10**400),
        ("tokenUsage", object()),
        ("cost", Decimal("-Infinity")),
        ("cost", float("nan")),
        ("cost", {}),
        ("cost", 10**10),
        ("userSatisfaction", 5.5),
        ("qualityScore", 101),
        ("timestamp", "yesterday"),
        ("timestamp", "2026-11-20T12:00:00"),
    ],
)
def test_a_metric_that_cannot_be_used_is_left_out_and_named(name: str, value: object) -> None:
    document, left_out = encode("s", "u", "t", "type", {**METRICS, name: value})
    metrics = json.loads(document)["metrics"]

    assert [reason.split(":")[0] for reason in left_out] == [name]
    assert {**METRICS, name: 0} == {**metrics, name: 0}
    assert metrics.get(name) != value


def test_a_moment_that_cannot_be_used_becomes_now() -> None:
    at = record({**METRICS, "timestamp": "2026-11-20T12:00:00"})["metrics"]["timestamp"]

    assert abs(datetime.fromisoformat(at) - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    "metrics", [{}, None, 5, "text", {"successRate": "no"}, {"successRate": 2}, {"successRate": 0.5}, {"cost": 1}]
)
def test_without_a_success_rate_there_is_no_record(metrics: object) -> None:
    with pytest.raises(ValueError, match="successRate"):
        encode("s", "u", "t", "type", metrics)


@pytest.mark.parametrize(
    ("strand", "task", "kind"), [(None, "t", "x"), ("", "t", "x"), ("s", None, "x"), ("s", "t", "")]
)
def test_without_a_strand_a_task_or_a_type_there_is_no_record(strand: object, task: object, kind: object) -> None:
    with pytest.raises(ValueError, match="is missing"):
        encode(strand, "u", task, kind, METRICS)


def test_nobodys_work_is_the_systems() -> None:
    assert [record(METRICS, user_id=nobody)["userId"] for nobody in (None, "")] == ["system", "system"]


def test_a_task_may_be_numbered() -> None:
    assert record(METRICS, task_id=42)["taskId"] == 42


def test_a_record_is_bounded() -> None:
    with pytest.raises(ValueError, match="more than 16,384"):
        encode("s" * MOST_BYTES, "u", "t", "type", METRICS)


anything = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.decimals() | st.datetimes()
)
names = st.sampled_from([*METRICS, "quality_score", "cost_of_living"]) | st.text(max_size=5)


@given(metrics=st.dictionaries(names, anything, max_size=8))
def test_any_metrics_become_a_record_of_finite_numbers_or_a_value_error(metrics: dict[str, object]) -> None:
    try:
        document, _ = encode("s", "u", "t", "type", metrics)
    except ValueError:
        return
    sent = json.loads(document, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))["metrics"]
    assert sent["successRate"] in (0, 1)
    assert sent.keys() <= METRICS.keys()
