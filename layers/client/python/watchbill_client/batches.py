"""Runs as JSON, and their division into request bodies the API takes; nothing is sent here."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from watchbill_client.errors import UnwritableRun
from watchbill_client.models import FieldError, NewRun, Rejected

# A run as the typed model, or as a mapping in the API's own words (`{"status": "success", "time_taken": "5m30s"}`).
RunLike = NewRun | Mapping[str, Any]

MOST_RUNS = 1_000
MOST_BYTES = 5_000_000
_ENVELOPE = len('{"runs":[]}')


@dataclass
class Batch:
    """Runs that travel together: their JSON, and for each its place in what the caller gave."""

    indexes: list[int] = field(default_factory=list)
    documents: list[bytes] = field(default_factory=list)
    weight: int = _ENVELOPE
    all_have_ids: bool = True

    def takes(self, weight: int, most_runs: int) -> bool:
        """Whether one more run of this weight still fits."""
        return len(self.documents) < most_runs and self.weight + weight <= MOST_BYTES

    def add(self, index: int, document: bytes, weight: int, has_id: bool) -> None:
        """Take in one run."""
        self.indexes.append(index)
        self.documents.append(document)
        self.weight += weight
        self.all_have_ids = self.all_have_ids and has_id

    def body(self) -> bytes:
        """The request body, JSON."""
        return b'{"runs":[' + b",".join(self.documents) + b"]}"


def split(runs: Iterable[RunLike], most_runs: int = MOST_RUNS) -> Iterator[Batch | Rejected]:
    """Batches in the order given, and in between the runs that cannot be sent at all."""
    batch = Batch()
    for index, run in enumerate(runs):
        try:
            document = encode(run)
        except UnwritableRun as error:
            yield _rejected(index, str(error))
            continue
        weight = _weight(document)
        if weight + _ENVELOPE > MOST_BYTES:
            yield _rejected(index, f"one run may be at most {MOST_BYTES:,} bytes")
            continue
        if not batch.takes(weight, most_runs):
            yield batch
            batch = Batch()
        batch.add(index, document, weight, _has_id(run))
    if batch.documents:
        yield batch


def encode(run: RunLike) -> bytes:
    """A run as JSON, without the facts that are not known.

    Raises:
        UnwritableRun: it holds what JSON has no form for.
    """
    try:
        return _json(run)
    except (TypeError, ValueError, RecursionError) as error:
        raise UnwritableRun(f"a run cannot be written as JSON: {error}") from error


def _json(run: RunLike) -> bytes:
    if isinstance(run, NewRun):
        return run.model_dump_json(exclude_none=True).encode()
    return json.dumps(dict(run), default=_plain, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: object) -> float | str | list[Any]:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _weight(document: bytes) -> int:
    # API Gateway hands the body to the function as a JSON string, whose quotes and backslashes are escaped, and that
    # string is what Lambda's limit of 6 MB counts. The comma between two runs is the one more.
    return len(document) + document.count(b'"') + document.count(b"\\") + 1


def _has_id(run: RunLike) -> bool:
    return (run.id if isinstance(run, NewRun) else run.get("id")) is not None


def _rejected(index: int, message: str) -> Rejected:
    return Rejected(index=index, errors=(FieldError(message=message),))
