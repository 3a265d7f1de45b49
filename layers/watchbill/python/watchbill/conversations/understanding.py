"""What short answers mean, and what a message says of business and objective, in both languages. Pure."""

import re
from collections.abc import Sequence
from enum import StrEnum

from watchbill.conversations.models import Need
from watchbill.conversations.values import Context
from watchbill.decisions.channels import channels_in
from watchbill.decisions.models import Entities, Intent
from watchbill.decisions.text import read, table

_SHORT = 4
"""Words that an agreement or a greeting has at most."""
_AGREES = table(
    "si sip claro vale ok okay okey dale adelante hazlo perfecto venga exacto correcto yes yep yeah sure go please do"
    " right"
)
_DECLINES = table(
    "no nop cancela cancelar cancelalo olvidalo dejalo nada nope cancel nevermind never forget stop dont para"
)
_GREETS = table("hola buenas buenos dias tardes noches hello hi hey good morning afternoon evening")
_THANKS = table("gracias muchas mil thanks thank you thx many")
_LEAVES = table("adios chao chau hasta luego bye goodbye see")
_HELP = re.compile(
    r"\b(ayuda|ayudame|help|que (sabes|puedes) hacer|como funcionas?|what (can|do) you do|how do you work)\b"
)
_OBJECTIVES = (
    ("brand awareness", r"dar(me|nos|lo|la)? a conocer|conocimiento de marca|notoriedad|visib|branding|awareness"),
    ("lead generation", r"\bleads?\b|potencial|captar|nuevos clientes|new customers|registros|suscript|sign-?ups"),
    ("sales", r"vender|ventas?\b|\bsales?\b|\bsell|conversi|compras|reservas|bookings"),
    ("engagement", r"engagement|interacci|comunidad|community|seguidores|followers"),
    ("traffic", r"trafico|visitas|traffic|visits"),
)
_PARTS = re.compile(r"[\n;,]+")
_INTRODUCED = re.compile(r"^(?:(?:es|it is|it's)\s+)?(?:para|sobre|acerca de|for|about)\s+(?=\S)", re.IGNORECASE)
"""What an answer begins with that is no part of what it names: "for our bakery" is about "our bakery"."""
NEEDED = {
    Intent.CAMPAIGN: (Need.BUSINESS, Need.OBJECTIVE, Need.CHANNELS),
    Intent.SINGLE_POST: (Need.CHANNELS,),
    Intent.MEDIA_GENERATION: (Need.SUBJECT,),
    Intent.PLANNING: (Need.CHANNELS,),
}


class Small(StrEnum):
    """What somebody says who wants no work done."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    HELP = "help"


def agrees(text: str) -> bool:
    """Whether it is a yes."""
    words = _words(text)
    return 0 < len(words) <= _SHORT and words[0] in _AGREES


def declines(text: str) -> bool:
    """Whether it is a no, or calls off what was wanted."""
    words = _words(text)
    return 0 < len(words) <= _SHORT and words[0] in _DECLINES


def small(text: str) -> Small | None:
    """Which small talk it is, if it is some."""
    words = _words(text)
    if len(words) <= _SHORT and words:
        for kind, known in ((Small.GREETING, _GREETS), (Small.THANKS, _THANKS), (Small.FAREWELL, _LEAVES)):
            if all(word in known for word in words):
                return kind
    return Small.HELP if _HELP.search(" ".join(words)) else None


def says_nothing(text: str) -> bool:
    """Whether there is no word in it."""
    return not _words(text)


def objective_in(text: str) -> str | None:
    """What a text names as an objective, under the name that agents know it by."""
    plain = read(text).plain
    return next((name for name, pattern in _OBJECTIVES if re.search(pattern, plain)), None)


def missing(intent: Intent, context: Context, entities: Entities) -> tuple[Need, ...]:
    """What is not known that the work needs."""
    subject = context.business or entities.product
    known = {
        Need.BUSINESS: subject,
        Need.SUBJECT: subject,
        Need.OBJECTIVE: context.objective,
        Need.CHANNELS: context.channels,
    }
    return tuple(need for need in NEEDED.get(intent, ()) if not known[need])


def answered(context: Context, asked: Sequence[Need], text: str) -> Context:
    """The context with what an answer says to what was asked; channels are known already."""
    free = [need for need in asked if need is not Need.CHANNELS]
    parts = [part.strip() for part in _PARTS.split(text) if part.strip() and not channels_in(read(part).words)]
    if not free or not parts:
        return context
    if len(parts) != len(free):
        named = Need.OBJECTIVE if Need.OBJECTIVE in free and objective_in(text) else free[0]
        free, parts = [named], [", ".join(parts)]
    named_so = (_INTRODUCED.sub("", part)[:500] for part in parts)
    given = {_FIELD[need]: name for need, name in zip(free, named_so, strict=True)}
    return context.model_copy(update=given)


_FIELD = {Need.BUSINESS: "business", Need.SUBJECT: "business", Need.OBJECTIVE: "objective"}


def _words(text: str) -> list[str]:
    return [word.folded for word in read(text).words]
