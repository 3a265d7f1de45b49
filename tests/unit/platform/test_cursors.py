"""Cursors open only for the list, and with the secret, they were made for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.platform.cursors import seal, unseal
from watchbill.platform.errors import BadRequest

SECRET = b"s" * 32


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=3), st.text(max_size=20))
def test_a_cursor_opens_for_the_query_it_was_made_for(position: dict[str, str], query: str) -> None:
    assert unseal(seal(position, query, SECRET), query, SECRET) == position


def test_a_cursor_of_another_query_is_refused() -> None:
    with pytest.raises(BadRequest):
        unseal(seal({"a": "b"}, "runs x", SECRET), "runs y", SECRET)


def test_a_cursor_of_another_organisation_is_refused() -> None:
    with pytest.raises(BadRequest):
        unseal(seal({"a": "b"}, "runs", b"t" * 32), "runs", SECRET)


@given(st.integers(0, 60), st.characters(codec="ascii"))
def test_a_cursor_with_any_character_changed_is_refused(index: int, character: str) -> None:
    cursor = seal({"name": "my-agent"}, "agents", SECRET)
    index %= len(cursor) - 1  # the last character holds spare bits
    forged = cursor[:index] + character + cursor[index + 1 :]

    if forged != cursor:
        with pytest.raises(BadRequest):
            unseal(forged, "agents", SECRET)


@given(st.text())
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        unseal(text, "agents", SECRET)
