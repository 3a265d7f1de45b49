"""Why a decision was made, in the user's language: the evidence, what came second, how sure it is. Pure."""

from watchbill.decisions.evidence import Verdict
from watchbill.decisions.models import Entities, Intent, Language

_MOST_WORDS, _WORTH_NAMING = 4, 0.05
_INTENTS = {
    Language.SPANISH: {
        Intent.CAMPAIGN: "una campaña", Intent.SINGLE_POST: "una publicación",
        Intent.MEDIA_GENERATION: "contenido multimedia",
        Intent.ANALYSIS: "un análisis", Intent.PLANNING: "planificación", Intent.QUESTION: "una respuesta",
        Intent.SMALLTALK: "conversar",
    },
    Language.ENGLISH: {
        Intent.CAMPAIGN: "a campaign", Intent.SINGLE_POST: "a post", Intent.MEDIA_GENERATION: "media",
        Intent.ANALYSIS: "an analysis",
        Intent.PLANNING: "planning", Intent.QUESTION: "an answer", Intent.SMALLTALK: "to talk",
    },
}  # fmt: skip
_PHRASES = {
    Language.SPANISH: {
        "sure": "Se pide {intent} (confianza {confidence:.0%})", "by": "por {words}",
        "nothing": "ninguna palabra indica otra cosa",
        "second": "más que {second}", "denied": "descartado: {words}", "channels": "canales: {words}",
    },
    Language.ENGLISH: {
        "sure": "What is asked for is {intent} (confidence {confidence:.0%})", "by": "because of {words}",
        "nothing": "no word tells anything else", "second": "rather than {second}", "denied": "ruled out: {words}",
        "channels": "channels: {words}",
    },
}  # fmt: skip


def reasoning(verdict: Verdict, entities: Entities, language: Language) -> str:
    """One sentence on what decided."""
    say, intents = _PHRASES[language], _INTENTS[language]
    parts = [
        say["sure"].format(intent=intents[verdict.intent], confidence=verdict.confidence),
        say["by"].format(words=_listed(verdict.words)) if verdict.words else say["nothing"],
    ]
    second = verdict.ranked[1]
    if verdict.chances[second] >= _WORTH_NAMING:
        parts.append(say["second"].format(second=intents[second]))
    if verdict.denied:
        parts.append(say["denied"].format(words=_listed(verdict.denied)))
    if entities.channels:
        parts.append(say["channels"].format(words=", ".join(entities.channels)))
    return "; ".join(parts) + "."


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"«{word}»" for word in words[:_MOST_WORDS])
