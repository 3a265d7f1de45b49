"""The words of a campaign's plan where no language model writes them, in English and Spanish. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from watchbill.campaigns.planning import ContentType
from watchbill.campaigns.strategies import Strategy, StrategyKind
from watchbill.decisions.models import Language


@dataclass(frozen=True, slots=True)
class Phrases:
    """Sentences about `{subject}`, which nobody has said anything of: they claim nothing of it."""

    approach: str
    messages: tuple[str, ...]
    tactics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What a language calls things."""

    audience: str
    about_trend: str
    types: dict[ContentType, str]
    topics: tuple[str, ...]


_PHRASES = {
    (Language.ENGLISH, StrategyKind.BRAND_AWARENESS): Phrases(
        "Be seen often and look the same everywhere, so that {subject} is known and recognised.",
        ("Who we are and what we stand for", "What makes {subject} different", "The people behind {subject}"),
        ("A look that is recognised at once", "Posts that are made to be shared", "Work with accounts people trust"),
    ),
    (Language.ENGLISH, StrategyKind.LEAD_GENERATION): Phrases(
        "Few posts, each with one reason to act and one clear next step towards {subject}.",
        ("The problem that {subject} solves", "What one gets, and how to get it", "What people ask before they decide"),
        ("One call to action in each post", "An offer with a date", "Answers to comments within the day"),
    ),
    (Language.ENGLISH, StrategyKind.ENGAGEMENT): Phrases(
        "Talk with people rather than to them: questions, answers and what they make of {subject}.",
        ("We listen, and answer", "{subject} as people use it", "What others can learn from it"),
        ("A question in every other post", "Polls in stories", "Show what people send in, with their consent"),
    ),
    (Language.SPANISH, StrategyKind.BRAND_AWARENESS): Phrases(
        "Aparecer a menudo y con la misma imagen en todas partes, para que se conozca y reconozca {subject}.",
        ("Quiénes somos y qué defendemos", "Qué hace diferente a {subject}", "Las personas detrás de {subject}"),
        (
            "Una imagen que se reconoce al instante",
            "Contenido hecho para compartir",
            "Colaborar con cuentas de confianza",
        ),
    ),
    (Language.SPANISH, StrategyKind.LEAD_GENERATION): Phrases(
        "Pocas publicaciones, cada una con un motivo para actuar y un siguiente paso claro hacia {subject}.",
        (
            "El problema que resuelve {subject}",
            "Qué se obtiene y cómo conseguirlo",
            "Dudas antes de decidir",
        ),
        ("Una llamada a la acción por publicación", "Una oferta con fecha", "Responder a los comentarios en el día"),
    ),
    (Language.SPANISH, StrategyKind.ENGAGEMENT): Phrases(
        "Hablar con la gente, no a la gente: preguntas, respuestas y lo que hacen con {subject}.",
        ("Escuchamos y respondemos", "{subject} tal como se usa", "Lo que otros pueden aprender"),
        (
            "Una pregunta cada dos publicaciones",
            "Encuestas en las historias",
            "Mostrar lo que envían, con permiso",
        ),
    ),
}
_WORDS = {
    Language.ENGLISH: Words(
        audience="People who are interested in {subject}",
        about_trend="{trend}, and what it has to do with {subject}",
        types={
            ContentType.POST: "Post",
            ContentType.IMAGE: "Image",
            ContentType.VIDEO: "Video",
            ContentType.STORY: "Story",
        },
        topics=(
            "What {subject} is about",
            "A question about {subject}",
            "Behind the scenes of {subject}",
            "How to begin with {subject}",
            "What people ask about {subject}",
            "A small tip about {subject}",
            "Then and now: {subject}",
        ),
    ),
    Language.SPANISH: Words(
        audience="Personas interesadas en {subject}",
        about_trend="{trend} y su relación con {subject}",
        types={
            ContentType.POST: "Publicación",
            ContentType.IMAGE: "Imagen",
            ContentType.VIDEO: "Vídeo",
            ContentType.STORY: "Historia",
        },
        topics=(
            "De qué trata {subject}",
            "Una pregunta sobre {subject}",
            "Detrás de las cámaras de {subject}",
            "Cómo empezar con {subject}",
            "Lo que se pregunta sobre {subject}",
            "Un pequeño consejo sobre {subject}",
            "Antes y ahora: {subject}",
        ),
    ),
}
_LONGEST_TITLE = 200


def written(
    kind: StrategyKind, subject: str, audience: str | None, trends: Sequence[str], language: Language
) -> Strategy:
    """A strategy about a subject from templates."""
    phrases, words = _PHRASES[language, kind], _WORDS[language]
    return Strategy(
        type=kind,
        approach=_about(phrases.approach, subject),
        key_messages=tuple(_about(one, subject) for one in phrases.messages),
        target_audience=audience or _about(words.audience, subject),
        posting_frequency=kind.posts_a_week,
        engagement_tactics=tuple(_about(one, subject) for one in phrases.tactics),
        trend_alignment=tuple(trends),
    )


def topics(subject: str, trends: Sequence[str], language: Language) -> tuple[str, ...]:
    """What items may be about: first the trends, then what can be said of anything."""
    words = _WORDS[language]
    found = [_about(words.about_trend.replace("{trend}", trend), subject) for trend in trends]
    return (*found, *(_about(one, subject) for one in words.topics))


def title_of(kind: ContentType, topic: str, language: Language) -> str:
    """What an item is called."""
    words = _WORDS[language]
    return f"{words.types[kind]}: {topic}"[:_LONGEST_TITLE].rstrip()


def _about(sentence: str, subject: str) -> str:
    text = sentence.replace("{subject}", subject)
    return text[:1].upper() + text[1:]
