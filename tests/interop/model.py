"""A language model on the loopback interface with fixed answers, in the words of four APIs, streamed or at once.

OpenAI's chat completions and responses, Anthropic's messages, Amazon Bedrock's Converse.
"""

import binascii
import itertools
import json
import re
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

from tests.integration.client.server import Reply, Seen, serving
from tests.interop.script import (
    CACHE_READ,
    CACHE_WRITE,
    FRESH,
    INPUT,
    TURN_OUTPUT,
    TURN_REASONING,
    Answer,
    Call,
    Refuse,
    Say,
    answer_to,
)

Json = dict[str, Any]
_EVENTS = {"Content-Type": "text/event-stream"}
_TOTAL = INPUT + TURN_OUTPUT
_NUMBERS = itertools.count(1)


@contextmanager
def scripted_model() -> Iterator[str]:
    """A model that listens while the block runs; yields its URL."""
    with serving(_answer) as url:
        yield url


def _answer(request: Seen) -> Reply:
    for path, answer in _APIS.items():
        if found := re.fullmatch(path, request.path):
            return answer(request.json, *map(unquote, found.groups()))
    return Reply(404, {"error": {"message": f"nothing is at {request.path}"}})


def _refusal(answer: Refuse, body: Json, **headers: str) -> Reply:
    return Reply(answer.status, body, {"x-should-retry": "false", **headers})


def _sse(events: Iterable[Json | str], named: bool) -> Reply:
    lines = []
    for event in events:
        name = f"event: {event['type']}\n" if named and isinstance(event, dict) else ""
        lines.append(f"{name}data: {event if isinstance(event, str) else json.dumps(event)}\n\n")
    return Reply(200, "".join(lines).encode(), _EVENTS)


def _text(content: Any) -> str:
    """The text of a message, which every API has plain or in parts."""
    if isinstance(content, str):
        return content
    return " ".join(str(part["text"]) for part in content or [] if isinstance(part.get("text"), str))


def _last(messages: list[Json], is_question: Callable[[Json], bool], results: Callable[[Json], int]) -> Answer:
    """The answer to the last question in a conversation and to the results of tools behind it."""
    at = max((i for i, message in enumerate(messages) if is_question(message)), default=0)
    return answer_to(_text(messages[at].get("content")), sum(results(message) for message in messages[at + 1 :]))


# OpenAI's chat completions


def _chat(request: Json) -> Reply:
    answer = _last(request["messages"], lambda one: one["role"] == "user", lambda one: one["role"] == "tool")
    if isinstance(answer, Refuse):
        return _refusal(answer, {"error": {"message": answer.message, "type": "requests", "code": "rate_limit"}})
    whole = {"id": f"chatcmpl-{next(_NUMBERS)}", "created": 1_770_000_000, "model": request["model"]}
    usage = {
        "prompt_tokens": INPUT,
        "completion_tokens": TURN_OUTPUT,
        "total_tokens": _TOTAL,
        "prompt_tokens_details": {"cached_tokens": CACHE_READ},
        "completion_tokens_details": {"reasoning_tokens": TURN_REASONING},
    }
    message, reason = _chat_message(answer)
    if not request.get("stream"):
        choice = {"index": 0, "message": message, "finish_reason": reason}
        return Reply(200, {**whole, "object": "chat.completion", "choices": [choice], "usage": usage})
    chunk = {**whole, "object": "chat.completion.chunk"}
    calls = [{**call, "index": i} for i, call in enumerate(message.get("tool_calls", []))]
    delta = {**message, "tool_calls": calls} if calls else message
    events: list[Json | str] = [
        {**chunk, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
        {**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]},
    ]
    if (request.get("stream_options") or {}).get("include_usage"):
        events.append({**chunk, "choices": [], "usage": usage})
    return _sse([*events, "[DONE]"], named=False)


