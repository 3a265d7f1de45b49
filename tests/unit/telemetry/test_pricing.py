"""What a call costs, by which price; and what tokens of a run cost, as campaigns ask."""

from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.metadata import version

import pytest

from watchbill.runs.models import Tokens
from watchbill.telemetry.costs import Entry, Source, Spent
from watchbill.telemetry.facts import Kind, SpanFacts, Usage
from watchbill.telemetry.overrides import Override
from watchbill.telemetry.pricing import cost_of, price, price_of_span

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("model", "tokens", "cost"),
    [
        # 350 * 30 + 2 200 * 60 USD per million
        ("gpt-4", Tokens(input=350, output=2200), "0.1425"),
        # 1 000 * 3 + 1 000 * 15 USD per million
        ("claude-sonnet-4-0", Tokens(input=1000, output=1000), "0.018"),
        # of 1 000 read, 900 from the cache at a tenth: 100 * 3 + 900 * 0.3
        ("claude-sonnet-4-0", Tokens(input=1000, output=0, cache_read=900), "0.00057"),
        # 1 000 * 0.06 + 1 000 * 0.24, by its id of Amazon Bedrock
        ("amazon.nova-lite-v1:0", Tokens(input=1000, output=1000), "0.0003"),
        ("gpt-4", Tokens(input=0, output=0), "0"),
    ],
    ids=["gpt-4", "claude", "cached", "bedrock", "none"],
)
def test_tokens_cost_what_the_list_says(model: str, tokens: Tokens, cost: str) -> None:
    assert cost_of(tokens, model, AT) == Decimal(cost)


def test_what_an_unknown_model_costs_is_not_known() -> None:
    assert cost_of(Tokens(input=350, output=2200), "our-own-model", AT) is None


def test_tokens_of_which_only_the_sum_is_told_have_no_cost() -> None:
    assert cost_of(Tokens(total=2550), "gpt-4", AT) is None


def test_a_cost_says_by_which_entry_of_the_list_and_since_when() -> None:
    priced = price(Spent(input=300_000), "gpt-5.6-sol", datetime(2026, 9, 1, tzinfo=UTC), provider="openai")

    assert priced.entry == Entry(
        Source.LIST, "openai", "gpt-5.6-sol", date(2026, 8, 21), above=272_000, version=version("genai-prices")
    )
    assert priced.reason == (
        f"genai-prices {version('genai-prices')}, openai gpt-5.6-sol, since 2026-08-21, above 272000 tokens"
    )


def test_a_cost_says_by_which_price_of_the_organisation_s_own() -> None:
    own = Override(model="our-*", provider="ollama", since=date(2026, 3, 1), input=Decimal(1), output=Decimal(2))

    priced = price(Spent(input=1), "our-model", AT, provider="ollama", batch=True, overrides=[own])

    assert priced.entry == Entry(Source.OVERRIDE, "ollama", "our-*", date(2026, 3, 1), batch=True)
    assert priced.reason == "the organisation's own price, ollama our-*, since 2026-03-01, batch"


def test_a_call_by_an_arn_says_the_region_of_it() -> None:
    arn = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-pro-v1:0"

    entry = price(Spent(input=1), arn, AT).entry

    assert entry == Entry(
        Source.LIST, "aws", "amazon.nova-pro-v1:0", version=version("genai-prices"), region="eu-west-1"
    )


def test_what_is_not_known_is_said_with_the_name_that_the_sender_gave() -> None:
    priced = price(Spent(input=1), "Our-Own-Model", AT, provider="openai")

    assert (priced.cost, priced.about) == (None, "Our-Own-Model")
    assert priced.reason == "the list of prices has no such model: 'Our-Own-Model'"


def test_a_provider_that_is_not_known_is_named() -> None:
    assert price(Spent(input=1), "gpt-oss:20b", AT, provider="Ollama").reason == (
        "the list of prices has no such provider: 'ollama'"
    )


def test_a_span_s_call_is_priced_by_what_the_span_tells() -> None:
    # of 1 000 read, 900 from the cache: 100 * 3.3 + 900 * 0.33, and 40 * 16.5 USD per million
    model = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
    usage = Usage(input=1000, output=40, cache_read=900, reasoning=30)
    told = SpanFacts(kind=Kind.MODEL, provider="aws.bedrock", model=model, usage=usage)

    assert price_of_span(told, AT).cost == Decimal("0.001287")


def test_a_span_that_tells_no_tokens_has_no_cost() -> None:
    assert price_of_span(SpanFacts(kind=Kind.MODEL, provider="openai", model="gpt-4"), AT).cost is None


def test_a_span_s_call_is_priced_by_the_organisation_s_own_price() -> None:
    own = Override(model="ours", input=Decimal(1), output=Decimal(2))
    told = SpanFacts(kind=Kind.MODEL, model="ours", usage=Usage(input=1000, output=100))

    assert price_of_span(told, AT, [own]).cost == Decimal("0.0012")
