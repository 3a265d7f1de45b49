"""Names that are taken, ids that follow from names, and the order of versions."""

from collections.abc import Iterable, Mapping, Set
from datetime import datetime
from typing import Any

from packaging.version import InvalidVersion
from packaging.version import Version as Parsed

from watchbill.platform import ids
from watchbill.registry.models import (
    LONGEST_IN_LAMBDA,
    AgentSettings,
    BuiltinRuntime,
    BuiltinType,
    LambdaRuntime,
    Version,
)

RESERVED_NAMES = frozenset({"campaign", "task-runner", "register", "analytics"})
"""Literal path segments that win over an agent's name."""

UNCLAIMED = "telemetry"
"""The project of an agent that was met in a trace before anybody registered it: whoever does so first says which."""
AGENT_ID_DIGITS = 24
MASK = "********"
"""What is shown in the place of a secret of an agent's configuration; sent back, it leaves the secret as it is."""
_SECRET = ("api_key", "password", "secret", "token")
"""What the names of secrets in a configuration end with."""


def agent_id(organisation: str, name: str) -> str:
    """The id of the agent of that name: the same for ever, so that registering twice meets itself."""
    return ids.derived_hex(organisation, name, digits=AGENT_ID_DIGITS)


def candidate_ids(organisation: str, reference: str) -> tuple[str, ...]:
    """The ids that an agent's id or name in an address may mean; an id wins over a name that looks like one."""
    named = agent_id(organisation, reference)
    looks_like_id = len(reference) == AGENT_ID_DIGITS and set(reference) <= set("0123456789abcdef")
    return (reference, named) if looks_like_id else (named,)


def objection(settings: AgentSettings, changed: Set[str], now: datetime) -> str | None:
    """Why settings do not go together, after a change of those named; None when they do."""
    if isinstance(settings.runtime, BuiltinRuntime) and settings.builtin_type is None:
        return f"a built-in agent's agent_type is one of {', '.join(BuiltinType)}"
    if isinstance(settings.runs_as, BuiltinRuntime | LambdaRuntime) and settings.timeout > LONGEST_IN_LAMBDA:
        return f"a built-in agent and a Lambda function have at most {LONGEST_IN_LAMBDA} seconds for an attempt"
    if settings.schedule is None:
        return None
    if settings.runs_as is None:
        return "an agent without a runtime is run elsewhere, not by a schedule: set a runtime, or no schedule_cron"
    # What has come for the last time stays as it is, and other things can be changed.
    if changed & {"schedule_cron", "time_zone"} and settings.schedule.next(now, settings.zone) is None:
        return f"the schedule {settings.schedule_cron!r} never comes: no day that is still ahead is among its days"
    return None


def masked(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration as it is shown: without its secrets."""
    return {
        name: MASK if name.lower().endswith(_SECRET) and value else masked(value) if isinstance(value, dict) else value
        for name, value in configuration.items()
    }


def unmasked(configuration: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration as it is meant: the secrets that were sent back as they are shown are those that are there."""
    meant: dict[str, Any] = {}
    for name, value in configuration.items():
        before = there.get(name)
        if value == MASK and name.lower().endswith(_SECRET):
            meant |= {} if before is None else {name: before}
        elif isinstance(value, dict):
            meant[name] = unmasked(value, before if isinstance(before, dict) else {})
        else:
            meant[name] = value
    return meant


def newest_first(versions: Iterable[Version]) -> list[Version]:
    """Versions in the order of versions (1.10.0 above 1.9.0); ties and other names by time of registration."""
    return sorted(versions, key=_order, reverse=True)


def _order(version: Version) -> tuple[bool, Parsed, str]:
    try:
        parsed, is_version = Parsed(version.version), True
    except InvalidVersion:
        # Names that are no versions come after those that are, among themselves by time.
        parsed, is_version = Parsed("0"), False
    return is_version, parsed, f"{version.created_at.isoformat()} {version.version}"
