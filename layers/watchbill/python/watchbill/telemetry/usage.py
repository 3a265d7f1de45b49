"""The tokens that a span tells of, in one convention: input includes cached tokens, output includes reasoning.

That is what OpenTelemetry's conventions ask for (open-telemetry/semantic-conventions pull request 3163), OpenAI and
Google count so, and so do today's OpenInference, pydantic-ai, Strands and OpenLLMetry for Anthropic, which add up what
Anthropic itself tells apart. Who does not is found out in three ways, the surest first:

- by what cannot be otherwise: a part is not larger than the whole;
- by the total, where a sender tells it: Bedrock's counts cached tokens even where its input does not (Strands before it
  added them itself: `strands.telemetry.metrics._total_prompt_tokens`), and some count reasoning beside the output;
- by who sends, for those whose total is only the sum of the two: `_EXCLUDING`, and whoever hands on the fields of
  Anthropic's API by their own names (Claude Code: `input_tokens`, documented as the API's usage block).
"""

import re
from typing import NamedTuple

from packaging.version import InvalidVersion, Version

from watchbill.telemetry import names
from watchbill.telemetry.facts import Usage
from watchbill.telemetry.spans import Attributes, Scope, Value

_MOST = 10**15
_DIGITS = re.compile("[0-9]{1,16}")
_ANTHROPIC_INPUT = "input_tokens"

_EXCLUDING = {
    # Bedrock's inputTokens as it is: https://github.com/traceloop/openllmetry/issues/4449, seen in its source.
    "opentelemetry.instrumentation.bedrock": Version("0.62.4"),
    # The same: open-telemetry/opentelemetry-python-contrib pull request 4615, `extensions/bedrock.py`.
    "opentelemetry.instrumentation.botocore.bedrock-runtime": Version("0.66b2"),
}
"""Instrumentations whose input lacks cached tokens, with the last version that was looked at: a later one may have
been mended, and is judged by its figures alone."""


class Counted(NamedTuple):
    """The tokens of a span, and why cached tokens were added to the input that the sender told, where they were."""

    usage: Usage
    normalised: str | None = None


def usage_of(attributes: Attributes, scope: Scope) -> Counted:
    """What a span says of tokens."""
    told, name = _count(attributes, names.INPUT_TOKENS)
    output, _ = _count(attributes, names.OUTPUT_TOKENS)
    total, _ = _count(attributes, names.TOTAL_TOKENS)
    read, _ = _count(attributes, names.CACHE_READ)
    write, _ = _count(attributes, names.CACHE_WRITE)
    reasoning, _ = _count(attributes, names.REASONING)
    cached = (read or 0) + (write or 0)
    beside = None if total is None else total - (told or 0) - (output or 0)
    why = _why_beside(told or 0, cached, beside, reasoning or 0) or _why_known(name, scope)
    if reasoning and _reasoning_beside(output, reasoning, beside, cached):
        output = (output or 0) + reasoning
    if not cached or why is None:
        return Counted(Usage(told, output, read, write, reasoning))
    return Counted(Usage((told or 0) + cached, output, read, write, reasoning), why)


def count(value: Value) -> int | None:
    """A number of tokens: an integer that is not negative, also as text or as a float that has no fraction."""
    if (isinstance(value, str) and _DIGITS.fullmatch(value)) or (isinstance(value, float) and value.is_integer()):
        value = int(value)
    return value if type(value) is int and 0 <= value <= _MOST else None


def _count(attributes: Attributes, candidates: tuple[str, ...]) -> tuple[int | None, str]:
    for name in candidates:
        if name in attributes and (found := count(attributes[name])) is not None:
            return found, name
    return None, ""


def _why_beside(told: int, cached: int, beside: int | None, reasoning: int) -> str | None:
    if cached > told:
        return "more tokens are cached than the input has"
    if beside in (cached, cached + reasoning):
        return "the total counts cached tokens besides the input"
    return None


def _why_known(name: str, scope: Scope) -> str | None:
    if name == _ANTHROPIC_INPUT:
        return "Anthropic's API counts cached tokens besides the input"
    last = _EXCLUDING.get(scope.name)
    if last is not None and _version(scope) <= last:
        return f"{scope.name} counts cached tokens besides the input"
    return None


def _version(scope: Scope) -> Version:
    try:
        return Version(scope.version)
    except InvalidVersion:
        return Version("0")


def _reasoning_beside(output: int | None, reasoning: int, beside: int | None, cached: int) -> bool:
    return reasoning > (output or 0) or (beside in (reasoning, cached + reasoning) and beside != cached)
