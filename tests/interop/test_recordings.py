"""What the real senders sent once, read again: the same runs as when they send to a running stack."""

import gzip
import json
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.interop.expected import EXPECTED, Ran, Used, in_order
from tests.interop.record import FOLDER
from tests.support.traces import listed_price
from watchbill.telemetry import otlp
from watchbill.telemetry.content import KEEP, ContentPolicy, all_governed
from watchbill.telemetry.fold import FoldedRun, fold
from watchbill.telemetry.lineage import Told, by_trace
from watchbill.telemetry.masking import Masks
from watchbill.telemetry.otlp import Encoding
from watchbill.telemetry.reading import facts_of
from watchbill.telemetry.recording import names_of, told
from watchbill.telemetry.spans import Span

RECORDED = [name for name in EXPECTED if not name.endswith("-json")]
MOST_BYTES = 20_000
POLICIES = {"kept": KEEP, "masked": ContentPolicy(Masks(())), "dropped": ContentPolicy(drop=True)}


def spans_of(sender: str, policy: ContentPolicy = KEEP) -> list[Span]:
    received = otlp.received(recording(sender), Encoding.PROTOBUF, "gzip", datetime.now(UTC))
    assert not received.rejected
    return list(all_governed(received.spans, policy))


def runs_of(sender: str, policy: ContentPolicy = KEEP) -> list[FoldedRun]:
    traces = by_trace(Told(span, facts_of(span)) for span in spans_of(sender, policy))
    return [run for trace in traces.values() for run in fold(trace, listed_price).runs]


def recording(sender: str) -> bytes:
    return (FOLDER / f"{sender}.binpb.gz").read_bytes()


def as_ran(folded: FoldedRun, agents: dict[str, str]) -> Ran:
    run, names = told(folded), names_of(folded)
    parent, cost = run.get("parent_run_id"), run.get("cost")
    return Ran(
        session=run.get("session_id"),
        agent=names.agent,
        models=tuple(run.get("models", ())),
        tools=tuple(run.get("tools", ())),
        used=Used(*(run.get("tokens", {}).get(name) for name in Used._fields)),
        cost=None if cost is None else Decimal(cost),
        status=run["status"],
        parent=agents[parent] if parent else None,
        user=run.get("user_id"),
        version=names.version,
    )


@pytest.mark.parametrize("sender", RECORDED)
@pytest.mark.parametrize("content", POLICIES)
def test_a_recording_folds_into_the_runs_that_were_made_whatever_becomes_of_content(sender: str, content: str) -> None:
    folded = runs_of(sender, POLICIES[content])
    agents = {run.id: run.agent for run in folded}

    assert in_order([as_ran(run, agents) for run in folded]) == in_order(EXPECTED[sender])


@pytest.mark.parametrize("sender", RECORDED)
def test_a_run_that_failed_says_why_in_a_sentence(sender: str) -> None:
    for run in runs_of(sender):
        if run.status == "failed":
            assert run.failure is not None
            assert run.failure.type.endswith(("RateLimitError", "ThrottledException", "HTTPError"))
            assert "429" in run.failure.message
            assert "\n" not in run.failure.message


@pytest.mark.parametrize("sender", [name for name in RECORDED if not name.startswith("opentelemetry")])
def test_what_was_asked_and_answered_is_found(sender: str) -> None:
    (asked, *_) = [run for run in runs_of(sender) if run.session in ("asked", "version-1")]

    assert "What is the weather in Paris?" in str(asked.input)
    assert "It is sunny in Paris." in str(asked.output)


@pytest.mark.parametrize("sender", RECORDED)
def test_nothing_of_what_was_asked_and_answered_is_left_where_content_is_dropped(sender: str) -> None:
    left = json.dumps([asdict(span) for span in spans_of(sender, POLICIES["dropped"])])

    assert not [word for word in ("Paris", "sunny", "Sunny", "needle") if word in left]


@pytest.mark.parametrize("sender", ["opentelemetry", "pydantic-ai", "strands"])
def test_the_time_to_the_first_token_is_told_by_some(sender: str) -> None:
    streamed = "asked" if sender == "strands" else "streamed"

    assert all(run.first_token_ms is not None for run in runs_of(sender) if run.session == streamed)


@pytest.mark.parametrize("sender", RECORDED)
def test_a_recording_is_small_and_tells_nothing_of_the_machine_that_made_it(sender: str) -> None:
    held = gzip.decompress(recording(sender))

    assert len(recording(sender)) <= MOST_BYTES
    for telling in (b"site-packages", b"Traceback (most", b"host.name", b"service.instance.id"):
        assert telling not in held
