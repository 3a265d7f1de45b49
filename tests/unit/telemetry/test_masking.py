"""What is masked is gone, what is not stays, and JSON is JSON afterwards, as its values are when masked alone."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbill.configuration.models import ContentPattern
from watchbill.telemetry.masking import Masks

CASES = tomllib.loads((Path(__file__).parents[2] / "data" / "masking_cases.toml").read_text())["case"]
MASKS = Masks()
ORDERS = Masks((ContentPattern(name="order", pattern=r"ORD-\d{4,}"), ContentPattern(name="client", pattern="Núñez")))

PRIVATE = (
    "ana@x.com",
    "+34 600 123 456",
    "4111 1111 1111 1111",
    "Bearer abcdef123456",
    "ORD-12345",
    "password=hunter22",
)
HARMLESS = (
    "Hola, ",
    " ",
    "\n",
    '"',
    "\\",
    "{",
    "[1, 2]",
    "1.234,56 €",
    "2026-11-21",
    "é",
    "[email]",
    "a",
    "0",
    "-",
    ":",
    "/",
)
fragments = st.lists(st.sampled_from(PRIVATE + HARMLESS), max_size=8).map("".join)
texts = st.one_of(st.text(max_size=20), fragments)
values = st.recursive(
    st.one_of(texts, st.integers(-(10**18), 10**18), st.booleans(), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["content", "n", "text"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(CASES.index(case)))
def test_a_text_is_masked_as_its_case_says(case: dict[str, str]) -> None:
    text = case["text"].replace("{}", "")

    assert MASKS.text(text) == case.get("out", text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(CASES.index(case)))
def test_what_holds_of_a_text_holds_of_it_in_json_in_json(case: dict[str, str]) -> None:
    text = case["text"].replace("{}", "")
    document = json.dumps({"content": json.dumps([text])})

    assert json.loads(json.loads(MASKS.text(document))["content"]) == [case.get("out", text)]


@settings(max_examples=200)
@given(texts)
def test_what_is_masked_is_not_masked_again(text: str) -> None:
    once = ORDERS.text(text)

    assert ORDERS.text(once) == once


@settings(max_examples=200)
@given(values, st.booleans())
def test_json_is_what_its_values_are_when_they_are_masked_alone(value: Any, ascii_only: bool) -> None:
    document = json.dumps([value], ensure_ascii=ascii_only)

    assert json.loads(ORDERS.text(document)) == ORDERS.masked([value])


@settings(max_examples=200)
@given(values)
def test_a_quick_look_never_overlooks_anything(value: Any) -> None:
    document = json.dumps([value])

    assert ORDERS.may_find(document) or ORDERS.text(document) == document


@settings(max_examples=100)
@given(
    st.sampled_from(PRIVATE),
    st.sampled_from(["", " ", "\n", "«", "(", '"', "\\n"]),
    st.sampled_from(["", " ", ".", ")", '"']),
)
def test_nothing_private_is_left_whatever_stands_beside_it(private: str, before: str, behind: str) -> None:
    masked = ORDERS.text(f"x {before}{private}{behind} y")

    assert private not in masked
    assert masked.startswith("x ")
    assert masked.endswith(" y")


@given(st.lists(st.integers(0, 10**12) | st.floats(0, 10**6), min_size=1, max_size=5))
def test_figures_in_json_stay_as_they_were_written(numbers: list[float]) -> None:
    document = json.dumps({"to": "ana@x.com", "usage": numbers})

    assert MASKS.text(document) == document.replace("ana@x.com", "[email]")


def test_patterns_of_one_s_own_go_first_and_say_their_names() -> None:
    assert ORDERS.text("Pedido ORD-12345 de Núñez, ORD-1") == "Pedido [custom order] de [custom client], ORD-1"
    assert ORDERS.text(json.dumps(["Núñez"])) == '["[custom client]"]'


def test_of_a_pattern_with_a_group_only_the_group_is_masked() -> None:
    masks = Masks((ContentPattern(name="ward", pattern=r"Ward (\d+)"),))

    assert masks.text("Ward 12, bed 7") == "Ward [custom ward], bed 7"


def test_a_pattern_that_finds_masks_does_not_mask_them() -> None:
    masks = Masks((ContentPattern(name="all", pattern="[a-z ]+"),))

    assert masks.text("ana@x.com") == masks.text(masks.text("ana@x.com"))


@pytest.mark.parametrize("pattern", ["(", "a*", "(a{1000}){100}", r"(?=a)b", r"(a)\1", "[a-z]{800}", "x" * 201, ""])
def test_patterns_that_are_none_match_nothing_or_take_long_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"pattern|String"):
        ContentPattern(name="mine", pattern=pattern)
