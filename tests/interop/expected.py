"""The runs that must come of what the senders ask: who ran, under whom, with which tools, at which cost."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from tests.interop.running import SERVICE, VERSION
from tests.interop.script import CACHE_READ, CACHE_WRITE, INPUT, TURN_OUTPUT, TURN_REASONING


class Used(NamedTuple):
    """Tokens, as every run has them: cached ones are part of the input, reasoning is part of the output."""

    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    reasoning: int | None = None


@dataclass(frozen=True)
class Ran:
    """A run, as far as every sender must have it told."""

    session: str | None
    agent: str
    models: tuple[str, ...]
    tools: tuple[str, ...]
    used: Used
    cost: Decimal | None
    status: str = "completed"
    parent: str | None = None
    """The agent of the run that it was part of."""
    user: str | None = None
    version: str = VERSION


@dataclass(frozen=True)
class Answer:
    """What one answer of a model uses, and what it costs in US dollars."""

    model: str
    cost: Decimal
    used: Used

    def run(self, session: str | None, agent: str, *tools: str, answers: int = 2, parent: str | None = None) -> Ran:
        """A run that had so many of these answers."""
        used = Used(*(count and answers * count for count in self.used))
        return Ran(session, agent, (self.model,), tools, used, answers * self.cost, parent=parent)


_OPENAI = Used(INPUT, TURN_OUTPUT, CACHE_READ, None, TURN_REASONING)
_CLAUDE = Used(INPUT, TURN_OUTPUT, CACHE_READ, CACHE_WRITE)
_BEDROCK = "us.anthropic.claude-{}-v1:0"

# In millionths: 200 new and 1,000 cached tokens, of Claude's new ones 150 written to the cache, 40 out.
GPT = Answer("gpt-4.1", Decimal("0.001220"), _OPENAI)  # 200 * 2 + 1,000 * 0.50 + 40 * 8
GPT_MINI = Answer("gpt-4.1-mini", Decimal("0.000244"), _OPENAI)  # 200 * 0.40 + 1,000 * 0.10 + 40 * 1.60
GPT_5 = Answer("gpt-5", Decimal("0.000775"), _OPENAI)  # 200 * 1.25 + 1,000 * 0.125 + 40 * 10
CLAUDE = Answer("claude-sonnet-5", Decimal("0.001075"), _CLAUDE)  # 50 * 2 + 1,000 * 0.20 + 150 * 2.50 + 40 * 10
# In a region of AWS: 50 * 3.30 + 1,000 * 0.33 + 150 * 4.125 + 40 * 16.50, and a third of it.
SONNET = Answer(_BEDROCK.format("sonnet-4-5-20250929"), Decimal("0.00177375"), _CLAUDE)
HAIKU = Answer(_BEDROCK.format("haiku-4-5-20251001"), Decimal("0.00059125"), _CLAUDE)

_WEATHER, _BAROMETER, _FORECASTER = "get_weather", "read_barometer", "ask_forecaster"
_BOSS, _HELPER, _GREETER = "meteorologist", "forecaster", "greeter"


def _delegated(of: str, answer: Answer, helpers: Answer) -> list[Ran]:
    return [answer.run(of, _BOSS, _FORECASTER), helpers.run(of, _HELPER, _WEATHER, parent=_BOSS)]


def _refused(session: str = "refused") -> Ran:
    return Ran(session, _BOSS, (GPT.model,), (), Used(), None, "failed")


def _station(answer: Answer, helpers: Answer) -> list[Ran]:
    """What everybody asks: with a tool, with one that breaks, through another agent, too much."""
    return [
        answer.run("asked", _BOSS, _WEATHER),
        answer.run("broken", _BOSS, _BAROMETER),
        *_delegated("delegated", answer, helpers),
        _refused(),
    ]


def _graphs(answer: Answer, helpers: Answer, greeter: str) -> list[Ran]:
    return [
        answer.run("langchain", _BOSS, _WEATHER),
        answer.run("langchain-streamed", _BOSS, _WEATHER),
        *_delegated("langchain-delegated", answer, helpers),
        _refused("langchain-refused"),
        answer.run("langgraph", greeter, answers=1),
    ]


def _greetings(agent: str, bedrock: Answer = SONNET, openai: Answer = GPT_5) -> list[Ran]:
    asked = {"anthropic": CLAUDE, "anthropic-streamed": CLAUDE, "bedrock": bedrock, "responses": openai}
    return [answer.run(session, agent, answers=1) for session, answer in asked.items()]


def _without_reasoning(answer: Answer) -> Answer:
    return replace(answer, used=answer.used._replace(reasoning=None))


def _of_ann(runs: list[Ran]) -> list[Ran]:
    return [replace(run, user="ann") for run in runs]


_GREETED = GPT.run("greeted", _GREETER, _WEATHER, answers=1)

_OPENTELEMETRY = [
    *_station(GPT, GPT),
    _GREETED,
    GPT.run("streamed", _BOSS, _WEATHER),
    GPT.run(None, SERVICE, answers=1),
]
_PYDANTIC_AI = [
    *_station(GPT, GPT_MINI),
    *(GPT.run(of, _BOSS, _WEATHER) for of in ("streamed", "version-2", "version-3", "version-4", "version-6")),
    GPT_5.run("responses", _BOSS, _WEATHER),
    *(CLAUDE.run(of, _BOSS, _WEATHER) for of in ("anthropic", "anthropic-streamed")),
    *(SONNET.run(of, _BOSS, _WEATHER) for of in ("bedrock", "bedrock-streamed")),
]
_STRANDS = _of_ann(
    [
        *_station(SONNET, HAIKU),
        *(SONNET.run(of, _BOSS, _WEATHER) for of in ("asked", "at-once")),
        _without_reasoning(GPT).run("openai", _BOSS, _WEATHER),
    ]
)
_OPENLLMETRY = _of_ann(
    [
        _GREETED,
        *_station(GPT, GPT),
        _without_reasoning(GPT).run("streamed", _BOSS, _WEATHER),
        GPT.run("workflow", "weather-report", _WEATHER),
        *_greetings(_GREETER, replace(SONNET, model=SONNET.model.removeprefix("us.anthropic."))),
        *_graphs(_without_reasoning(GPT), _without_reasoning(GPT_MINI), _GREETER),
    ]
)
_OPENINFERENCE = _of_ann(
    [
        _GREETED,
        *(run if run.status == "completed" else replace(run, models=()) for run in _station(GPT, GPT)),
        GPT.run("streamed", _BOSS, _WEATHER),
        GPT.run("workflow", SERVICE, _WEATHER),
        *_greetings(SERVICE, openai=replace(GPT_5, used=GPT_5.used._replace(cache_write=0))),
        *_graphs(GPT, GPT_MINI, SERVICE),
    ]
)
EXPECTED = {
    "opentelemetry": _OPENTELEMETRY,
    "opentelemetry-json": _OPENTELEMETRY,
    "pydantic-ai": _PYDANTIC_AI,
    "pydantic-ai-1": [*(GPT.run(f"version-{number}", _BOSS, _WEATHER) for number in (1, 2, 5)), _refused()],
    "strands": _STRANDS,
    "strands-latest": _STRANDS,
    "openllmetry": _OPENLLMETRY,
    "openinference": _OPENINFERENCE,
}
"""By sender."""


def in_order(runs: list[Ran]) -> list[Ran]:
    """Runs in an order that does not depend on when they came."""
    return sorted(runs, key=lambda run: (run.session or "", run.parent or "", run.agent))
