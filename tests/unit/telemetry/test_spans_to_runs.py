"""From what senders write to runs with tokens, tools and cost: conventions, fold and prices together."""

from dataclasses import replace
from decimal import Decimal

from tests.support.traces import listed_price, told
from watchbill.runs.models import Status
from watchbill.telemetry.fold import FoldedRun, fold
from watchbill.telemetry.lineage import Told, united
from watchbill.telemetry.reading import facts_of
from watchbill.telemetry.recording import names_of
from watchbill.telemetry.recording import told as told_of
from watchbill.telemetry.spans import StatusCode, Value
from watchbill.telemetry.tree import tree

SERVICE = {"service.name": "shop", "service.version": "7"}


def sent(name: str, parent: str | None = None, start: int = 0, end: int = 10, **attributes: Value) -> Told:
    """A span with attributes, whose dots are written as double underscores."""
    named = {key.replace("__", "."): value for key, value in attributes.items()}
    span = replace(told(name, parent, start, end).span, attributes=named, resource=SERVICE)
    return Told(span, facts_of(span))


def runs_of(*spans: Told) -> list[FoldedRun]:
    return list(fold(united(reversed(spans)), listed_price).runs)


def chat(name: str, parent: str, start: int, tokens: tuple[int, int]) -> Told:
    return sent(
        name,
        parent,
        start,
        gen_ai__operation__name="chat",
        gen_ai__provider__name="openai",
        gen_ai__request__model="gpt-4o",
        gen_ai__usage__input_tokens=tokens[0],
        gen_ai__usage__output_tokens=tokens[1],
    )


def test_opentelemetry_an_agent_in_a_web_server_with_a_tool_that_is_an_agent() -> None:
    boss, helper = runs_of(
        sent("POST /chat"),
        sent(
            "invoke_agent boss",
            "POST /chat",
            1,
            9,
            gen_ai__operation__name="invoke_agent",
            gen_ai__agent__name="boss",
            gen_ai__conversation__id="talk",
            # Added up over the agents below, as some frameworks do.
            gen_ai__usage__input_tokens=3_000,
            gen_ai__usage__output_tokens=300,
        ),
        chat("first", "invoke_agent boss", 2, (1_000, 100)),
        sent("ask", "invoke_agent boss", 3, gen_ai__operation__name="execute_tool", gen_ai__tool__name="ask_helper"),
        sent("invoke_agent helper", "ask", 4, gen_ai__operation__name="invoke_agent", gen_ai__agent__name="helper"),
        chat("second", "invoke_agent helper", 5, (2_000, 200)),
    )

    assert (boss.agent, boss.version, boss.session, boss.tools) == ("boss", "7", "talk", ("ask_helper",))
    assert (helper.agent, helper.parent_id, helper.session) == ("helper", boss.id, "talk")
    # 1,000 at 2.50 and 100 at 10 for a million; the helper twice that
    assert (boss.spent.cost, helper.spent.cost) == (Decimal("0.0035"), Decimal("0.007"))
    assert told_of(boss)["duration_ms"] == 8


def test_openinference_a_chain_at_the_root_is_the_run_and_one_below_is_not() -> None:
    (run,) = runs_of(
        sent("graph", openinference__span__kind="CHAIN", session__id="talk"),
        sent("step", "graph", 1, openinference__span__kind="CHAIN"),
        sent(
            "llm",
            "step",
            2,
            openinference__span__kind="LLM",
            llm__model_name="gpt-4o",
            llm__token_count__prompt=1_000,
            llm__token_count__completion=100,
        ),
    )

    assert (names_of(run), run.session, run.models) == (("shop", "7"), "talk", ("gpt-4o",))
    assert run.spent.cost == Decimal("0.0035")


def test_an_error_after_tokens_were_spent_fails_the_run_that_holds_their_cost() -> None:
    agent = sent("invoke_agent a", gen_ai__operation__name="invoke_agent", gen_ai__agent__name="a")
    failed = replace(agent.span, status=StatusCode.ERROR, status_message="no more")
    (run,) = runs_of(Told(failed, facts_of(failed)), chat("m", "invoke_agent a", 1, (1_000, 100)))

    assert (run.status, run.spent.cost) == (Status.FAILED, Decimal("0.0035"))
    assert run.failure is not None
    assert run.failure.message == "no more"


def test_the_ai_sdks_outer_span_repeats_the_inner_ones_usage() -> None:
    spans = [
        sent("ai.generateText", None, ai__operationId="ai.generateText", ai__usage__inputTokens=1_000),
        sent(
            "ai.generateText.doGenerate",
            "ai.generateText",
            1,
            ai__operationId="ai.generateText.doGenerate",
            ai__model__id="gpt-4o",
            ai__usage__inputTokens=1_000,
            ai__usage__outputTokens=100,
        ),
    ]
    whole = tree(united(spans), listed_price)

    assert (whole.spent.usage.input, whole.spent.usage.output) == (1_000, 100)
    assert [node.counted for node in whole.nodes] == [False, True]
