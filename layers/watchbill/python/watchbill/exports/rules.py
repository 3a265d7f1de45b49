"""Which runs an export holds, and in which steps it is written. Pure."""

from datetime import datetime

from watchbill.exports.models import LONGEST, ExportState, ExportStatus, NewExport
from watchbill.platform import clock
from watchbill.platform.errors import BadRequest
from watchbill.runs import rules as runs
from watchbill.runs.models import Facts

MOST_ROWS, MOST_SIZE = 50_000, 64_000_000
"""Of a part: rows, and characters or bytes before they are compressed."""
MOST_STEPS = 500
MOST_RUNNING = 5
MOST_RECEIVES = 5
"""How often a step is tried before its export is given up."""


def end_of(wish: NewExport, now: datetime) -> datetime:
    """Where the interval ends. Raises BadRequest when it lies ahead, or is too long up to now."""
    if wish.start >= now:
        raise BadRequest("the interval has not begun yet")
    end = wish.end or now.replace(microsecond=now.microsecond // 1000 * 1000)
    if end - wish.start > LONGEST:
        raise BadRequest(f"an export covers at most {LONGEST.days} days: give an end")
    return end


def beginning(end: datetime) -> dict[str, str]:
    """The position in an agent's list, which is newest first, before the first run that began before an instant."""
    at = clock.to_text(end)
    return {"day": at[:10], "created": at, "run_id": ""}


def belongs(record: Facts, state: ExportState) -> bool:
    """Whether a run was on record when the export began: which rows there are does not depend on its pace."""
    return bool(record[runs.RECORDED_AT] <= clock.to_text(state.created_at))


def full(rows: int, size: int) -> bool:
    """Whether a part has no room for another row."""
    return rows >= MOST_ROWS or size >= MOST_SIZE


def file_name(state: ExportState, token: str) -> str:
    """The name of the file that a step writes. `token` is new for each try: what one that failed left is never read."""
    return f"exports/{state.id}/{state.step:05d}-{token}.{state.format.value}"


def saved_as(state: ExportState, number: int) -> str:
    """The name under which a file is saved, the first being 1."""
    return f"runs-{state.id}-{number:05d}.{state.format.value}"


def failed(state: ExportState, reason: str, now: datetime) -> ExportState:
    """The export, given up."""
    return state.model_copy(update={"status": ExportStatus.FAILED, "reason": reason, "updated_at": now})
