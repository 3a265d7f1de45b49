"""Contents: messages are told one by one, whichever form they came in, and nothing is left out."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.dashboard.contents import Message, messages_of

ASKED = [Message("user", "Which?")]


@pytest.mark.parametrize(
    "value",
    [
        [{"role": "user", "parts": [{"type": "text", "content": "Which?"}]}],
        [{"role": "user", "content": "Which?"}],
        {"role": "user", "content": [{"type": "text", "text": "Which?"}]},
        {"messages": [{"role": "user", "content": "Which?", "name": None}]},
    ],
)
def test_messages_are_told_as_text(value):
    assert messages_of(value) == ASKED
    assert messages_of(json.dumps(value)) == ASKED


def test_what_else_a_message_holds_is_told_too():
    called = {"type": "tool_call", "id": "1", "name": "search", "arguments": {"q": "looms"}}
    (told,) = messages_of([{"role": "assistant", "parts": [{"type": "text", "content": "Let me look."}, called]}])

    assert told.text.startswith("Let me look.\n\n{")
    assert '"q": "looms"' in told.text


def test_what_stands_beside_the_content_is_told_as_well():
    (told,) = messages_of([{"role": "assistant", "content": None, "tool_calls": [{"name": "search"}]}])

    assert (told.role, json.loads(told.text)) == ("assistant", {"tool_calls": [{"name": "search"}]})


@pytest.mark.parametrize("value", ["plain", "[not JSON", '{"a": 1', ""])
def test_text_stays_as_it_is(value):
    assert messages_of(value) == [Message("", value)]


def test_other_values_are_indented():
    assert messages_of('{"b": [1]}') == [Message("", '{\n  "b": [\n    1\n  ]\n}')]
    assert messages_of("[" * 100_000) == [Message("", "[" * 100_000)]


_TEXTS = st.text("abc<&", min_size=1, max_size=5)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 99) | _TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["role", "content", "parts", "type", "text", "messages"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(_JSON)
def test_every_text_in_a_value_is_told_whatever_its_form(value):
    told = " ".join(f"{message.role} {message.text}" for message in messages_of(value))

    assert all(json.dumps(text)[1:-1] in told for text in _texts_in(value))


def _texts_in(value):
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in _texts_in(one)]
