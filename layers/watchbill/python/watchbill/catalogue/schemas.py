"""The JSON Schema (draft 2020-12) of each event as it crosses the wire, with what is around its data. Pure.

A reader is to ignore what it does not know: a later version may say more. `closed` schemas allow nothing that the
catalogue does not name; tests hold what is told against those.
"""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, create_model
from pydantic.json_schema import GenerateJsonSchema

from watchbill.catalogue import bus, live
from watchbill.catalogue.values import Told
from watchbill.platform.events import SOURCE
from watchbill.platform.wire import Model, Moment

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ALL: tuple[Told, ...] = (*bus.EVENTS, *live.EVENTS)


class Followed(Model):
    """What has happened before an event, and when: events that are known as this tell it."""

    known_as: str
    at: Moment


class OnTheBus(Model):
    """What every event on the bus says besides; `id` is the same whenever the same event comes again.

    What it `follows` is named by what other events are `known_as`, which is their `id` where they do not say.
    """

    id: str
    organisation: str
    correlation_id: str | None
    known_as: str | None = None
    follows: tuple[Followed, ...] = ()


class _BusMessage(Model):
    # EventBridge adds fields of its own, and may add more.
    model_config = ConfigDict(extra="ignore")


class Omitted(Model):
    """The data is more than a socket takes: the API answers it."""

    omitted: str


class _Plain(GenerateJsonSchema):
    """Schemas whose fields have no titles: their names say as much."""

    def field_title_should_be_set(self, _: Any) -> bool:
        return False


_SESSION = Field(alias="sessionId")
_SEQ = Annotated[int, Field(ge=1, description="Grows by one with each event of the room or session.")]


def schema_of(told: Told, *, closed: bool = False) -> dict[str, Any]:
    """The schema of a whole message that tells this event."""
    schema = {"$schema": DIALECT, **_message_of(told).model_json_schema(schema_generator=_Plain)}
    schema |= {"title": told.event, "description": f"Told when {told.when}."}
    return schema if closed else _open(schema)


def message_of(told: Told) -> dict[str, Any]:
    """A whole message with the example's data."""
    if told.where == bus.WHERE:
        ours = {"id": "5f2d1c9e8b7a60433a1d2e4f", "organisation": "demo", "correlation_id": None}
        return {"source": SOURCE, "detail-type": told.event, "detail": {**told.example, **ours}}
    address: dict[str, object] = {}
    if told.where == live.SESSION:
        address = {"sessionId": "user-session-123"}
    elif told.where != live.SOCKET:
        address = {"room": told.where}
    number = {"seq": 17} if told.where != live.SOCKET else {}
    head = {"event": told.event, **address, **number, "timestamp": "2026-03-10T12:00:00.120Z"}
    return {**head, "data": dict(told.example)}


def _message_of(told: Told) -> type[Model]:
    return _on_the_bus(told) if told.where == bus.WHERE else _live(told)


def _on_the_bus(told: Told) -> type[Model]:
    detail = create_model(f"{told.data.__name__}Detail", __base__=(told.data, OnTheBus))
    around: dict[str, Any] = {
        "source": Literal[SOURCE],
        "detail_type": Annotated[Literal[told.event], Field(alias="detail-type")],
    }
    return create_model(told.event, __base__=_BusMessage, **around, detail=detail)


def _live(told: Told) -> type[Model]:
    fields: dict[str, Any] = {"event": Literal[told.event], "timestamp": Moment}
    if told.where == live.SOCKET:
        # An answer about a room or a session says which.
        fields |= {"room": (str | None, None), "session_id": (Annotated[str | None, _SESSION], None), "data": told.data}
        return create_model(told.event, __base__=Model, **fields)
    place = {"session_id": Annotated[str, _SESSION]} if told.where == live.SESSION else {"room": Literal[told.where]}
    fields |= {**place, "seq": _SEQ, "data": told.data | Omitted}
    return create_model(told.event, __base__=Model, **fields)


def _open(schema: Any) -> Any:
    if isinstance(schema, dict):
        closing = ("additionalProperties", False)
        return {name: _open(value) for name, value in schema.items() if (name, value) != closing}
    return [_open(value) for value in schema] if isinstance(schema, list) else schema
