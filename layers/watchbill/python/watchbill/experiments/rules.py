"""Which version does a task. Pure, and the same for the same key on every machine."""

import math

from watchbill.experiments.models import Chosen, Experiment, Sticky
from watchbill.platform import ids


def sticky_key(sticky: Sticky, stream_id: str | None, session_id: str | None, task_id: str) -> str:
    """What a version is chosen for: a stream or a session where there is one, else the task by itself."""
    named = {Sticky.STREAM: stream_id, Sticky.SESSION: session_id}.get(sticky)
    return f"{sticky.value} {named}" if named else f"task {task_id}"


def chosen(experiment: Experiment, key: str) -> Chosen:
    """The version for a key: each by its share of the weights.

    Weighted rendezvous hashing: every version draws a number for the key and the highest wins, so that a weight that
    changes moves keys to or from its own version only.
    """
    winner = max(experiment.versions, key=lambda share: _draw(experiment.id, key, share.version, share.weight))
    return Chosen(experiment_id=experiment.id, version=winner.version)


def _draw(experiment_id: str, key: str, version: str, weight: float) -> float:
    return -weight / math.log(ids.fraction("experiment", experiment_id, key, version))
