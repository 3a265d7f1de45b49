"""What calls cost, case by case, against arithmetic that is written out in a file."""

import ast
import tomllib
from datetime import date
from decimal import Decimal
from operator import add, mul, sub, truediv
from pathlib import Path
from typing import Any

import pytest

from watchbill.telemetry.costs import Unknown, spent
from watchbill.telemetry.overrides import Override
from watchbill.telemetry.pricing import price

FILE = Path(__file__).parents[2] / "data" / "cost_cases.toml"
CASES: list[dict[str, Any]] = tomllib.loads(FILE.read_text(), parse_float=Decimal)["case"]
OPERATORS = {ast.Add: add, ast.Sub: sub, ast.Mult: mul, ast.Div: truediv}


def worked_out(arithmetic: str) -> Decimal:
    """What a line of sums and products comes to, each number as it is written."""

    def value(node: ast.expr) -> Decimal:
        if isinstance(node, ast.BinOp):
            return OPERATORS[type(node.op)](value(node.left), value(node.right))
        return Decimal(ast.get_source_segment(arithmetic, node) or "")

    return value(ast.parse(arithmetic, mode="eval").body)


@pytest.mark.parametrize("case", CASES, ids=[case["shows"].replace(" ", "_") for case in CASES])
def test_a_call_costs_what_the_arithmetic_says(case: dict[str, Any]) -> None:
    overrides = [Override.model_validate(override) for override in case.get("overrides", ())]
    told = {kind: case["tokens"].get(kind) for kind in ("input", "output", "cache_read", "cache_write", "reasoning")}
    tokens = spent(
        **told, cache_apart=case.get("cache_apart", False), reasoning_apart=case.get("reasoning_apart", False)
    )

    priced = price(
        tokens,
        case["model"],
        case["at"],
        provider=case.get("provider"),
        batch=case.get("batch", False),
        overrides=overrides,
    )

    if "unknown" in case:
        assert priced.unknown is Unknown[case["unknown"]], priced
        assert priced.cost is None
    else:
        assert worked_out(case["arithmetic"]) == Decimal(case["cost"])
        assert priced.cost == Decimal(case["cost"]), priced.reason


def test_there_are_as_many_cases_as_were_promised_and_each_shows_something_of_its_own() -> None:
    assert len(CASES) >= 150
    assert len({case["shows"] for case in CASES}) == len(CASES)
    assert {case["unknown"] for case in CASES if "unknown" in case} == {reason.name for reason in Unknown}


def test_every_case_is_of_a_time_at_which_the_list_was_kept() -> None:
    assert all(date(2025, 1, 1) <= case["at"].date() <= date(2026, 11, 20) for case in CASES)
