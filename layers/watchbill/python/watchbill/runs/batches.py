"""Batches: each item is judged by itself, so that one bad item does not keep out the rest. Pure."""

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from watchbill.platform.errors import BadRequest, Fault, PayloadTooLarge, faults_of
from watchbill.runs.models import MAX_BATCH
from watchbill.runs.views import Rejected, RunFault

M = TypeVar("M", bound=BaseModel)

_MOST_TOLD = 100_000
"""Characters. An answer has to fit into a Lambda response, and, with an Idempotency-Key, into an item."""


def judged(items: Sequence[Any], model: type[M], name: str) -> tuple[dict[int, M], tuple[Rejected, ...]]:
    """The well-formed items by their index, and what is wrong with the others.

    `name` is what the batch calls its items. Raises PayloadTooLarge, BadRequest when none is well-formed.
    """
    if len(items) > MAX_BATCH:
        raise PayloadTooLarge(f"a batch has at most {MAX_BATCH:,} {name}, not {len(items):,}")
    good: dict[int, M] = {}
    rejected: list[Rejected] = []
    room = _MOST_TOLD
    for index, item in enumerate(items):
        try:
            good[index] = model.model_validate(item)
        except ValidationError as error:
            faults = faults_of(error.errors(include_url=False), prefix=f"{name}.{index}")
            room -= sum(len(json.dumps([fault.path, fault.message])) for fault in faults)
            told = faults if room >= 0 else [Fault(f"{name}.{index}", "not well-formed; too many faults to tell each")]
            errors = tuple(RunFault(path=fault.path, message=fault.message) for fault in told)
            rejected.append(Rejected(index=index, errors=errors))
    if not good:
        faulty = [fault for answer in rejected for fault in answer.errors]
        raise BadRequest(f"none of the {name} is well-formed", errors=faulty)  # type: ignore[arg-type]
    return good, tuple(rejected)
