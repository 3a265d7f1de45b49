"""Values are written as the library writes them, and read as they were."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from watchbill.platform.items import to_item, to_raw

_NUMBERS = st.one_of(
    st.integers(-(10**38) + 1, 10**38 - 1),
    st.decimals(-(10**20), 10**20, allow_nan=False, allow_infinity=False, places=10),
)
_VALUES = st.recursive(
    st.one_of(st.text(), _NUMBERS, st.binary(), st.booleans(), st.none()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
_library = TypeSerializer().serialize


@given(st.dictionaries(st.text(min_size=1), _VALUES, max_size=5))
def test_values_are_written_as_the_library_writes_them_and_read_as_they_were(item: dict[str, Any]) -> None:
    raw = to_raw(item)

    assert raw == {name: _library(value) for name, value in item.items() if value is not None}
    of_an_item = {name: value for name, value in raw.items() if name not in ("pk", "sk", "cause")}
    assert to_item(raw) == {name: item[name] for name in of_an_item}


@pytest.mark.parametrize(
    ("written", "read"),
    [("12", 12), ("-3", -3), ("0", 0), ("1.0", Decimal("1.0")), ("1E+3", Decimal("1E+3")), ("-0.5", Decimal("-0.5"))],
    ids=str,
)
def test_a_number_is_whole_when_it_is_written_so(written: str, read: int | Decimal) -> None:
    found = to_item({"n": {"N": written}})["n"]

    assert (found, type(found)) == (read, type(read))


@pytest.mark.parametrize(
    "number", [10**38, Decimal("1." + "1" * 40), float("nan")], ids=["integer", "decimal", "float"]
)
def test_a_number_that_would_lose_digits_is_refused(number: Any) -> None:
    with pytest.raises((TypeError, ArithmeticError)):
        to_raw({"n": number})
