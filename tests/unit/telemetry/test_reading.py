"""What a span says, under each of the names that senders have for it."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbill.telemetry import names
from watchbill.telemetry.facts import Failure, Kind, SpanFacts
from watchbill.telemetry.reading import MAX_MESSAGE, MAX_NAME, facts_of
from watchbill.telemetry.spans import Scope, Span, SpanEvent, SpanKind, StatusCode

AGENT_SPAN = {"gen_ai.operation.name": "invoke_agent"}
MODEL_SPAN = {"gen_ai.operation.name": "chat"}
TOOL_SPAN = {"gen_ai.operation.name": "execute_tool"}


def span(attributes: dict[str, Any], **fields: Any) -> Span:
    """A span that says this."""
    placed = {"parent_id": "c" * 16, "name": "a span", "kind": SpanKind.INTERNAL, "start_ns": 1, "end_ns": 2}
    return Span("a" * 32, "b" * 16, attributes=attributes, **{**placed, **fields})


def facts(attributes: dict[str, Any], **fields: Any) -> SpanFacts:
    """What is known of a span that says this."""
    return facts_of(span(attributes, **fields))


def each(*groups: tuple[str, ...]) -> pytest.MarkDecorator:
    """Once for every name in the groups."""
    return pytest.mark.parametrize("name", [name for group in groups for name in group])


@pytest.mark.parametrize(
    ("name", "value", "kind"), [(name, value, kind) for name, of in names.KINDS.items() for value, kind in of.items()]
)
def test_what_a_span_is_of_is_known_by_any_convention(name: str, value: str, kind: Kind) -> None:
    assert facts({name: value}).kind is kind
    assert facts({name: value.upper()}).kind is kind


def test_it_is_believed_in_the_order_of_the_conventions() -> None:
    assert facts({"traceloop.span.kind": "task", "gen_ai.operation.name": "chat"}).kind is Kind.MODEL
    assert facts({"traceloop.span.kind": "tool", "openinference.span.kind": "LLM"}).kind is Kind.MODEL
    assert facts({"gen_ai.operation.name": "newer", "openinference.span.kind": "TOOL"}).kind is Kind.TOOL


def test_a_chain_is_a_workflow_where_it_is_the_root() -> None:
    said = {"openinference.span.kind": "CHAIN"}

    assert facts(said, parent_id=None).kind is Kind.WORKFLOW
    assert facts(said).kind is Kind.OTHER


def test_a_span_that_does_not_say_what_it_is_calls_a_model_when_it_has_a_model_and_tokens() -> None:
    assert facts({"gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 1}).kind is Kind.MODEL
    assert facts({"gen_ai.request.model": "m"}).kind is Kind.OTHER
    assert facts({"gen_ai.usage.input_tokens": 1}).kind is Kind.OTHER
    assert facts({}).kind is Kind.OTHER


@each(names.AGENT, names.WORKFLOW, names.ENTITY)
def test_an_agent_is_named(name: str) -> None:
    assert facts({**AGENT_SPAN, name: "planner"}).agent == "planner"


def test_openinference_has_an_agents_name_as_that_of_its_span() -> None:
    said = {"openinference.span.kind": "AGENT"}

    assert facts(said, name="planner").agent == "planner"
    assert facts({**said, "agent.name": "other"}, name="planner").agent == "other"
    assert facts({"openinference.span.kind": "TOOL"}, name="planner").agent is None
    assert facts(AGENT_SPAN, name="invoke_agent planner").agent is None


def test_of_the_spans_that_langchain_runs_an_agent_in_the_one_that_bears_its_name_is_the_agents() -> None:
    metadata = '{"ls_integration": "langchain_create_agent", "lc_agent_name": "planner"}'
    chain = {"openinference.span.kind": "CHAIN", "metadata": metadata}

    assert facts(chain, name="planner").kind is Kind.AGENT
    assert facts(chain, name="planner").agent == "planner"
    assert facts(chain, name="planner", parent_id=None).kind is Kind.AGENT
    assert facts(chain, name="model").kind is Kind.OTHER
    assert facts({**chain, "openinference.span.kind": "TOOL"}, name="planner").kind is Kind.TOOL


@pytest.mark.parametrize(
    "metadata",
    [
        "lc_agent_name",
        '["lc_agent_name"]',
        '{"lc_agent_name": 1}',
        1,
        pytest.param("[" * 10_000 + '"lc_agent_name"', id="deep"),
    ],
)
def test_metadata_that_is_something_else_makes_no_agent(metadata: Any) -> None:
    assert facts({"openinference.span.kind": "CHAIN", "metadata": metadata}, name="planner").kind is Kind.OTHER


def test_openllmetry_tells_the_run_of_a_langgraph_twice_and_the_inner_span_is_the_run() -> None:
    outer = {**AGENT_SPAN, "gen_ai.agent.name": "planner", "gen_ai.workflow.nodes": ["model"]}
    inner = {**AGENT_SPAN, "gen_ai.agent.name": "planner", "traceloop.span.kind": "workflow"}

    assert facts(outer).kind is Kind.OTHER
    assert facts({**inner, "gen_ai.workflow.nodes": ["model"]}).kind is Kind.AGENT


def test_an_agent_below_another_is_a_task_to_openllmetry_and_bears_the_agents_name() -> None:
    task = {"gen_ai.operation.name": "execute_task", "traceloop.association.properties.lc_agent_name": "helper"}

    assert facts({**task, "traceloop.entity.name": "helper", "traceloop.workflow.name": "boss"}).kind is Kind.AGENT
    assert facts({**task, "traceloop.entity.name": "helper", "traceloop.workflow.name": "boss"}).agent == "helper"
    assert facts({**task, "traceloop.entity.name": "model"}).kind is Kind.OTHER


@each(names.RESPONSE_ID)
def test_the_answer_is_known_by_its_id(name: str) -> None:
    assert facts({name: "chatcmpl-7"}).response_id == "chatcmpl-7"


@each(names.AGENT)
def test_an_agent_is_named_by_the_process(name: str) -> None:
    assert facts(MODEL_SPAN, resource={name: "planner"}).agent == "planner"


def test_the_entity_of_a_tool_is_the_tool_and_not_the_agent() -> None:
    tool = facts({"traceloop.span.kind": "tool", "traceloop.entity.name": "search", "traceloop.workflow.name": "flow"})

    assert (tool.tool, tool.agent) == ("search", "flow")


@each(names.AGENT_VERSION)
def test_an_agent_has_a_version(name: str) -> None:
    assert facts({name: "1.2"}).version == "1.2"
    assert facts({}, resource={name: "1.2", "service.version": "3"}).version == "1.2"


def test_the_service_is_told_by_the_process() -> None:
    told = facts({}, resource={"service.name": "shop", "service.version": "3"})

    assert (told.service, told.version, told.agent) == ("shop", "3", None)


@each(names.SESSION)
def test_a_session_is_told(name: str) -> None:
    assert facts({name: "s-1"}).session == "s-1"
    assert facts({name: 17}).session == "17"
    assert facts({}, resource={name: "s-1"}).session == "s-1"


@each(names.USER)
def test_a_user_is_told(name: str) -> None:
    assert facts({name: "u-1"}).user == "u-1"
    assert facts({}, resource={name: "u-1"}).user == "u-1"


@each(names.TOOL)
def test_a_tool_is_told(name: str) -> None:
    assert facts({**TOOL_SPAN, name: "search"}).tool == "search"
    assert facts({**MODEL_SPAN, name: "search"}).tool is None


def test_a_tool_that_is_not_named_is_called_as_the_span_is() -> None:
    assert facts(TOOL_SPAN, name="execute_tool search").tool == "search"
    assert facts({"openinference.span.kind": "TOOL"}, name="search").tool == "search"


@each(names.PROVIDER)
def test_a_provider_is_told(name: str) -> None:
    assert facts({name: "anthropic"}).provider == "anthropic"


@pytest.mark.parametrize("framework", sorted(names.FRAMEWORKS))
def test_a_framework_is_not_a_provider(framework: str) -> None:
    assert facts({"gen_ai.system": framework}).provider is None
    assert facts({"gen_ai.system": framework.title()}).provider is None


@each(names.RESPONSE_MODEL)
def test_the_model_that_answered_is_the_model(name: str) -> None:
    told = facts({name: "m-1", "gen_ai.request.model": "m"})

    assert (told.model, told.request_model) == ("m-1", "m")
    assert facts({name: "m-1"}).model == "m-1"


@each(names.REQUEST_MODEL)
def test_the_model_that_was_asked_is_the_model_where_none_is_said_to_have_answered(name: str) -> None:
    assert (facts({name: "m"}).model, facts({name: "m"}).request_model) == ("m", "m")


@each(names.COST)
def test_a_sender_s_own_cost_is_told(name: str) -> None:
    assert facts({name: 0.1}).told_cost == Decimal("0.1")
    assert facts({name: "0.25"}).told_cost == Decimal("0.25")
    assert facts({name: 0}).told_cost == 0
    assert facts({name: 1e-12}).told_cost == 0


@pytest.mark.parametrize("value", [-1, "NaN", "much", True, None, [1], 1e30, 2**62], ids=repr)
def test_what_is_no_amount_is_no_cost(value: Any) -> None:
    assert facts({"llm.cost.total": value}).told_cost is None


def test_the_cost_of_parts_is_their_sum() -> None:
    assert facts(dict.fromkeys(names.COST_PARTS, 0.1)).told_cost == Decimal("0.2")
    for name in names.COST_PARTS:
        assert facts({name: 0.1}).told_cost == Decimal("0.1")
    assert facts({**dict.fromkeys(names.COST_PARTS, 0.1), "llm.cost.total": 0.3}).told_cost == Decimal("0.3")


@each(names.ERROR_TYPE)
def test_the_type_of_an_error_is_told(name: str) -> None:
    assert facts({name: "Timeout"}, status=StatusCode.ERROR).failure == Failure("Timeout")


@each(names.ERROR_MESSAGE)
def test_the_message_of_an_error_is_told(name: str) -> None:
    assert facts({name: "too slow"}, status=StatusCode.ERROR).failure == Failure(message="too slow")


def test_an_error_is_told_by_the_status_or_by_its_type_and_explained_by_the_last_exception() -> None:
    first, last = (SpanEvent("exception", 1, {"exception.type": name, "exception.message": name}) for name in "ab")
    events = (first, last, SpanEvent("other", 3))

    assert facts({}, status=StatusCode.ERROR, events=events).failure == Failure("b", "b")
    assert facts({}, status=StatusCode.ERROR, status_message="no", events=events).failure == Failure("b", "no")
    assert facts({"error.type": "429"}).failure == Failure("429")
    assert facts({"error.type": ""}).failure is None
    assert facts({}, status=StatusCode.ERROR, status_message="x" * 9_999).failure == Failure(message="x" * MAX_MESSAGE)


def test_an_exception_that_was_overcome_is_no_error() -> None:
    assert facts({}, status=StatusCode.OK, events=(SpanEvent("exception", 1, {"exception.type": "E"}),)).failure is None


@each(names.INPUT)
def test_input_is_told(name: str) -> None:
    assert facts({name: "hello"}).input == "hello"


@each(names.OUTPUT)
def test_output_is_told(name: str) -> None:
    assert facts({name: ["hello"]}).output == ["hello"]


def test_a_status_that_repeats_the_exception_with_its_type_or_stack_trace_tells_no_more_than_it() -> None:
    events = (SpanEvent("exception", 1, {"exception.type": "ValueError", "exception.message": "too many"}),)
    status = "ValueError('too many')Traceback (most recent call last):\n  File ..."

    assert facts({}, status=StatusCode.ERROR, status_message=status, events=events).failure == Failure(
        "ValueError", "too many"
    )


def test_content_is_told_in_events() -> None:
    asked = (SpanEvent("gen_ai.user.message", 1, {"content": text}) for text in ("before", "now"))
    told = facts({}, events=(*asked, SpanEvent("gen_ai.choice", 2, {"message": "this"})))

    assert (told.input, told.output) == ("now", "this")
    assert facts({}).input is None


def test_content_is_told_in_an_event_for_each_direction() -> None:
    name = "gen_ai.client.inference.operation.details"
    asked = SpanEvent(name, 1, {"gen_ai.input.messages": "that"})
    answered = SpanEvent(name, 2, {"gen_ai.output.messages": "this"})

    assert (facts({}, events=(asked, answered)).input, facts({}, events=(asked, answered)).output) == ("that", "this")
    assert facts({}, events=(asked,)).output is None


@each(names.FINISH_REASONS)
def test_the_reasons_to_finish_are_told(name: str) -> None:
    assert facts({name: ["stop", "length"]}).finish_reasons == ("stop", "length")
    assert facts({name: "stop"}).finish_reasons == ("stop",)
    assert facts({name: '["stop"]'}).finish_reasons == ("stop",)
    assert facts({name: "[stop"}).finish_reasons == ("[stop",)
    assert facts({name: [1, None, "stop"] * 50}).finish_reasons == ("stop",) * 6


@each(names.FIRST_TOKEN_SECONDS)
def test_the_time_to_the_first_token_is_told_in_seconds(name: str) -> None:
    assert facts({name: 0.25}).first_token_ms == 250


@each(names.FIRST_TOKEN_MS)
def test_the_time_to_the_first_token_is_told_in_milliseconds(name: str) -> None:
    assert facts({name: 250}).first_token_ms == 250


def test_strands_tells_milliseconds_where_others_tell_seconds() -> None:
    said = {"gen_ai.server.time_to_first_token": 250}

    assert facts(said, scope=Scope("strands.telemetry.tracer")).first_token_ms == 250


def test_names_are_such_as_the_rest_of_the_service_takes() -> None:
    assert facts({"gen_ai.agent.name": " pl\nan\x00ner\t"}).agent == "planner"
    assert facts({"gen_ai.agent.name": "x" * 500}).agent == "x" * MAX_NAME
    assert facts({"gen_ai.agent.name": " " * 300 + "x"}).agent == "x"
    assert facts({"gen_ai.agent.name": " ", "agent.name": "second"}).agent == "second"
    assert facts({"gen_ai.agent.name": True, "gen_ai.agent.id": [], "agent.name": 1.5}).agent is None


every_name = st.sampled_from(
    [name for held in vars(names).values() if isinstance(held, tuple) for name in held] + list(names.KINDS)
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=3,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(every_name, anything, max_size=8), st.sampled_from(StatusCode))
def test_whatever_a_span_says_it_has_facts(attributes: dict[str, Any], status: StatusCode) -> None:
    told = facts(attributes, status=status, resource=attributes)

    for name in (told.agent, told.session, told.user, told.model, told.provider, told.tool):
        assert name is None or (name.isprintable() and name == name.strip() and 0 < len(name) <= MAX_NAME)
    assert told.told_cost is None or told.told_cost >= 0
