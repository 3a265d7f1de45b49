"""What a run or a span read and wrote, as people read it: messages one by one, all else indented. Pure.

Senders put messages into attributes as JSON, in the forms of OpenTelemetry (`parts`), of providers (`content`) and in
some more. What is not understood is shown as it is: nothing is left out.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """A piece of content. `role` is whose it is, "" where that is not said."""

    role: str
    text: str


def messages_of(value: Any) -> list[Message]:
    """A value as the messages it holds, or as one without a role."""
    unpacked = _unpacked(value)
    if isinstance(unpacked, dict) and list(unpacked) == ["messages"] and isinstance(unpacked["messages"], list):
        unpacked = unpacked["messages"]
    held = unpacked if isinstance(unpacked, list) else [unpacked]
    if held and all(map(_is_message, held)):
        return [Message(str(one["role"]), _text(one)) for one in held]
    return [Message("", written(unpacked))]


def _unpacked(value: Any) -> Any:
    if not (isinstance(value, str) and value.lstrip()[:1] in ("{", "[")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _is_message(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("role"), str) and ("parts" in value) != ("content" in value)


def _text(message: dict[str, Any]) -> str:
    held = message["parts"] if "parts" in message else message["content"]
    rest = {name: one for name, one in message.items() if name not in ("role", "parts", "content") and one}
    parts = [*_parts(held), *([written(rest)] if rest else [])]
    return "\n\n".join(parts)


def written(value: Any, plain: Callable[[Any], Any] = str) -> str:
    """A value of any shape as people read it: text as it is, all else as indented JSON of what `plain` makes of it."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, default=plain)


def _parts(held: Any) -> Iterator[str]:
    for part in held if isinstance(held, list) else [held]:
        if part is not None:
            yield _part(part)


def _part(part: Any) -> str:
    if isinstance(part, dict) and part.get("type") in ("text", "input_text", "output_text", "reasoning"):
        text = part.get("content", part.get("text"))
        others = part.keys() - {"type", "content", "text"}
        if isinstance(text, str) and not others:
            return text
    return written(part)
