"""What is sent through a socket: events of rooms, which have a number, and answers to one client. Pure."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from watchbill.platform import clock
from watchbill.platform.errors import WatchbillError
from watchbill.realtime.models import Room, RoomEvent

_MAX_ECHO = 200


def frame_of(event: RoomEvent) -> str:
    """An event of a room."""
    head = {
        "event": event.event,
        **event.room.address,
        "seq": event.seq,
        "timestamp": clock.to_text(event.at),
    }
    # Its data is JSON already, and may be long.
    return f'{_text(head)[:-1]},"data":{event.data}}}'


def answer(event: str, now: datetime, data: Mapping[str, Any], room: Room | None = None) -> str:
    """An answer to one client."""
    address = room.address if room else {}
    return _text({"event": event, **address, "timestamp": clock.to_text(now), "data": data})


def refusal(error: WatchbillError, now: datetime, asked: Mapping[str, Any]) -> str:
    """Why a client's message was refused, with what it asked for as far as it could be read."""
    data: dict[str, Any] = {"code": _code(error), "detail": error.detail}
    if error.errors:
        data["errors"] = [{"path": fault.path, "message": fault.message} for fault in error.errors]
    about = _said(asked, "room", "sessionId")
    said = _said(asked, "action", "messageId")
    return _text({"event": "error", **about, "timestamp": clock.to_text(now), "data": data | said})


def _said(asked: Mapping[str, Any], *names: str) -> dict[str, str]:
    return {name: asked[name][:_MAX_ECHO] for name in names if isinstance(asked.get(name), str)}


def _code(error: WatchbillError) -> str:
    return error.title.lower().replace(" ", "_")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
