"""Runs: recording one or many, reading them back, and facts that arrive later."""

import re
from collections.abc import Iterable

from watchbill_client.batches import MOST_RUNS, Batch, RunLike, encode, split
from watchbill_client.connection import Connection, Request, new_idempotency_key, route
from watchbill_client.errors import BadRequest
from watchbill_client.models import Accepted, BatchAnswer, FieldError, Rejected, Run, RunUpdate
from watchbill_client.paging import Page, fetch_page
from watchbill_client.refusals import refused_batch

_PLACE = re.compile(r"runs\.\d+(\.|$)")


class Runs:
    """`client.runs`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self, agent: str, version: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Page[Run]:
        """An agent's runs, of one version or of all, the newest first. Iterating goes through all pages."""
        within = ("versions", version) if version else ()
        path = route("api", "v1", "agents", agent, *within, "runs")
        return fetch_page(self._connection, Request("GET", path, params={"limit": limit}), Run, cursor)

    def get(self, agent: str, run_id: str) -> Run:
        """One run, by the id the service gave it."""
        return self._connection.call(Request("GET", route("api", "v1", "agents", agent, "runs", run_id)), Run)

    def add(self, agent: str, version: str, run: RunLike) -> Run:
        """Record one run: a `NewRun`, or a mapping in the API's own words.

        Raises:
            UnwritableRun: a mapping holds what JSON has no form for.
        """
        request = Request("POST", _runs(agent, version), body=encode(run), idempotency_key=new_idempotency_key())
        return self._connection.call(request, Run)

    def add_many(self, agent: str, version: str, runs: Iterable[RunLike], batch_size: int = MOST_RUNS) -> BatchAnswer:
        """Record many runs, in as many requests as the API's limits (1 000 runs, 5 MB) ask for.

        The answer says of each run what became of it. Runs of your own `id` may be sent again after an error: those
        which had arrived are not counted twice.

        Raises:
            ApiError: a request was refused for a reason that is not in its runs; the batches before it are stored.
            ConnectionFailed: no answer came; the batches before it are stored, and this one may be.
        """
        accepted: list[Accepted] = []
        rejected: list[Rejected] = []
        for part in split(runs, most_runs=min(batch_size, MOST_RUNS)):
            if isinstance(part, Rejected):
                rejected.append(part)
                continue
            answer = self._add_batch(agent, version, part)
            accepted += answer.accepted
            rejected += answer.rejected
        return BatchAnswer(accepted=tuple(accepted), rejected=tuple(rejected))

    def update(self, agent: str, run_id: str, changes: RunUpdate) -> Run:
        """Add facts to a run that came after it was recorded; a final status is never taken back."""
        path = route("api", "v1", "agents", agent, "runs", run_id)
        body = changes.model_dump_json(exclude_none=True).encode()
        return self._connection.call(Request("PATCH", path, body=body), Run)

    def _add_batch(self, agent: str, version: str, batch: Batch) -> BatchAnswer:
        request = Request(
            "POST",
            _runs(agent, version),
            body=batch.body(),
            # Ids of their own make runs meet themselves; the service need not remember the request as well.
            idempotency_key=None if batch.all_have_ids else new_idempotency_key(),
            repeatable=batch.all_have_ids,
        )
        try:
            answer = self._connection.call(request, BatchAnswer)
        except BadRequest as error:
            answer = refused_batch(error, "runs")
        return _renumbered(answer, batch.indexes)


def _runs(agent: str, version: str) -> str:
    return route("api", "v1", "agents", agent, "versions", version, "runs")


def _renumbered(answer: BatchAnswer, indexes: list[int]) -> BatchAnswer:
    """The answer with indexes of the whole input instead of those within one request."""
    return BatchAnswer(
        accepted=tuple(Accepted(index=indexes[one.index], id=one.id) for one in answer.accepted),
        rejected=tuple(
            Rejected(index=indexes[one.index], errors=tuple(_within_run(fault) for fault in one.errors))
            for one in answer.rejected
        ),
    )


def _within_run(fault: FieldError) -> FieldError:
    """The fault with its place in the run (`cost`) instead of its place in the request (`runs.3.cost`)."""
    return fault.model_copy(update={"path": _PLACE.sub("", fault.path)})
