"""Hypothesis strategies for what may be said about runs."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from watchbill.runs.models import NewRun, Place, RunChange, Status

START = datetime(2026, 3, 1, tzinfo=UTC)
PLACES = tuple(Place(agent * 24, version) for agent in "ab" for version in ("1.0", "1.1"))

instants = st.integers(0, 3 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
money = st.decimals(0, 10, places=4).map(lambda amount: amount + Decimal(0))
tokens = st.fixed_dictionaries({}, optional={"input": st.integers(0, 99), "output": st.integers(0, 99)})
facts: dict[str, st.SearchStrategy[Any]] = {
    "duration_ms": st.integers(0, 10**6),
    "cost": money,
    "tokens": tokens,
    "quality_score": st.integers(0, 100).map(float),
    "user_satisfaction": st.integers(0, 5).map(float),
    "content_produced": st.integers(0, 5),
    "summary": st.sampled_from(["short", "long"]),
}
only_new: dict[str, st.SearchStrategy[Any]] = {
    "task_type": st.sampled_from(["chat", "qa"]),
    "initiator": st.sampled_from(["ana", "bo"]),
    "user_id": st.sampled_from(["ana", "cy"]),
    "campaign_id": st.sampled_from(["spring", "summer"]),
    "attempt": st.integers(1, 2),
    "models": st.just(("gpt",)),
    "input": st.sampled_from([{"a": None}, ["x"], "text"]),
}


def new_runs(client_ids: st.SearchStrategy[Any]) -> st.SearchStrategy[NewRun]:
    """Posted runs under these client ids."""
    required = {"created": instants, "status": st.sampled_from(Status), "id": client_ids}
    return st.fixed_dictionaries(required, optional=facts | only_new).map(NewRun.model_validate)


changes = st.fixed_dictionaries({}, optional=facts | {"status": st.sampled_from(Status)}).map(RunChange.model_validate)
