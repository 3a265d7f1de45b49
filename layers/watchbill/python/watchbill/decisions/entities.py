"""What a message names: channels, media, days, money, the people it is for and the thing it is about. Pure."""

import re
from datetime import date

from watchbill.decisions.amounts import budget_in
from watchbill.decisions.dates import dates_in, duration_in
from watchbill.decisions.models import Channel, Entities, Intent, Language, Medium
from watchbill.decisions.text import Message

LONGEST_NAME = 80
_PEOPLE = [
    "jovenes",
    "adolescentes",
    "mujeres",
    "hombres",
    "madres",
    "mamas",
    "padres",
    "familias",
    "ninos",
    "jubilados",
    "estudiantes",
    "universitarios",
    "empresas",
    "pymes",
    "emprendedores",
    "profesionales",
    "millennials",
    "turistas",
    "viajeros",
    "clientes",
    "vecinos",
    "desarrolladores",
    "medicos",
    "abogados",
    "directores",
    "parejas",
    "teens",
    "teenagers",
    "women",
    "men",
    "mothers",
    "moms",
    "mums",
    "dads",
    "fathers",
    "parents",
    "families",
    "kids",
    "students",
    "professionals",
    "seniors",
    "pensioners",
    "retirees",
    "companies",
    "businesses",
    "founders",
    "freelancers",
    "developers",
    "doctors",
    "lawyers",
    "managers",
    "tourists",
    "travellers",
    "travelers",
    "gamers",
    "runners",
    "homeowners",
    "couples",
    "customers",
    "locals",
    "adults",
    "adultos",
    "mayores",
    "people",
    "personas",
    "gente",
    "founders",
    "teachers",
    "profesores",
    "novios",
]
_UP_TO_SIX = r"(?:\s+[\w'-]+){0,6}"
_AIMED = re.compile(
    r"\b(?:(?:dirigid[oa]s?|aimed|targeted|pensad[oa]s?)\s+(?:a|at|to|en|para)|targeting|apuntando a"
    rf"|(?:target|audience|audiencia|publico|publico objetivo)\s*(?::|es|is|son|are))\s+([\w'-]+{_UP_TO_SIX})"
)
_FOR_PEOPLE = re.compile(
    rf"\b(?:para|a|for|to|at)\s+(?:los |las |the |our |nuestr[oa]s )?"
    rf"((?:[\w'-]+\s+){{0,2}}?(?:{'|'.join(_PEOPLE)})\b{_UP_TO_SIX})"
)
_ABOUT = re.compile(
    r"\b(?:about|sobre|acerca de|promoting|promote|promocionar|promocionando|anunciando|announcing"
    r"|launch|lanzar|vender|selling|sell|de mi|de mis"
    r"|de nuestr[oa]s?|para mi|para mis|para nuestr[oa]s?|for my|for our|of our|of my)\s+"
    r"(?:el |la |los |las |un |una |the |a |an |our |my |mi |mis |nuestr[oa]s? )?([\w'-]+(?:\s+[\w'-]+){0,4})"
)
_CUT = re.compile(
    r"\s+(?:en|in|on|para|for|con|with|que|that|who|and|y|e|pero|but|durante|during|desde|from|hasta|until|to|a|at|por|by|before|antes|"
    r"this|next|este|esta|hoy|today|tomorrow|manana|please|porfa|via)\b.*$"
)


def entities_of(
    message: Message,
    intent: Intent,
    language: Language,
    today: date,
    channels: tuple[Channel, ...],
    media: tuple[Medium, ...],
) -> Entities:
    """What a message names; talk names no channel, and only what is to be made has a medium."""
    plain = message.plain
    return Entities(
        channels=() if intent == Intent.SMALLTALK else channels,
        media=media if intent in (Intent.MEDIA_GENERATION, Intent.CAMPAIGN, Intent.SINGLE_POST) else (),
        dates=dates_in(plain, message.text, today, language),
        duration=duration_in(plain),
        budget=budget_in(plain),
        audience=_named(_AIMED, message, plain) or _named(_FOR_PEOPLE, message, plain),
        product=_named(_ABOUT, message, plain),
    )


def _named(pattern: re.Pattern[str], message: Message, plain: str) -> str | None:
    """What a pattern's group covers, as it was written, up to the next word that leads elsewhere."""
    match = pattern.search(plain)
    if not match:
        return None
    length = len(_CUT.sub("", match[1]))
    return message.text[match.start(1) : match.start(1) + length].strip()[:LONGEST_NAME] or None
