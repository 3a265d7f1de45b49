"""Runs as they are answered."""

from typing import Annotated

from pydantic import JsonValue, PlainSerializer

from watchbill.platform.wire import Model, Moment, Money, format_duration
from watchbill.runs.models import RunError, Status, Tokens, Trigger


class Run(Model):
    """A run as it is answered: what was posted, what came later, and what the server adds."""

    run_id: str
    agent_id: str
    version: str
    id: int | str | None = None
    task_id: int | str | None = None
    created: Moment
    status: Status
    time_taken: Annotated[int, PlainSerializer(format_duration)] | None = None
    duration_ms: int | None = None
    initiator: str | None = None
    user_id: str | None = None
    tools: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    cost: Money | None = None
    tokens: Tokens | None = None
    task_type: str | None = None
    session_id: str | None = None
    stream_id: str | None = None
    campaign_id: str | None = None
    experiment_id: str | None = None
    parent_run_id: str | None = None
    trace_id: str | None = None
    trigger: Trigger = Trigger.INGEST
    attempt: int = 1
    started_at: Moment | None = None
    completed_at: Moment | None = None
    recorded_at: Moment
    quality_score: float | None = None
    user_satisfaction: float | None = None
    items_processed: int | None = None
    content_produced: int | None = None
    trends_detected: int | None = None
    input: JsonValue = None
    output: JsonValue = None
    first_token_ms: int | None = None
    known_cost: Money | None = None
    told_cost: Money | None = None
    unpriced_models: tuple[str, ...] = ()
    summary: str | None = None
    error: RunError | None = None
