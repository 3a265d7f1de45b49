"""What of a span is kept by its organisation's setting: content as the setting says, figures always."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.configuration import rules
from watchbill.configuration.models import ContentMode, OrganisationOverrides
from watchbill.telemetry import names
from watchbill.telemetry.content import KEEP, ContentPolicy, all_governed, governed, governed_event, policy_of
from watchbill.telemetry.reading import facts_of
from watchbill.telemetry.spans import Span, SpanEvent, SpanKind, StatusCode

STAGE = rules.of_stage("development", 30)
SENSITIVE = "reach me at ana@x.com"


def policy(mode: str, *patterns: tuple[str, str]) -> ContentPolicy:
    """What is done where an organisation has set so."""
    own = [{"name": name, "pattern": pattern} for name, pattern in patterns]
    change = OrganisationOverrides.model_validate({"content": mode, "contentPatterns": own})
    return policy_of(rules.effective(STAGE, change.model_dump(mode="json", exclude_unset=True)))


MASK, DROP = policy("mask"), policy("drop")


def span(**attributes: Any) -> Span:
    """A span of these attributes, whose names have a dot for each double underscore."""
    named = {name.replace("__", "."): value for name, value in attributes.items()}
    return Span("1" * 32, "2" * 16, None, "chat gpt-4o", SpanKind.CLIENT, 10**18, 10**18 + 1, attributes=named)


FIGURES = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.agent.name": "writer",
    "gen_ai.conversation.id": "+34 600 123 456",
    "user.id": "ana@x.com",
    "gen_ai.usage.input_tokens": 612345678,
    "llm.token_count.completion": "4111111111111111",
    "gen_ai.usage.cost": 0.25,
    "error.type": "timeout",
    "gen_ai.response.finish_reasons": ["stop"],
    "gen_ai.response.time_to_first_chunk": 0.4,
}
CONTENT = (
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.system_instructions",
    "gen_ai.tool.definitions",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result",
    "gen_ai.tool.description",
    "gen_ai.prompt",
    "gen_ai.prompt.0.content",
    "gen_ai.prompt.0.tool_calls.0.arguments",
    "gen_ai.completion",
    "gen_ai.completion.0.content",
    "gen_ai.agent.description",
    "llm.input_messages.0.message.content",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments",
    "llm.prompts",
    "llm.prompts.0",
    "llm.prompt_template.template",
    "llm.prompt_template.variables",
    "llm.tools.0.tool.json_schema",
    "llm.invocation_parameters",
    "llm.completions.0",
    "llm.function_call",
    "input.value",
    "output.value",
    "retrieval.documents.0.document.content",
    "reranker.query",
    "embedding.embeddings.0.embedding.text",
    "tool.parameters",
    "tool.description",
    "metadata",
    "traceloop.entity.input",
    "traceloop.entity.output",
    "traceloop.prompt.template",
    "ai.prompt",
    "ai.prompt.messages",
    "ai.response.text",
    "ai.response.object",
    "ai.toolCall.args",
    "ai.toolCall.result",
    "all_messages_events",
    "pydantic_ai.all_messages",
    "final_result",
    "model_request_parameters",
    "langfuse.observation.input",
    "system_prompt",
    "user_prompt",
    "error.message",
    "exception.message",
    "exception.stacktrace",
    "db.statement",
    "url.full",
    "user.email",
    "of.a.framework.that.nobody.here.has.heard.of",
)


@pytest.mark.parametrize("name", CONTENT)
def test_content_is_kept_masked_or_dropped_whatever_it_is_called(name: str) -> None:
    sent = replace(span(), attributes={name: SENSITIVE})

    assert governed(sent, KEEP) is sent
    assert governed(sent, MASK).attributes == {name: "reach me at [email]"}
    assert governed(sent, DROP).attributes == {}


@pytest.mark.parametrize("value", [[SENSITIVE], {"a": [SENSITIVE, 1]}, [{"a": SENSITIVE}]])
def test_content_inside_of_values_is_masked_or_dropped(value: Any) -> None:
    sent = replace(span(), attributes={"gen_ai.input.messages": value})

    masked = governed(sent, MASK).attributes["gen_ai.input.messages"]

    assert str(masked) == str(value).replace("ana@x.com", "[email]")
    assert governed(sent, DROP).attributes == {}


NO_FACTS = {"INPUT", "OUTPUT", "ERROR_MESSAGE", "ROOT_IS_WORKFLOW"}
TOLD_BY_NAMES = [
    (group, name)
    for group, listed in vars(names).items()
    if isinstance(listed, tuple) and group not in NO_FACTS
    for name in listed
]


@pytest.mark.parametrize(("group", "name"), TOLD_BY_NAMES, ids=lambda told: told)
def test_every_name_that_facts_are_read_from_stays_when_content_is_dropped(group: str, name: str) -> None:
    sent = replace(span(), attributes={name: "writer"})

    assert governed(sent, DROP).attributes == sent.attributes


def test_of_langchains_metadata_the_agent_stays() -> None:
    told = {"metadata": '{"lc_agent_name": "writer", "secret": "plan"}', "openinference.span.kind": "CHAIN"}
    sent = replace(span(), name="writer", attributes=told)

    assert governed(sent, DROP).attributes["metadata"] == '{"lc_agent_name": "writer"}'
    assert facts_of(governed(sent, DROP)) == facts_of(sent)


@pytest.mark.parametrize("chosen", [KEEP, MASK, DROP], ids=["keep", "mask", "drop"])
def test_what_figures_are_made_of_stays_as_it_was_sent(chosen: ContentPolicy) -> None:
    sent = replace(span(), attributes=FIGURES | {"input.value": SENSITIVE}, resource={"service.name": "ana@x.com"})

    kept = governed(sent, chosen)

    assert {name: kept.attributes[name] for name in FIGURES} == FIGURES
    assert replace(facts_of(kept), input=None) == replace(facts_of(sent), input=None)


def test_what_is_longer_than_any_fact_is_none() -> None:
    sent = replace(span(), attributes={"model": SENSITIVE * 100, "tool_name": [{"a": SENSITIVE}]})

    assert governed(sent, DROP).attributes == {}
    assert "ana@x.com" not in str(governed(sent, MASK).attributes)


def test_events_and_what_went_wrong_are_content_too() -> None:
    failed = SpanEvent("exception", 7, {"exception.type": "ValueError", "exception.message": SENSITIVE})
    said = SpanEvent("gen_ai.user.message", 8, {"content": SENSITIVE})
    logged = SpanEvent(SENSITIVE, 9, {})
    sent = replace(span(), status=StatusCode.ERROR, status_message=SENSITIVE, events=(failed, said, logged))

    masked, dropped = governed(sent, MASK), governed(sent, DROP)

    assert masked.status_message == masked.events[2].name == "reach me at [email]"
    assert [event.attributes for event in dropped.events] == [{"exception.type": "ValueError"}, {}, {}]
    assert [event.name for event in dropped.events] == ["exception", "gen_ai.user.message", "event"]
    assert (dropped.status_message, facts_of(dropped).failure) == ("", replace(facts_of(dropped).failure, message=""))
    assert governed_event(said, MASK) == masked.events[1]


def test_a_field_s_name_says_that_it_holds_a_secret() -> None:
    sent = replace(span(), attributes={"http.request.header.authorization": ["Token abc"], "phone": "6001234", "n": 1})

    assert governed(sent, MASK).attributes == {
        "http.request.header.authorization": ["[secret]"],
        "phone": "[phone]",
        "n": 1,
    }


def test_what_a_process_says_of_itself_is_judged_once_and_stays_shared() -> None:
    process = {"service.name": "api", "process.command_line": "serve --password=hunter22"}
    spans = [replace(span(gen_ai__prompt=text), resource=process) for text in ("Hi", SENSITIVE, "Bye")]

    first, *others = all_governed(spans, MASK)

    assert first.resource == {"service.name": "api", "process.command_line": "serve --password=[secret]"}
    assert all(one.resource is first.resource for one in others)


def test_a_span_without_anything_to_mask_is_the_same_span() -> None:
    sent = replace(span(gen_ai__prompt="Hola"), resource={"service.name": "api"}, attributes=FIGURES)

    assert governed(sent, MASK) is sent


def test_an_organisation_s_own_patterns_are_masked_by_their_names() -> None:
    sent = span(gen_ai__prompt="Pedido ORD-7", count=7)

    assert governed(sent, policy("mask", ("order", r"ORD-\d+"))).attributes == {
        "gen_ai.prompt": "Pedido [custom order]",
        "count": 7,
    }


def test_content_is_kept_where_nobody_has_said_anything_else() -> None:
    assert policy_of(STAGE) == KEEP
    assert STAGE.content is ContentMode.KEEP


@given(
    st.dictionaries(
        st.sampled_from(["input.value", "phone", "apiKey", "model", "x.y"]),
        st.sampled_from([SENSITIVE, "6001234", 5, True, "x", '{"a": "4111111111111111"}', ["ana@x.com", 2.5]]),
    ),
    st.sampled_from([KEEP, MASK, DROP]),
)
def test_what_is_governed_once_more_is_the_same(attributes: dict[str, Any], chosen: ContentPolicy) -> None:
    once = governed(replace(span(), attributes=attributes), chosen)

    assert governed(once, chosen) == once
