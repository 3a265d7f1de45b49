"""What the scripted model says: by the question alone, so that any number of senders may ask at once, in any order."""

from dataclasses import dataclass, field
from typing import Any

TURN_OUTPUT, TURN_REASONING = 40, 16
INPUT, CACHE_READ, CACHE_WRITE = 1_200, 1_000, 150
"""Every answer's tokens. The input has the cached tokens in it; Anthropic and Bedrock are told the rest of it apart."""
FRESH = INPUT - CACHE_READ - CACHE_WRITE


@dataclass(frozen=True)
class Say:
    """A text, which ends the turn."""

    text: str


@dataclass(frozen=True)
class Call:
    """A call of a tool."""

    tool: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Refuse:
    """An answer that is none."""

    status: int
    message: str


Answer = Say | Call | Refuse

SCRIPT: dict[str, tuple[Answer, ...]] = {
    "What is the weather in Paris?": (Call("get_weather", {"city": "Paris"}), Say("It is sunny in Paris.")),
    "Is the barometer well?": (Call("read_barometer"), Say("The barometer is broken.")),
    "Where is it sunny?": (Call("ask_forecaster", {"question": "What is the weather in Paris?"}), Say("In Paris.")),
    "Are you there?": (Say("I am."),),
    "Too much to ask?": (Refuse(429, "Rate limit reached"),),
}
"""By the last thing a user said: the answers, one for each time that the model is asked."""


def answer_to(question: str, results: int) -> Answer:
    """What is said to a question when so many tools have answered since. Who asks what is not in the script fails."""
    for asked, answers in SCRIPT.items():
        if asked in question:
            return answers[min(results, len(answers) - 1)]
    return Refuse(400, f"the script has no {question!r}")
