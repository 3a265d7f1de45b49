"""The records of a trace's runs, as they are stored."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from watchbill.platform import clock
from watchbill.runs import rules as runs
from watchbill.runs.models import Facts, Status
from watchbill.telemetry import recording
from watchbill.telemetry.fold import Folded, FoldedRun, run_id
from watchbill.telemetry.registering import Registrar

_IDENTITY = (runs.RUN_ID, runs.AGENT_ID, runs.VERSION, runs.TRACE_ID, runs.CREATED_AT, runs.RECORDED_AT)


class Recorder:
    """Makes one organisation's records, and registers the agents that they name."""

    def __init__(self, registrar: Registrar, retention: Callable[[str | None], timedelta]) -> None:
        self._registrar = registrar
        self._retention = retention

    def records(self, trace_id: str, folded: Folded, there: Mapping[str, Facts]) -> dict[str, Facts]:
        """The records of the runs of a trace by their ids, each over the one that is there, at its revision."""
        told = {run.id: self._record(trace_id, run, there.get(run.id)) for run in folded.runs}
        return told | {run: _left_behind(record) for run, record in there.items() if run not in told}

    def expiry(self, records: Sequence[Facts]) -> int:
        """Until when spans are kept, in seconds since 1970: as long as the runs that they tell."""
        of_none = int((clock.now() + self._retention(None)).timestamp())
        return max((record["expires_at"] for record in records), default=of_none)

    def _record(self, trace_id: str, run: FoldedRun, there: Facts | None) -> Facts:
        place = self._registrar.place(recording.names_of(run))
        recorded_at = there[runs.RECORDED_AT] if there else clock.to_text(clock.now())
        kept_from = max(run.started_at, clock.from_text(recorded_at))
        told = recording.told(run) | {
            runs.RUN_ID: run.id,
            runs.AGENT_ID: place.agent_id,
            runs.VERSION: place.version,
            runs.TRACE_ID: trace_id,
            runs.RECORDED_AT: recorded_at,
            "expires_at": int((kept_from + self._retention(place.agent_id)).timestamp()),
        }
        return runs.refolded(there, told) | {"revision": there["revision"]} if there else told


def possible_ids(trace_id: str, folded: Folded) -> list[str]:
    """The ids of the runs of a trace, and the one that its first run may have had while another was taken for it."""
    former = [run_id(trace_id, run.span_id) for run in folded.runs if run.id == run_id(trace_id) and run.span_id]
    return [*(run.id for run in folded.runs), *former]


def _left_behind(record: Facts) -> Facts:
    """A run that clocks which disagree had told: it is another one's now. What others said of it is all it has."""
    known = {name: record[name] for name in (*_IDENTITY, "trigger", "expires_at", "revision")}
    told = {runs.STATUS: Status.CANCELLED, "summary": "part of another run of its trace", runs.RANK: runs.FOLDED}
    return runs.refolded(record, known | told)
