"""Names that are taken, ids that follow from names, and the order of versions."""

from collections.abc import Iterable

from packaging.version import InvalidVersion
from packaging.version import Version as Parsed

from watchbill.platform import ids
from watchbill.registry.models import Version

RESERVED_NAMES = frozenset({"campaign", "task-runner", "register", "analytics"})
"""Literal path segments that win over an agent's name."""

AGENT_ID_DIGITS = 24


def agent_id(organisation: str, name: str) -> str:
    """The id of the agent of that name: the same for ever, so that registering twice meets itself."""
    return ids.derived_hex(organisation, name, digits=AGENT_ID_DIGITS)


def candidate_ids(organisation: str, reference: str) -> tuple[str, ...]:
    """The ids that an agent's id or name in an address may mean; an id wins over a name that looks like one."""
    named = agent_id(organisation, reference)
    looks_like_id = len(reference) == AGENT_ID_DIGITS and set(reference) <= set("0123456789abcdef")
    return (reference, named) if looks_like_id else (named,)


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
