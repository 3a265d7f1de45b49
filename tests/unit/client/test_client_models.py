"""What the models accept, keep and refuse."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pydantic import ValidationError

from watchbill_client import NewRun, Run, RunUpdate, Tokens, VersionFigures

ANSWER = (
    '{"run_id": "01JD", "agent_id": "a1", "version": "1", "status": "completed", "id": null, "cost": 0.1234567891,'
    ' "created": "2026-11-20T13:00:00.500+01:00", "duration_ms": 5300, "tokens": {"input": 1, "thought": 2}}'
)


def test_a_run_is_read_exactly() -> None:
    run = Run.model_validate_json(ANSWER)

    assert run.cost == Decimal("0.1234567891")
    assert run.created == datetime(2026, 11, 20, 12, 0, 0, 500_000, tzinfo=UTC)
    assert run.created.tzinfo == UTC
    assert run.user_satisfaction is None


def test_fields_of_a_newer_service_are_kept_and_written_again() -> None:
    run = Run.model_validate_json(ANSWER)

    assert run.tokens is not None
    assert run.tokens.model_dump()["thought"] == 2
    assert '"thought":2' in run.model_dump_json()


def test_money_is_written_as_a_json_number() -> None:
    assert '"cost":0.1234567891' in Run.model_validate_json(ANSWER).model_dump_json()


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "succeeded"},
        {"status": "completed", "created": datetime(2026, 11, 20)},  # noqa: DTZ001  # a time without a zone
        {"status": "completed", "cost": -1},
        {"status": "completed", "cost": Decimal("NaN")},
        {"status": "completed", "quality_score": float("inf")},
        {"status": "completed", "quality_score": 100.5},
        {"status": "completed", "user_satisfaction": 6},
        {"status": "completed", "duration_ms": -1},
        {"status": "completed", "duration_ms": 1.5},
        {"status": "completed", "attempt": 0},
        {"status": "completed", "durations_ms": 5},
    ],
)
def test_a_run_that_the_service_would_refuse_is_refused_here(facts: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        NewRun.model_validate(facts)


def test_a_run_begins_now_unless_told_otherwise() -> None:
    before = datetime.now(UTC)

    assert before <= NewRun(status="running").created <= datetime.now(UTC)


def test_an_integer_id_stays_an_integer_and_a_text_stays_text() -> None:
    assert NewRun(status="completed", id=123).id == 123
    assert NewRun(status="completed", id="123").id == "123"


def test_a_misspelt_fact_is_an_error_of_the_caller() -> None:
    with pytest.raises(ValidationError):
        RunUpdate.model_validate({"qualty_score": 5})


def test_models_do_not_change_under_the_reader() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Tokens(input=1).input = 2  # type: ignore[misc]  # what the test is about


def test_figures_come_in_milliseconds() -> None:
    row = {"id": "a", "name": "n", "version": "1", "status": "idle", "avgRuntime": 3.5, "totalRuns": 0, "spend": 0}

    figures = VersionFigures.model_validate(row)

    assert (figures.avg_runtime_ms, figures.last_seen, figures.success_rate) == (3_500, None, None)
