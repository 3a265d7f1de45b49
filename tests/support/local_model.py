"""A language model on this machine, as llama.cpp or Ollama serve one: OpenAI's chat completions."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.integration.client.server import Reply, Seen, serving


@dataclass
class LocalModel:
    """Answers with the `answers` it is told, one after the other: each the fields of the first tool that it is offered.

    With nothing to say it is out of order.
    """

    url: str = ""
    answers: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, request: Seen) -> Reply:
        """Answer a request."""
        self.asked.append(request.json)
        if not self.answers:
            return Reply(503, {"error": {"message": "nothing to say"}})
        name = request.json["tools"][0]["function"]["name"]
        call = {"name": name, "arguments": json.dumps(self.answers.pop(0))}
        message = {"role": "assistant", "tool_calls": [{"id": "call-1", "type": "function", "function": call}]}
        return Reply(200, {"choices": [{"message": message}], "usage": {"prompt_tokens": 200, "completion_tokens": 80}})


@contextmanager
def local_model() -> Iterator[LocalModel]:
    """A model that listens while the block runs."""
    model = LocalModel()
    with serving(model.answer) as url:
        model.url = url
        yield model
