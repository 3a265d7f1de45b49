"""Malformed requests to the routes of conversations."""

from typing import Any

from tests.support.bad_requests import Bad
from tests.support.steps import CHAT

_SESSION = "/api/sessions/a-session"


def said(what: str, names: str, message: Any = "Hola", **context: Any) -> Bad:
    """A message with something wrong in it, or in its context."""
    return Bad(what, "POST", CHAT, names, {"message": message, "context": context})


def preferred(what: str, names: str, **preferences: Any) -> Bad:
    """A change of a session with something wrong in what is preferred."""
    return Bad(what, "PATCH", _SESSION, names, {"preferences": preferences})


BAD_CHAT = (
    said("nothing said", "message", ""),
    said("a number said", "message", 7),
    said("a book said", "message", "x" * 8_001),
    said("a session of no name", "sessionId", sessionId=""),
    said("a session that is no part of an address", "cannot be part of a name", sessionId="a/b"),
    said("a channel nobody has", "a channel is one of instagram", canales=["myspace"]),
    said("channels without end", "canales", canales=["instagram"] * 11),
    said("a business that is a book", "negocio", negocio="x" * 501),
    said("a business in two languages", "business: extra inputs", negocio="a", business="b"),
    said("content nobody makes", "a type of content is one of post", preferencias={"contenido": ["opera"]}),
    said("a language nobody speaks here", "language", preferencias={"language": "fr"}),
    said("a mood", "mood: extra inputs", mood="good"),
    preferred("a time zone nobody lives in", "timezone", timezone="Mars/Olympus"),
    preferred("a preference nobody has", "colour: extra inputs", colour="red"),
    Bad("no preferences", "PATCH", _SESSION, "preferences", {}),
    Bad("a session that is not there", "GET", "/api/sessions/none", "no session 'none'", status=404),
    Bad("the history of a session that is not there", "GET", f"{CHAT}/none", "no session 'none'", status=404),
)
