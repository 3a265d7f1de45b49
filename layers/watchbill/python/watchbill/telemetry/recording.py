"""A folded run as the runs area takes it: under its names and within its bounds.

What is beyond a bound is cut, and a figure that no run can have is not known: what a sender wrote once and would write
again must not keep a whole trace from being recorded.
"""

import json
from decimal import Decimal
from typing import NamedTuple

from pydantic import JsonValue

from watchbill.platform import clock
from watchbill.platform.wire import MAX_DURATION_MS, MONEY_DECIMALS
from watchbill.registry.models import UNVERSIONED
from watchbill.registry.rules import RESERVED_NAMES
from watchbill.runs import rules
from watchbill.runs.models import MAX_TEXT, Facts, Trigger
from watchbill.telemetry.facts import Failure, Usage
from watchbill.telemetry.fold import UNNAMED, FoldedRun
from watchbill.telemetry.spans import Value

CUT = " … (cut)"
"""What stands at the end of a text of which more was sent than is kept."""
MAX_BODY = 4_000
"""Bytes that are kept of a run's input and output with the run; the whole of them lies in its trace."""
_STEP = Decimal(1).scaleb(-MONEY_DECIMALS)
_MOST_NAME, _MOST_NAMES = 200, 100
_MOST_TOKENS, _MOST_COST = 10**15, 10**9
_NOT_IN_ADDRESSES = str.maketrans(dict.fromkeys('/%#?\\"', "-"))


class Names(NamedTuple):
    """The agent and version of a run, as the registry takes their names."""

    agent: str
    version: str


def names_of(run: FoldedRun) -> Names:
    """Where a run belongs. Names are parts of addresses: what cannot be part of one becomes a hyphen."""
    agent = _address(run.agent) or UNNAMED
    return Names(f"{agent}-agent" if agent in RESERVED_NAMES else agent, _address(run.version or "") or UNVERSIONED)


def told(run: FoldedRun) -> Facts:
    """What a trace tells of a run, as its record keeps it: what a post would say, and what only a trace can.

    Made by hand, because it is made of every run of a request; `test_recording.py` compares it with what is posted.
    """
    started_at = clock.to_text(run.started_at)
    said = {
        rules.CREATED_AT: started_at,
        "started_at": started_at,
        "completed_at": clock.to_text(run.completed_at) if run.completed_at else None,
        rules.DURATION_MS: None if run.duration_ms is None else min(run.duration_ms, MAX_DURATION_MS),
        rules.STATUS: run.status.value,
        "parent_run_id": run.parent_id,
        "session_id": _label(run.session),
        "user_id": _label(run.user),
        "models": _labels(run.models) or None,
        "tools": _labels(run.tools) or None,
        "tokens": _tokens(run.spent.usage),
        "cost": _cost(run.spent.cost),
        "known_cost": _cost(run.spent.known_cost) if run.unpriced else None,
        "told_cost": _cost(run.spent.told_cost),
        rules.UNPRICED: _labels(run.unpriced) or None,
        "first_token_ms": run.first_token_ms,
        "error": _error(run.failure),
        "input": _body(run.input),
        "output": _body(run.output),
    }
    known = {name: value for name, value in said.items() if value is not None}
    return known | {"trigger": Trigger.INGEST.value, rules.RANK: rules.FOLDED}


def _address(name: str) -> str | None:
    label = _label(name.translate(_NOT_IN_ADDRESSES))
    return None if label in (".", "..") else label


def _label(text: str | None) -> str | None:
    if text is not None and not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    return (text or "").strip()[:_MOST_NAME].strip() or None


def _labels(names: tuple[str, ...]) -> list[str]:
    labels = (label for name in names if (label := _label(name)))
    return list(dict.fromkeys(labels))[:_MOST_NAMES]


def _tokens(usage: Usage) -> dict[str, int] | None:
    counts = {
        "input": _count(usage.input),
        "output": _count(usage.output),
        "cache_read": _count(usage.cache_read),
        "cache_write": _count(usage.cache_write),
        "reasoning": _count(usage.reasoning),
    }
    known = {name: count for name, count in counts.items() if count is not None}
    if "input" in known or "output" in known:
        known["total"] = known.get("input", 0) + known.get("output", 0)
    return known or None


def _count(tokens: int | None) -> int | None:
    return None if tokens is None or tokens > _MOST_TOKENS else tokens


def _cost(cost: Decimal | None) -> Decimal | None:
    return None if cost is None or cost > _MOST_COST else cost.quantize(_STEP).normalize()


def _error(failure: Failure | None) -> dict[str, str] | None:
    if failure is None:
        return None
    message = _cut(_encodable(failure.message), MAX_TEXT)
    return {"type": _label(failure.type) or Failure().type, "message": message}


def _body(value: Value) -> JsonValue:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    sound = _encodable(text)
    if len(sound.encode()) > MAX_BODY:
        return _cut(sound, MAX_BODY)
    if isinstance(value, str):
        return sound
    whole: JsonValue = json.loads(sound)
    return whole


def _encodable(text: str) -> str:
    # Half of a surrogate pair, as cut text in JSON has it, is not a character.
    return text.encode(errors="replace").decode()


def _cut(text: str, most: int) -> str:
    encoded = text.encode()
    if len(encoded) <= most:
        return text
    return encoded[: most - len(CUT.encode())].decode(errors="ignore") + CUT
