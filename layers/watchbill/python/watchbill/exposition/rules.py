"""What of an organisation a scrape shows, and in which format. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from watchbill.analytics.models import Cell, Rollup
from watchbill.platform import clock

MOST_AGENTS = 100
"""So many agents are shown by themselves, those that worked last: whatever is kept of each is a series for ever."""
MOST_VERSIONS = 10
"""So many versions of each, those that worked last."""

_OPENMETRICS = "application/openmetrics-text"
_VERSIONS = ("", "1.0.0")


def newest(cells: Iterable[Cell]) -> str:
    """When the newest run of all of these was, "" without any."""
    return max((cell.newest for cell in cells), default="")


def latest(totals: Mapping[str, Rollup]) -> list[str]:
    """The agents that worked last, the latest first."""
    ordered = sorted(totals, key=lambda agent: (newest(totals[agent].cells.values()), agent), reverse=True)
    return ordered[:MOST_AGENTS]


def latest_versions(total: Rollup) -> dict[str, Cell]:
    """The versions that worked last, by name."""
    ordered = sorted(total.cells, key=lambda name: (total.cells[name].newest, name), reverse=True)
    return {name: total.cells[name] for name in sorted(ordered[:MOST_VERSIONS])}


def worked_since(total: Rollup, instant: datetime) -> bool:
    """Whether an agent had a run at an instant or later."""
    return newest(total.cells.values()) >= clock.to_text(instant)


def summed(cells: Iterable[Cell]) -> Cell:
    """Cells in one."""
    total = Cell()
    for cell in cells:
        total.add(cell)
    return total


def wants_openmetrics(accept: str) -> bool:
    """Whether an Accept header asks for OpenMetrics in the version there is; else Prometheus' own format is meant."""
    return any(_is_openmetrics(offered) for offered in accept.lower().split(","))


def _is_openmetrics(offered: str) -> bool:
    kind, *parameters = (part.strip() for part in offered.split(";"))
    given = {name.strip(): value.strip() for name, _, value in (each.partition("=") for each in parameters)}
    refused = given.get("q", "1").rstrip("0") in ("", "0.", ".")
    return kind == _OPENMETRICS and given.get("version", "") in _VERSIONS and not refused
