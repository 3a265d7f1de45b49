"""Reading the body of a request strictly: bounded in size and depth, UTF-8, and JSON with only one meaning."""

import base64
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pydantic_core

from watchbill.platform.errors import BadRequest, PayloadTooLarge, UnsupportedMediaType

MAX_BYTES = 5_000_000
MAX_DEPTH = 32


def as_json(event: dict[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    """A request whose body is JSON, or says nothing else, as it is; text of the types in `texts` becomes an object.

    `texts` names for each type the field that has the text. Raises PayloadTooLarge, UnsupportedMediaType for a body of
    another type, BadRequest for text that is not UTF-8.
    """
    if _size(event) > MAX_BYTES:
        raise PayloadTooLarge(f"a body has at most {MAX_BYTES:,} bytes")
    content_type = (event.get("headers") or {}).get("content-type", "application/json").split(";")[0].strip().lower()
    if not event.get("body") or content_type == "application/json":
        return event
    if content_type not in texts:
        raise UnsupportedMediaType(f"the body must be {' or '.join(['application/json', *texts])}")
    try:
        text = content(event).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequest(f"the text is not UTF-8: {error.reason} at byte {error.start:,}") from error
    return {**event, "body": json.dumps({texts[content_type]: text}), "isBase64Encoded": False}


def content(event: dict[str, Any]) -> bytes:
    """The bytes of the body."""
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogatepass")


def parsed(body: bytes) -> dict[str, Any]:
    """The object a body holds. Raises BadRequest."""
    if not body.strip():
        raise BadRequest("the request needs a JSON body")
    try:
        value = pydantic_core.from_json(body, allow_inf_nan=False)
        # Others take the first of two values of one name, or the last; nobody can know which one was meant.
        json.loads(body, object_pairs_hook=_with_distinct_names)
    except ValueError as error:
        raise BadRequest(f"the body is not JSON: {error}") from error
    if not isinstance(value, dict):
        # Powertools would take the first of an array for the whole.
        raise BadRequest("the body must be a JSON object")
    _check_values(value)
    return value


def _size(event: dict[str, Any]) -> int:
    body = event.get("body") or ""
    return len(body) * 3 // 4 if event.get("isBase64Encoded") else len(body.encode("utf-8", "surrogatepass"))


def _with_distinct_names(pairs: list[tuple[str, Any]]) -> None:
    counts = Counter(name for name, _ in pairs)
    if len(counts) < len(pairs):
        raise ValueError(f"an object names {counts.most_common(1)[0][0][:100]!r} twice")


def _check_values(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise BadRequest(f"the body is nested deeper than {MAX_DEPTH} levels")
        # A number such as 1e400 is beyond what a float holds, and would be infinite from here on.
        if any(isinstance(inner, float) and math.isinf(inner) for inner in level):
            raise BadRequest("the body holds a number that is too large")
        level = [inner for outer in level if isinstance(outer, dict | list) for inner in _children(outer)]


def _children(value: dict[str, Any] | list[Any]) -> Sequence[Any]:
    return list(value.values()) if isinstance(value, dict) else value
