"""What holds of every cost: parts and whole, more and less, together and apart; what is not known is never zero."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from genai_prices import Usage, calc_price
from hypothesis import assume, given
from hypothesis import strategies as st

from watchbill.telemetry.costs import Parts, Priced, Rates, Spent, Unknown, money, parts_of, spent, total
from watchbill.telemetry.overrides import Override, Tier
from watchbill.telemetry.pricing import price

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KINDS = ("input", "cache_read", "cache_write", "output", "reasoning")
MODELS = [
    ("openai", "gpt-4"),
    ("openai", "gpt-4o"),
    ("openai", "gpt-5.6-sol"),
    ("anthropic", "claude-sonnet-4-5"),
    ("anthropic", "claude-haiku-5-5"),
    ("google", "gemini-2.5-pro"),
    ("aws", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("aws", "amazon.nova-micro-v1:0"),
    ("perplexity", "sonar-deep-research"),
    ("perplexity", "sonar"),
    ("x-ai", "grok-4.3"),
    ("deepseek", "deepseek-v4-pro"),
    ("mistral", "mistral-large-4"),
]
"""Of every form that prices have: without caches, with them, in tiers, by date, by the hour, by the call."""

counts = st.integers(0, 500_000)
usages = st.builds(Spent, counts, counts, counts, counts, counts)
models = st.sampled_from(MODELS)
times = st.datetimes(datetime(2025, 1, 1), datetime(2026, 11, 20), timezones=st.just(UTC))  # noqa: DTZ001 a bound
rates = st.decimals(0, 1000, places=10)
maybe = st.none() | rates


def cost(tokens: Spent, provider: str, model: str, at: datetime = NOW) -> Decimal:
    """What is known to have a price."""
    known = price(tokens, model, at, provider=provider).cost
    assert known is not None
    return known


def parts(priced: Priced) -> Parts:
    """The parts of what is known to have a price."""
    assert priced.parts is not None
    return priced.parts


@given(usages, models, times)
def test_the_parts_sum_to_the_cost_exactly(tokens: Spent, model: tuple[str, str], at: datetime) -> None:
    priced = price(tokens, model[1], at, provider=model[0])

    apart = [getattr(parts(priced), kind) for kind in (*KINDS, "call")]

    assert priced.cost is not None
    assert Fraction(priced.cost) == sum(map(Fraction, apart))


@given(usages, models, times)
def test_the_list_s_own_calculation_comes_to_the_same(tokens: Spent, model: tuple[str, str], at: datetime) -> None:
    usage = Usage(
        input_tokens=tokens.context,
        cache_read_tokens=tokens.cache_read,
        cache_write_tokens=tokens.cache_write,
        output_tokens=tokens.output + tokens.reasoning,
        output_reasoning_tokens=tokens.reasoning,
    )

    theirs = calc_price(usage, model[1], provider_id=model[0], genai_request_timestamp=at).total_price

    assert cost(tokens, *model, at) == theirs


@given(usages, models, times, st.sampled_from(KINDS), st.integers(1, 300_000))
def test_more_tokens_never_cost_less(
    tokens: Spent, model: tuple[str, str], at: datetime, kind: str, added: int
) -> None:
    counted = {each: getattr(tokens, each) for each in KINDS}

    more = Spent(**{**counted, kind: counted[kind] + added})

    assert cost(more, *model, at) >= cost(tokens, *model, at)


@given(usages, usages, models, times)
def test_two_calls_of_the_same_tier_cost_what_one_of_all_their_tokens_does(
    one: Spent, other: Spent, model: tuple[str, str], at: datetime
) -> None:
    both = Spent(*(getattr(one, kind) + getattr(other, kind) for kind in KINDS))
    first, second, whole = (price(tokens, model[1], at, provider=model[0]) for tokens in (one, other, both))
    assume(first.entry == second.entry == whole.entry)

    apart = total(getattr(parts(priced), kind) for priced in (first, second) for kind in KINDS)

    assert apart == total(getattr(parts(whole), kind) for kind in KINDS)


@given(st.text(max_size=40), st.none() | st.text(max_size=20), usages, st.booleans())
def test_a_cost_is_there_or_else_the_reason_why_not(
    model: str, provider: str | None, tokens: Spent, batch: bool
) -> None:
    priced = price(tokens, model, NOW, provider=provider, batch=batch)

    assert (priced.cost is None) == (priced.unknown is not None) == (priced.entry is None)
    assert priced.reason


@given(st.from_regex(r"our-own-[a-z0-9]{1,20}", fullmatch=True), st.none() | st.sampled_from(["openai", "aws", "acme"]))
def test_what_nobody_has_priced_never_costs_zero(model: str, provider: str | None) -> None:
    for tokens in (Spent(), Spent(input=1), Unknown.NO_TOKENS):
        assert price(tokens, model, NOW, provider=provider).cost is None


@given(counts, counts, counts, counts, counts)
def test_both_conventions_tell_the_same_tokens(fresh: int, read: int, written: int, output: int, thought: int) -> None:
    beside = spent(fresh, output, read, written, thought, cache_apart=True, reasoning_apart=True)
    within = spent(fresh + read + written, output + thought, read, written, thought)

    assert beside == within == Spent(fresh, read, written, output, thought)


@given(usages, rates, rates, maybe, maybe, maybe, st.integers(1, 10**6), st.decimals("0.0000000001", 1, places=10))
def test_an_organisation_s_own_price_is_exact(
    tokens: Spent,
    input: Decimal,
    output: Decimal,
    read: Decimal | None,
    written: Decimal | None,
    thought: Decimal | None,
    above: int,
    share: Decimal,
) -> None:
    own = Override(
        model="*",
        input=input,
        output=output,
        cache_read=read,
        cache_write=written,
        reasoning=thought,
        tiers=(Tier(above=above, input=input * 2),),
        batch_share=share,
    )

    batch = price(tokens, "ours", NOW, batch=True, overrides=[own]).cost

    fresh = input * 2 if tokens.context > above else input
    billed = zip(
        (tokens.input, tokens.cache_read, tokens.cache_write, tokens.output, tokens.reasoning),
        (
            fresh,
            *(fresh if rate is None else rate for rate in (read, written)),
            output,
            output if thought is None else thought,
        ),
        strict=True,
    )
    assert batch is not None
    assert Fraction(batch) == sum(count * Fraction(rate) for count, rate in billed) * Fraction(share) / 10**6


def test_a_sum_is_rounded_once_at_its_end_half_to_even() -> None:
    half = Decimal("0.00000000005")

    assert money(half) + money(half) == 0
    assert money(total([half, half])) == Decimal("0.0000000001")
    assert money(3 * half) == money(5 * half) == Decimal("0.0000000002")


def test_arithmetic_that_would_round_is_refused_rather_than_done() -> None:
    vast = Rates(input=Decimal(f"1.{'1' * 99}"), output=Decimal(0))

    with pytest.raises(ArithmeticError):
        parts_of(Spent(input=11), vast)