def _chat_message(answer: Say | Call) -> tuple[Json, str]:
    if isinstance(answer, Say):
        return {"role": "assistant", "content": answer.text}, "stop"
    function = {"name": answer.tool, "arguments": json.dumps(answer.arguments)}
    calls = [{"id": "call_1", "type": "function", "function": function}]
    return {"role": "assistant", "content": None, "tool_calls": calls}, "tool_calls"


# OpenAI's responses


def _responses(request: Json) -> Reply:
    said = request["input"]
    messages = [{"role": "user", "content": said}] if isinstance(said, str) else said
    answer = _last(
        messages, lambda one: one.get("role") == "user", lambda one: one.get("type") == "function_call_output"
    )
    if isinstance(answer, Refuse):
        return _refusal(answer, {"error": {"message": answer.message, "type": "requests", "code": "rate_limit"}})
    whole = {
        "id": f"resp_{next(_NUMBERS)}",
        "object": "response",
        "created_at": 1_770_000_000,
        "model": request["model"],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "status": "completed",
        "output": [_output(answer)],
        "usage": {
            "input_tokens": INPUT,
            "output_tokens": TURN_OUTPUT,
            "total_tokens": _TOTAL,
            "input_tokens_details": {"cached_tokens": CACHE_READ, "cache_write_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": TURN_REASONING},
        },
    }
    if not request.get("stream"):
        return Reply(200, whole)
    return _sse(_response_events(whole), named=True)


def _output(answer: Say | Call) -> Json:
    if isinstance(answer, Say):
        part = {"type": "output_text", "text": answer.text, "annotations": []}
        return {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    arguments = json.dumps(answer.arguments)
    named = {"call_id": "call_1", "name": answer.tool, "arguments": arguments}
    return {"id": "fc_1", "type": "function_call", "status": "completed", **named}


def _response_events(whole: Json) -> Iterator[Json]:
    (item,) = whole["output"]
    place = {"output_index": 0, "item_id": item["id"]}
    events: list[Json] = [
        {"type": "response.created", "response": {**whole, "status": "in_progress", "output": [], "usage": None}},
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "status": "in_progress"}},
    ]
    if item["type"] == "message":
        text = {"type": "response.output_text.delta", "content_index": 0, "delta": item["content"][0]["text"]}
        events.append({**text, **place, "logprobs": []})
    events += [
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": whole},
    ]
    return ({**event, "sequence_number": number} for number, event in enumerate(events))


# Anthropic's messages


def _messages(request: Json) -> Reply:
    answer = _last(request["messages"], _asks, _results("tool_result", "type"))
    if isinstance(answer, Refuse):
        error = {"type": "rate_limit_error", "message": answer.message}
        return _refusal(answer, {"type": "error", "error": error})
    block, reason = _block(answer)
    usage = {
        "input_tokens": FRESH,
        "cache_read_input_tokens": CACHE_READ,
        "cache_creation_input_tokens": CACHE_WRITE,
        "output_tokens": TURN_OUTPUT,
    }
    whole = {
        "id": f"msg_{next(_NUMBERS)}",
        "type": "message",
        "role": "assistant",
        "model": request["model"],
        "stop_sequence": None,
    }
    if not request.get("stream"):
        return Reply(200, {**whole, "content": [block], "stop_reason": reason, "usage": usage})
    begun = {**whole, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}}
    return _sse(
        [
            {"type": "message_start", "message": begun},
            *_block_events(block),
            {
                "type": "message_delta",
                "delta": {"stop_reason": reason, "stop_sequence": None},
                "usage": {"output_tokens": TURN_OUTPUT},
            },
            {"type": "message_stop"},
        ],
        named=True,
    )


def _asks(message: Json) -> bool:
    """Whether a user says something, and does not only hand over what tools have answered."""
    return message["role"] == "user" and bool(_text(message["content"]))


def _results(kind: str, name: str) -> Callable[[Json], int]:
    def count(message: Json) -> int:
        content = message["content"]
        return 0 if isinstance(content, str) else sum(part.get(name) == kind or kind in part for part in content)

    return count


