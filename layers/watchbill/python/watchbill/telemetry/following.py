"""What is to be done about a write to a trace, by what the table's stream tells of it. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from watchbill.platform import keys
from watchbill.platform.items import REVISION, Item, to_item
from watchbill.platform.stream import Record, told
from watchbill.runs import rules as runs
from watchbill.telemetry.models import RepricingState
from watchbill.telemetry.packs import FILE

_OURS = (runs.PACKS, runs.SETTLES_AT)


def messages_of(record: Record) -> Iterator[dict[str, Any]]:
    """Packs that a write has lost, or that a run's record may not have; what it replaced; when it settles; old files.

    A write lost packs when it replaced what its writer had not seen. Those of a trace without a run are looked after
    twice at any rate, at once and when it settles: its run may be written at the same time, and for as long as a
    request may take, by somebody who has not seen them.
    """
    if pack := keys.SPANS.parse(record.key):
        if record.after is None and FILE in (record.before or {}):
            yield {"organisation": record.organisation, "file": pack["pack"]}
        return
    if record.after is None:
        return  # it has expired, and its packs with it
    unseen = _replaced_unseen(record)
    if unseen is None and not any(name in image for image in (record.before, record.after) if image for name in _OURS):
        return
    before, after = _ours(record.before), _ours(record.after)
    runless = keys.TRACE.parse(record.key)
    trace_id = runless["trace"] if runless else record.after[runs.TRACE_ID]["S"]
    about = {"organisation": record.organisation, "trace": trace_id}
    kept, replaced = set(after.get(runs.PACKS, ())), set(before.get(runs.PACKS, ()))
    message: dict[str, Any] = {}
    if astray := kept | replaced if runless else replaced - kept:
        message["packs"] = sorted(astray)
    settles_at = after.get(runs.SETTLES_AT)
    if settles_at and settles_at != before.get(runs.SETTLES_AT):
        message["settles_at"] = settles_at
    if unseen is not None:
        message["replaced"] = {"run": record.after[runs.RUN_ID]["S"], "said": unseen}
    if message:
        yield about | message


def _replaced_unseen(record: Record) -> list[dict[str, Any]] | None:
    """What others than its trace had said of a run that was replaced by who had not seen it; None when he had.

    Whoever has seen what he replaces counts on from its revision.
    """
    if not (record.before and record.after) or record.key.sk != keys.RUN.sk or runs.TRACE_ID not in record.after:
        return None
    before: Item = to_item(record.before)
    if int(record.after[REVISION]["N"]) > before[REVISION]:
        return None
    statements = runs.said_of(before)
    return [
        told({name: record.before[name] for name in names} | {runs.RANK: {"S": rank}}) for rank, names in statements
    ]


def price_messages_of(record: Record) -> Iterator[dict[str, Any]]:
    """A run that waits for prices, or for others than before; and the next step of a repricing."""
    if record.after is None:
        return
    about = {"organisation": record.organisation}
    if record.key.sk == keys.RUN.sk:
        before, after = _waits(record.before), _waits(record.after)
        if before != after:
            run = (keys.RUN.parse(record.key) or {})["run"]
            yield about | {"run": run, "told": sorted(map(list, before | after))}
    if record.key.sk == keys.REPRICING.sk:
        item = to_item({name: record.after[name] for name in ("shown", "step")})
        if item["shown"]["state"] == RepricingState.RUNNING:
            yield about | {"repricing": item["shown"]["id"], "step": item["step"]}


def _waits(image: Mapping[str, Any] | None) -> set[tuple[str, str]]:
    if not image or runs.UNPRICED not in image:
        return set()
    item = to_item({name: image[name] for name in (runs.UNPRICED, runs.CREATED_AT)})
    return {(model, item[runs.CREATED_AT]) for model in item[runs.UNPRICED]}


def _ours(image: Mapping[str, Any] | None) -> dict[str, Any]:
    return to_item({name: image[name] for name in _OURS if name in image}) if image else {}
