"""What is told on the bus and through sockets, held against the catalogue of events by every test."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import pytest

from watchbill.platform import events
from watchbill.realtime import frames

_FRAMES = ("frame_of", "answer", "refusal")


class Told:
    """Listens to all that is told in this process; `wrong` is what was not told as the catalogue says."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    def listen(self, patch: pytest.MonkeyPatch) -> None:
        """Hear of every event that goes to the bus, and of everything that is sent through a socket."""
        patch.setattr(events, "_entry", self._heard(events._entry, _of_entry))
        for name in _FRAMES:
            patch.setattr(frames, name, self._heard(getattr(frames, name), _of_frame))

    def make_ready(self) -> None:
        """Read the catalogue now: processes that are forked from this one would read it one by one."""
        _validators()

    def _heard(self, told: Callable[..., Any], read: Callable[[Any], tuple[str, str, Any]]) -> Callable[..., Any]:
        def tell(*arguments: Any) -> Any:
            said = told(*arguments)
            self.wrong += complaints(*read(said))
            return said

        return tell


def complaints(where: str, event: str, message: Mapping[str, Any]) -> list[str]:
    """What is wrong with a message that tells an event."""
    validator = _validators().get((where, event))
    if validator is None:
        return [f"{event!r} ({where}) is not in the catalogue"]
    found = (f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in validator.iter_errors(message))
    return [f"{event!r} ({where}) {each}" for each in found]


def _of_entry(entry: Mapping[str, str]) -> tuple[str, str, Any]:
    kind = entry["DetailType"]
    message = {"source": entry["Source"], "detail-type": kind, "detail": json.loads(entry["Detail"])}
    return "bus", kind, message


def _of_frame(frame: str) -> tuple[str, str, Any]:
    message = json.loads(frame)
    where = "socket" if "seq" not in message else message.get("room", "session")
    return where, message["event"], message


@lru_cache(maxsize=1)
def _validators() -> dict[tuple[str, str], Any]:
    # Much is imported for it, which most tests have no need of.
    from jsonschema_rs import Draft202012Validator

    from watchbill.catalogue.schemas import ALL, schema_of

    return {
        (told.where, told.event): Draft202012Validator(schema_of(told, closed=True), validate_formats=True)
        for told in ALL
    }
