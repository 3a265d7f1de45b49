"""What tokens of a run cost, asked of one model, as campaigns ask."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from watchbill.runs.models import Tokens
from watchbill.telemetry.pricing import cost_of

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
