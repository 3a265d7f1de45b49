"""Batches that were refused whole: what a 400 says of each item."""

import re

from watchbill_client.errors import BadRequest
from watchbill_client.models import BatchAnswer, FieldError, Rejected


def refused_batch(error: BadRequest, items: str) -> BatchAnswer:
    """The answer behind a 400: a batch of which every item was refused says so with that status.

    `items` is what the request calls its list, so `runs` for `{"runs": [...]}`. Raises the error itself when its cause
    is not in the items.
    """
    place = re.compile(rf"{items}\.(?P<index>\d+)(\.|$)")
    errors_of: dict[int, list[FieldError]] = {}
    for fault in error.errors:
        found = place.match(fault.path)
        if found is None:
            raise error
        errors_of.setdefault(int(found["index"]), []).append(fault)
    if not errors_of:
        raise error
    rejected = (Rejected(index=index, errors=tuple(faults)) for index, faults in sorted(errors_of.items()))
    return BatchAnswer(rejected=tuple(rejected))
