"""Exports: the runs of an interval as files (scope read)."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from watchbill_client.connection import Connection, Request, given, new_idempotency_key, route
from watchbill_client.exporting import Export
from watchbill_client.models import Answer
from watchbill_client.paging import Page, fetch_page

_EXPORTS = ("api", "exports")
_LOOK_S = 1.0


class _Accepted(Answer):
    id: str


class Exports:
    """`client.exports`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(
        self,
        format: Literal["csv", "parquet"],
        start: datetime,
        end: datetime | None = None,
        *,
        agent: str | None = None,
        version: str | None = None,
        bodies: bool = False,
    ) -> Export:
        """Have the runs written to files that began at or after `start` and before `end`, or now: of an agent (by id or
        name), of one of its versions, or of all; with what went in and came out of them if `bodies` says so.

        Raises:
            NotFound: there is no such agent or version.
            Conflict: too many others are under way.
        """
        wish = {"format": format, "from": start, "to": end, "agent": agent, "version": version, "bodies": bodies}
        request = Request("POST", route(*_EXPORTS), body=given(wish), idempotency_key=new_idempotency_key())
        return self.get(self._connection.call(request, _Accepted).id)

    def list(self, limit: int | None = None, cursor: str | None = None) -> Page[Export]:
        """The exports of the last seven days, newest first, without their files."""
        return fetch_page(self._connection, Request("GET", route(*_EXPORTS), params={"limit": limit}), Export, cursor)

    def get(self, export_id: str) -> Export:
        """How far an export is; once it is completed with its files, whose links are new each time.

        Raises:
            NotFound: there is no such export, or no longer.
        """
        return self._connection.call(Request("GET", route(*_EXPORTS, export_id)), Export)

    def wait(self, export_id: str, watch: Callable[[Export], None] = lambda _: None) -> Export:
        """An export once it has ended, which may be as `failed`; `watch` hears each second how far it is."""
        while True:
            export = self.get(export_id)
            watch(export)
            if export.has_ended:
                return export
            time.sleep(_LOOK_S)

    def download(self, export: Export, folder: str | Path) -> Iterator[Path]:
        """Save the files of a completed export in a folder, which is made if need be; each as it is there.

        Raises:
            UnexpectedAnswer: a link is good no longer; get the export anew.
        """
        there = Path(folder)
        there.mkdir(parents=True, exist_ok=True)
        for file in export.files:
            path = there / Path(file.name).name
            self._connection.save(file.url, path)
            yield path
