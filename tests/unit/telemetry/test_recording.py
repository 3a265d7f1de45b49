"""A folded run is one that the runs area takes, whatever its sender wrote."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tests.support.traces import agent, call, price, told, traces
from watchbill.platform.wire import MAX_DURATION_MS, Name
from watchbill.runs import rules
from watchbill.runs.models import MAX_TEXT, NewRun, Status
from watchbill.telemetry.facts import Failure, Kind, Usage
from watchbill.telemetry.fold import FoldedRun, fold
from watchbill.telemetry.lineage import Told, united
from watchbill.telemetry.recording import CUT, MAX_BODY, Names, names_of
from watchbill.telemetry.recording import told as told_of


def folded(*spans: Told) -> FoldedRun:
    return fold(united(spans), price).runs[0]


def posted(run: FoldedRun) -> NewRun:
    """The run as it would be posted: what is told of it is within the bounds of what is taken."""
    facts = told_of(run)
    fields = {name: value for name, value in facts.items() if name in NewRun.model_fields and name != "trigger"}
    return NewRun.model_validate({**fields, "created": facts["created_at"]})


def recorded(**facts: Any) -> NewRun:
    return posted(folded(agent("a", **facts)))


@settings(max_examples=40)
@given(traces())
def test_every_run_of_a_trace_is_one_that_can_be_recorded(trace: list[Told]) -> None:
    for run in fold(united(trace), price).runs:
        new = posted(run)
        assert new.status is run.status
        assert new.tokens is None or (new.tokens.input, new.tokens.output) == (
            run.spent.usage.input,
            run.spent.usage.output,
        )
        assert new.cost == run.spent.cost
        said = rules.statement(new)
        only_traces = {"first_token_ms", "known_cost", "told_cost", "unpriced_models"}
        both = {name: value for name, value in told_of(run).items() if name not in only_traces}
        assert said == {**both, "rank": said["rank"], "attempt": 1}


def test_a_run_has_the_records_names() -> None:
    child = fold(
        united(
            [
                agent("a"),
                agent(
                    "b", "a", 1, 8, version="2", session="s", user="u", failure=Failure("Timeout", "slow"), output=[1]
                ),
                call("m", "b", 10),
                told("t", "b", 2, kind=Kind.TOOL, tool="search"),
            ]
        ),
        price,
    ).runs[1]
    new = posted(child)

    assert names_of(child) == Names("b", "2")
    assert (new.session_id, new.user_id, new.models, new.tools) == ("s", "u", ("small",), ("search",))
    assert (new.status, new.duration_ms, new.parent_run_id) == (Status.TIMEOUT, 7, child.parent_id)
    assert (new.cost, new.output) == (Decimal("0.000006"), [1])
    assert new.error is not None
    assert (new.error.type, new.error.message) == ("Timeout", "slow")
    assert new.tokens is not None
    assert new.tokens.total == 20


@settings(max_examples=40)
@given(st.text(), st.text(), st.text())
def test_any_text_makes_names_that_are_taken(agent_name: str, version: str, session: str) -> None:
    run = folded(agent("a", agent=agent_name, version=version, session=session, user=session, tool=session))
    named = names_of(run)

    for name in named:
        assert TypeAdapter(Name).validate_python(name) == name
    posted(run)


@pytest.mark.parametrize(
    ("name", "taken"),
    [("sales/bot", "sales-bot"), ("..", "unnamed"), (" a\nb ", "a b"), ("x" * 300, "x" * 200), ("", "unnamed")],
    ids=["slash", "dots", "lines", "long", "empty"],
)
def test_a_name_that_cannot_be_part_of_an_address_is_made_one(name: str, taken: str) -> None:
    assert names_of(folded(agent("a", agent=name))).agent == taken


def test_a_run_without_a_version_is_unversioned() -> None:
    assert names_of(folded(agent("a"))).version == "unversioned"


def test_content_within_the_bound_is_kept_as_it_came() -> None:
    value = {"messages": [{"role": "user", "content": "héllo"}, None, 1.5, True]}
    new = recorded(input=value, output="x" * MAX_BODY)

    assert (new.input, new.output) == (value, "x" * MAX_BODY)


@pytest.mark.parametrize(
    "value", ["é" * MAX_BODY, ["é" * MAX_BODY], {"a": "𝄞" * MAX_BODY}], ids=["text", "list", "object"]
)
def test_content_beyond_the_bound_is_cut_and_says_so(value: Any) -> None:
    kept = recorded(input=value).input

    assert isinstance(kept, str)
    assert kept.endswith(CUT)
    assert MAX_BODY - 4 <= len(kept.encode()) <= MAX_BODY
    whole = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    assert whole.startswith(kept.removesuffix(CUT))


def test_half_a_character_does_not_keep_a_run_out() -> None:
    new = recorded(input="a\ud800", output=["b\udfff"], failure=Failure("E", "c\ud800" + "d" * MAX_TEXT))

    assert (new.input, new.output) == ("a?", ["b?"])
    assert new.error is not None
    assert new.error.message.startswith("c?d")


def test_figures_that_no_run_can_have_are_not_known() -> None:
    endless = [call(f"m{i}", "a", 10**15, "large") for i in range(2)]
    new = posted(folded(agent("a"), *endless))

    assert (new.tokens, new.cost) == (None, None)


def test_a_run_longer_than_a_run_can_be_is_as_long_as_one_can_be() -> None:
    run = replace(folded(agent("a")), duration_ms=MAX_DURATION_MS + 1)

    assert posted(run).duration_ms == MAX_DURATION_MS


def test_nothing_told_is_nothing_recorded() -> None:
    new = recorded(usage=Usage())

    assert (new.tokens, new.cost, new.error, new.input, new.output) == (None,) * 5
