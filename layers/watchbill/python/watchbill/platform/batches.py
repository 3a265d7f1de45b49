"""Batches: each entry is judged by itself, so that one bad one does not keep out the rest. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from watchbill.platform.errors import BadRequest, Fault, PayloadTooLarge, faults_of
from watchbill.platform.wire import Model

M = TypeVar("M", bound=BaseModel)

MOST_ENTRIES = 1_000
"""Of a batch, unless its entries are large."""
_MOST_TOLD = 100_000
"""Characters. An answer has to fit into a Lambda response, and, with an Idempotency-Key, into an item."""


class AcceptedEntry(Model):
    """An entry of a batch that is stored; `id` is the server's."""

    index: int
    id: str


class EntryFault(Model):
    """What is wrong with an entry of a batch, and where."""

    path: str
    message: str


class RejectedEntry(Model):
    """An entry of a batch that is not stored."""

    index: int
    errors: tuple[EntryFault, ...]


class BatchAnswer(Model):
    """What became of each entry of a batch."""

    accepted: tuple[AcceptedEntry, ...]
    rejected: tuple[RejectedEntry, ...] = ()


def answer(stored: Mapping[int, str], rejected: Sequence[RejectedEntry]) -> BatchAnswer:
    """What became of a batch of which these are stored, each index with its id."""
    accepted = (AcceptedEntry(index=index, id=stored[index]) for index in sorted(stored))
    return BatchAnswer(accepted=tuple(accepted), rejected=tuple(rejected))


def judged(
    entries: Sequence[Any], model: type[M], name: str, most: int = MOST_ENTRIES
) -> tuple[dict[int, M], tuple[RejectedEntry, ...]]:
    """The well-formed entries by their index, and what is wrong with the others.

    `name` is what the batch calls its entries, of which it has at most `most`. Raises PayloadTooLarge, BadRequest when
    none is well-formed.
    """
    if len(entries) > most:
        raise PayloadTooLarge(f"a batch has at most {most:,} {name}, not {len(entries):,}")
    good: dict[int, M] = {}
    rejected: list[RejectedEntry] = []
    room = _MOST_TOLD
    for index, entry in enumerate(entries):
        try:
            good[index] = model.model_validate(entry)
        except ValidationError as error:
            faults = faults_of(error.errors(include_url=False), prefix=f"{name}.{index}")
            room -= sum(len(json.dumps([fault.path, fault.message])) for fault in faults)
            told = faults if room >= 0 else [Fault(f"{name}.{index}", "not well-formed; too many faults to tell each")]
            errors = tuple(EntryFault(path=fault.path, message=fault.message) for fault in told)
            rejected.append(RejectedEntry(index=index, errors=errors))
    if not good:
        faulty = [fault for answer in rejected for fault in answer.errors]
        raise BadRequest(f"none of the {name} is well-formed", errors=faulty)  # type: ignore[arg-type]
    return good, tuple(rejected)
