"""A span's call of a model costs what its tokens cost."""

from datetime import UTC, datetime
from decimal import Decimal

from tests.support.traces import agent, call, listed_price
from watchbill.telemetry.facts import Kind, SpanFacts, Usage
from watchbill.telemetry.fold import fold
from watchbill.telemetry.lineage import united

AT = datetime(2026, 2, 1, tzinfo=UTC)


def cost(model: str | None, usage: Usage, provider: str | None = None) -> Decimal | None:
    return listed_price(SpanFacts(kind=Kind.MODEL, model=model, usage=usage, provider=provider), AT)


def test_cached_tokens_are_parts_of_the_input() -> None:
    whole = cost("gpt-4o", Usage(1_000_000, 0), "openai")
    cached = cost("gpt-4o", Usage(1_000_000, 0, cache_read=400_000), "openai")

    assert whole == Decimal("2.5")
    # 600,000 at 2.50 and 400,000 at 1.25 for a million
    assert cached == Decimal("2.0")


def test_what_is_not_known_has_no_cost() -> None:
    assert cost("nobody-knows", Usage(10, 10)) is None
    assert cost(None, Usage(10, 10)) is None
    assert cost("gpt-4o", Usage()) is None
    assert cost("gpt-4o", Usage(10, 0, cache_read=11)) is None


def test_runs_are_folded_at_these_prices() -> None:
    spans = [agent("a"), call("m1", "a", 1_000, "gpt-4o", provider="openai"), call("m2", "a", 1, "nobody-knows")]
    (run,) = fold(united(spans), listed_price).runs

    # 1,000 tokens in at 2.50 and out at 10 for a million
    assert (run.spent.known_cost, run.spent.cost, run.unpriced) == (Decimal("0.0125"), None, ("nobody-knows",))
