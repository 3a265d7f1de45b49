"""Tokens in one convention, whoever counts them: input includes cached tokens, output includes reasoning."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbill.telemetry import names
from watchbill.telemetry.facts import Usage
from watchbill.telemetry.spans import Scope
from watchbill.telemetry.usage import Counted, count, usage_of

NOBODY = Scope()


def usage(attributes: dict[str, Any], scope: Scope = NOBODY) -> Usage:
    """The tokens that a span tells of."""
    return usage_of(attributes, scope).usage


def why(attributes: dict[str, Any], scope: Scope = NOBODY) -> str | None:
    """Why cached tokens were added to the input that the span tells."""
    return usage_of(attributes, scope).normalised


@pytest.mark.parametrize(
    ("name", "field"),
    [
        (name, field)
        for field, group in {
            "input": names.INPUT_TOKENS,
            "output": names.OUTPUT_TOKENS,
            "cache_read": names.CACHE_READ,
            "cache_write": names.CACHE_WRITE,
            "reasoning": names.REASONING,
        }.items()
        for name in group
    ],
)
def test_tokens_are_told_by_any_name(name: str, field: str) -> None:
    assert getattr(usage({name: 7}), field) == 7


@pytest.mark.parametrize("name", names.TOTAL_TOKENS)
def test_a_total_shows_that_the_input_lacks_cached_tokens(name: str) -> None:
    told = {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10, "gen_ai.usage.cache_read_tokens": 60}

    assert usage({**told, name: 170}).input == 160
    assert usage({**told, name: 110}).input == 100


def test_the_first_name_is_believed_and_what_is_no_count_is_passed_over() -> None:
    assert usage({"gen_ai.usage.prompt_tokens": 5, "gen_ai.usage.input_tokens": 4}).input == 4
    assert usage({"gen_ai.usage.prompt_tokens": 5, "gen_ai.usage.input_tokens": -1}).input == 5


def test_a_span_without_tokens_has_no_usage() -> None:
    assert usage_of({}, NOBODY) == Counted(Usage())
    assert usage({"gen_ai.usage.total_tokens": 5, "gen_ai.usage.input_tokens": "many"}) == Usage()


@pytest.mark.parametrize(
    ("value", "read"),
    [(0, 0), (7, 7), (7.0, 7), ("7", 7), (10**15, 10**15)]
    + [(wrong, None) for wrong in (-1, 7.5, "7.5", "-7", "", "٣", True, None, [7], 10**15 + 1, "9" * 17, float("inf"))],
    ids=repr,
)
def test_a_count_is_an_integer_however_it_is_written(value: Any, read: int | None) -> None:
    assert count(value) == read


OPENLLMETRY, BOTOCORE = (
    "opentelemetry.instrumentation.bedrock",
    "opentelemetry.instrumentation.botocore.bedrock-runtime",
)
TOLD = {
    "gen_ai.usage.input_tokens": 5_000,
    "gen_ai.usage.output_tokens": 40,
    "gen_ai.usage.cache_read.input_tokens": 1_000,
    "gen_ai.usage.cache_creation.input_tokens": 200,
}


@pytest.mark.parametrize(
    "scope",
    [
        Scope("pydantic-ai", "2.68.0"),
        Scope("opentelemetry.instrumentation.anthropic", "0.62.4"),
        Scope("openinference.instrumentation.anthropic", "3.1.0"),
        Scope("strands.telemetry.tracer"),
        # Later than what was looked at: judged by the figures alone.
        Scope(OPENLLMETRY, "0.63.0"),
        Scope(BOTOCORE, "0.67b0"),
    ],
    ids=str,
)
def test_who_counts_cached_tokens_in_the_input_is_left_as_it_is(scope: Scope) -> None:
    told = usage(TOLD, scope)

    assert (told.input, told.cache_read, told.cache_write) == (5_000, 1_000, 200)
    assert why(TOLD, scope) is None


@pytest.mark.parametrize(
    "scope",
    [Scope(OPENLLMETRY, "0.62.4"), Scope(OPENLLMETRY, "0.40.1"), Scope(OPENLLMETRY), Scope(BOTOCORE, "0.66b2")],
    ids=str,
)
def test_who_is_known_to_count_cached_tokens_beside_the_input_is_normalised(scope: Scope) -> None:
    assert usage(TOLD, scope).input == 6_200
    assert why(TOLD, scope) == f"{scope.name} counts cached tokens besides the input"
    assert usage({"gen_ai.usage.input_tokens": 5}, scope) == Usage(input=5)


def test_the_fields_of_anthropic_s_api_under_their_own_names_are_normalised() -> None:
    # As Claude Code's spans have them.
    told = {"input_tokens": 9_000, "output_tokens": 220, "cache_read_tokens": 10, "cache_creation_tokens": 100}

    assert usage(told).input == 9_110
    assert why(told) == "Anthropic's API counts cached tokens besides the input"


def test_more_cached_tokens_than_input_are_beside_it() -> None:
    told = {"gen_ai.usage.input_tokens": 12, "gen_ai.usage.cache_read.input_tokens": 1_000}

    assert (usage(told).input, why(told)) == (1_012, "more tokens are cached than the input has")
    assert usage({"gen_ai.usage.cache_read.input_tokens": 3}).input == 3


def test_strands_before_it_added_cached_tokens_is_known_by_bedrock_s_total() -> None:
    told, scope = {**TOLD, "gen_ai.usage.total_tokens": 6_240}, Scope("strands.telemetry.tracer")

    assert (usage(told, scope).input, why(told, scope)) == (6_200, "the total counts cached tokens besides the input")


@pytest.mark.parametrize(
    ("output", "reasoning", "total", "whole"),
    [
        (300, 100, 400, 300),  # OpenAI: a part of the output
        (300, 100, None, 300),
        (182, 672, None, 854),  # more than the output has
        (300, 100, 500, 400),  # the total has them besides
        (300, 0, 400, 300),
        (None, 5, None, 5),
    ],
)
def test_reasoning_is_part_of_the_output(output: int | None, reasoning: int, total: int | None, whole: int) -> None:
    told = {
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": output,
        "gen_ai.usage.reasoning.output_tokens": reasoning,
        "gen_ai.usage.total_tokens": total,
    }

    assert (usage(told).output, usage(told).input) == (whole, 100)


def test_cached_tokens_and_reasoning_may_both_be_besides() -> None:
    told = {**TOLD, "gen_ai.usage.reasoning.output_tokens": 7, "gen_ai.usage.total_tokens": 5_040 + 1_200 + 7}

    assert (usage(told).input, usage(told).output) == (6_200, 47)


def test_what_is_besides_once_is_taken_for_cached_tokens() -> None:
    told = {**TOLD, "gen_ai.usage.reasoning.output_tokens": 1_200, "gen_ai.usage.total_tokens": 5_000 + 2_000 + 1_200}

    assert usage({**told, "gen_ai.usage.output_tokens": 2_000}) == Usage(6_200, 2_000, 1_000, 200, 1_200)


counts = st.none() | st.integers(0, 50)


@settings(max_examples=200, deadline=None)
@given(counts, counts, counts, counts, counts, counts, st.sampled_from([NOBODY, Scope(OPENLLMETRY, "0.1")]))
def test_parts_are_never_more_than_the_whole(
    told: int | None,
    output: int | None,
    read: int | None,
    write: int | None,
    reasoning: int | None,
    total: int | None,
    scope: Scope,
) -> None:
    groups = (names.INPUT_TOKENS, names.OUTPUT_TOKENS, names.CACHE_READ, names.CACHE_WRITE, names.REASONING)
    values = (told, output, read, write, reasoning)
    said = {group[0]: value for group, value in zip(groups, values, strict=True)}
    found, reason = usage_of({**said, names.TOTAL_TOKENS[0]: total}, scope)

    assert (found.cache_read or 0) + (found.cache_write or 0) <= (found.input or 0)
    assert (found.reasoning or 0) <= (found.output or 0)
    assert (found.input or 0) >= (told or 0)
    assert (reason is None) is (found.input == told)