def _block(answer: Say | Call) -> tuple[Json, str]:
    if isinstance(answer, Say):
        return {"type": "text", "text": answer.text}, "end_turn"
    return {"type": "tool_use", "id": "toolu_1", "name": answer.tool, "input": answer.arguments}, "tool_use"


def _block_events(block: Json) -> list[Json]:
    if block["type"] == "text":
        begun, delta = {**block, "text": ""}, {"type": "text_delta", "text": block["text"]}
    else:
        begun = {**block, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
    return [
        {"type": "content_block_start", "index": 0, "content_block": begun},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
    ]


# Amazon Bedrock's Converse and ConverseStream


def _converse(request: Json, _model: str) -> Reply:
    answer = _converse_answer(request)
    if isinstance(answer, Refuse):
        return _refusal(answer, {"message": answer.message}, **{"x-amzn-errortype": "ThrottlingException"})
    content, reason = _converse_content(answer)
    message = {"role": "assistant", "content": [content]}
    whole = {"output": {"message": message}, "stopReason": reason, "metrics": {"latencyMs": 12}}
    return Reply(200, {**whole, "usage": _CONVERSE_USAGE})


def _converse_stream(request: Json, _model: str) -> Reply:
    answer = _converse_answer(request)
    if isinstance(answer, Refuse):
        return _refusal(answer, {"message": answer.message}, **{"x-amzn-errortype": "ThrottlingException"})
    content, reason = _converse_content(answer)
    if isinstance(answer, Say):
        begun, delta = {}, {"text": answer.text}
    else:
        use = content["toolUse"]
        begun = {"toolUse": {"toolUseId": use["toolUseId"], "name": use["name"]}}
        delta = {"toolUse": {"input": json.dumps(use["input"])}}
    events: list[tuple[str, Json]] = [
        ("messageStart", {"role": "assistant"}),
        *([("contentBlockStart", {"contentBlockIndex": 0, "start": begun})] if begun else []),
        ("contentBlockDelta", {"contentBlockIndex": 0, "delta": delta}),
        ("contentBlockStop", {"contentBlockIndex": 0}),
        ("messageStop", {"stopReason": reason}),
        ("metadata", {"usage": _CONVERSE_USAGE, "metrics": {"latencyMs": 12}}),
    ]
    frames = b"".join(_frame(name, event) for name, event in events)
    return Reply(200, frames, {"Content-Type": "application/vnd.amazon.eventstream"})


_CONVERSE_USAGE = {
    "inputTokens": FRESH,
    "outputTokens": TURN_OUTPUT,
    "totalTokens": _TOTAL,
    "cacheReadInputTokens": CACHE_READ,
    "cacheWriteInputTokens": CACHE_WRITE,
}


def _converse_answer(request: Json) -> Answer:
    return _last(request["messages"], _asks, _results("toolResult", "kind"))


def _converse_content(answer: Say | Call) -> tuple[Json, str]:
    if isinstance(answer, Say):
        return {"text": answer.text}, "end_turn"
    use = {"toolUseId": "tooluse_1", "name": answer.tool, "input": answer.arguments}
    return {"toolUse": use}, "tool_use"


def _frame(event: str, payload: Json) -> bytes:
    """One message of AWS's event stream: lengths, their checksum, headers, payload, the checksum of it all."""
    headers = {":event-type": event, ":content-type": "application/json", ":message-type": "event"}
    named = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for name, value in headers.items()
    )
    body = json.dumps(payload).encode()
    prelude = struct.pack(">II", 16 + len(named) + len(body), len(named))
    message = prelude + struct.pack(">I", binascii.crc32(prelude)) + named + body
    return message + struct.pack(">I", binascii.crc32(message))


_APIS: dict[str, Callable[..., Reply]] = {
    "/v1/chat/completions": _chat,
    "/v1/responses": _responses,
    "/v1/messages": _messages,
    "/model/([^/]+)/converse": _converse,
    "/model/([^/]+)/converse-stream": _converse_stream,
}
