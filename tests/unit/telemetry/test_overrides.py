"""Prices of an organisation's own: what may be said, and which of them holds."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from watchbill.telemetry.overrides import MAX_TIERS, Override, in_force

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PRICE: dict[str, Any] = {"model": "ours", "input": 1, "output": 2}

owns = st.builds(
    Override,
    model=st.sampled_from(["*", "gpt*", "*t-4o", "gpt-4*", "gpt-4o", "claude*"]),  # none as specific as another
    provider=st.sampled_from([None, "openai", "azure"]),
    since=st.none() | st.dates(date(2026, 11, 17), date(2026, 11, 23)),
    input=st.just(Decimal(1)),
    output=st.just(Decimal(2)),
)


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": ""},
        {"model": "m" * 201},
        {"model": "two words"},
        {"model": "*a*b*c*d*"},
        {"input": -1},
        {"input": "1"},
        {"input": True},
        {"input": float("nan")},
        {"output": float("inf")},
        {"output": None},
        {"cache_read": 10**9 + 1},
        {"batch_share": 0},
        {"batch_share": 1.5},
        {"since": "yesterday"},
        {"provider": ""},
        {"per_thousand": 3},
        {"tiers": [{"above": 0}]},
        {"tiers": [{"above": 10, "per": 1}]},
        {"tiers": [{"above": 20}, {"above": 10}]},
        {"tiers": [{"above": 10}, {"above": 10}]},
        {"tiers": [{"above": n + 1} for n in range(MAX_TIERS + 1)]},
    ],
    ids=str,
)
def test_what_is_no_price_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Override.model_validate(PRICE | wrong)


def test_a_price_of_zero_is_one() -> None:
    free = Override.model_validate(PRICE | {"input": 0, "output": 0})

    assert free.rates(1, batch=False).input == Decimal(0)


def test_the_documentation_s_example_is_a_price() -> None:
    page = Path(__file__).parents[3] / "docs" / "costs.md"
    (example,) = re.findall(r"-d '(\{.*?\})'", page.read_text(), re.DOTALL)

    own = Override.model_validate_json(example)

    assert own.tier_of(200_001) == 200_000
    assert in_force([own], ["gpt-4o-mini"], "azure", NOW) is own


def test_a_float_of_json_is_the_number_that_was_written() -> None:
    assert Override.model_validate_json('{"model": "ours", "input": 0.1, "output": 2.675}').output == Decimal("2.675")


@given(st.lists(owns, max_size=8))
def test_which_one_holds_does_not_depend_on_their_order_unless_they_are_alike(listed: list[Override]) -> None:
    here = in_force(listed, ["gpt-4o"], "openai", NOW)

    assert here == in_force(list(reversed(listed)), ["gpt-4o"], "openai", NOW)


@given(st.lists(owns, max_size=8))
def test_the_one_that_holds_is_meant_has_begun_and_none_alike_is_newer(listed: list[Override]) -> None:
    here = in_force(listed, ["gpt-4o"], "openai", NOW)

    holding = [
        own
        for own in listed
        if own.provider != "azure" and own.model != "claude*" and (own.since or date.min) <= NOW.date()
    ]
    assert (here is None) == (not holding)
    if here is not None:
        alike = [own for own in holding if (own.model, own.provider) == (here.model, here.provider)]
        assert here in holding
        assert all((own.since or date.min) <= (here.since or date.min) for own in alike)


def test_a_pattern_s_marks_are_themselves() -> None:
    own = Override(model="gpt.4o", input=Decimal(1), output=Decimal(1))

    assert in_force([own], ["gpt-4o"], None, NOW) is None
    assert in_force([own], ["GPT.4o".lower()], None, NOW) is own
