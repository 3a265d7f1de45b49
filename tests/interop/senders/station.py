"""A weather station, for senders without agents of their own: OpenAI is asked, its tools called, until it ends."""

import contextlib
import json

import openai

QUESTION = "What is the weather in Paris?"
STREAMED = {"stream": True, "stream_options": {"include_usage": True}}


def get_weather(city):
    return f"Sunny in {city}"


def read_barometer():
    raise RuntimeError("the needle is stuck")


def converse(question, tools, **options):
    """What the model says in the end; `tools` by their names."""
    messages = [{"role": "user", "content": question}]
    offered = [{"type": "function", "function": {"name": name, "parameters": _NO_PARAMETERS}} for name in tools]
    while True:
        answer = openai.OpenAI().chat.completions.create(model="gpt-4.1", messages=messages, tools=offered, **options)
        message = _message(answer, **options)
        if not message.get("tool_calls"):
            return message["content"]
        messages += [message, *(_result(call, tools) for call in message["tool_calls"])]


def refused(ask):
    """Ask for more than the model has to give."""
    with contextlib.suppress(openai.RateLimitError):
        ask("Too much to ask?")


_NO_PARAMETERS = {"type": "object", "properties": {}}


def _message(answer, stream=False, **_):
    if not stream:
        return answer.choices[0].message.model_dump(exclude_none=True)
    said = [part.choices[0].delta.model_dump(exclude_none=True) for part in answer if part.choices]
    return said[0]


def _result(call, tools):
    function = call["function"]
    try:
        result = tools[function["name"]](**json.loads(function["arguments"]))
    except RuntimeError as error:
        result = str(error)
    return {"role": "tool", "tool_call_id": call["id"], "content": result}
