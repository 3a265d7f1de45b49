"""What people are told in a conversation, in Spanish and English side by side. Pure."""

from collections.abc import Mapping, Sequence

from watchbill.conversations.models import Need, Outcome, ReplyStatus
from watchbill.decisions.models import Channel, Intent, Language

Both = Mapping[Language, str]
ES, EN = Language.SPANISH, Language.ENGLISH


def _both(es: str, en: str) -> Both:
    return {ES: es, EN: en}


_CHANNELS = {
    Channel.INSTAGRAM: "Instagram",
    Channel.FACEBOOK: "Facebook",
    Channel.TWITTER: "X",
    Channel.TIKTOK: "TikTok",
    Channel.LINKEDIN: "LinkedIn",
    Channel.YOUTUBE: "YouTube",
}
_ASKED: dict[Need, Both] = {
    Need.BUSINESS: _both("¿Qué negocio o producto es?", "Which business or product is it for?"),
    Need.SUBJECT: _both("¿De qué ha de tratar?", "What should it be about?"),
    Need.OBJECTIVE: _both(
        "¿Qué quieres conseguir: darte a conocer, vender más, captar clientes, más interacción?",
        "What should it achieve: awareness, sales, leads, engagement?",
    ),
    Need.CHANNELS: _both(
        "¿En qué canales: Instagram, Facebook, X, TikTok, LinkedIn, YouTube?",
        "On which channels: Instagram, Facebook, X, TikTok, LinkedIn, YouTube?",
    ),
}
_WORK: dict[Intent, Both] = {
    Intent.CAMPAIGN: _both("la campaña", "the campaign"),
    Intent.SINGLE_POST: _both("la publicación", "the post"),
    Intent.MEDIA_GENERATION: _both("el contenido audiovisual", "the media content"),
    Intent.ANALYSIS: _both("el análisis", "the analysis"),
    Intent.PLANNING: _both("la planificación", "the plan"),
    Intent.QUESTION: _both("la respuesta", "the answer"),
}
_PROPOSED: dict[Intent, Both] = {
    Intent.CAMPAIGN: _both("¿Quieres que prepare una campaña{where}?", "Shall I prepare a campaign{where}?"),
    Intent.SINGLE_POST: _both("¿Quieres que prepare una publicación{where}?", "Shall I prepare a post{where}?"),
    Intent.MEDIA_GENERATION: _both(
        "¿Quieres que prepare el contenido audiovisual{where}?", "Shall I prepare the media content{where}?"
    ),
    Intent.ANALYSIS: _both("¿Quieres que analice los datos{where}?", "Shall I look at the figures{where}?"),
    Intent.PLANNING: _both("¿Quieres que planifique el contenido{where}?", "Shall I plan the content{where}?"),
    Intent.QUESTION: _both(
        "¿Quieres que busque la respuesta en tus documentos?", "Shall I look for the answer in your documents?"
    ),
}
_DOES: dict[str, Both] = {
    "trend-scanner": _both("busca tendencias", "looks for trends"),
    "video-scriptor": _both("escribe el guion", "writes the script"),
    "campaign-agent": _both("traza la estrategia y el calendario", "draws up the strategy and the calendar"),
    "post-scheduler": _both("programa las publicaciones", "schedules the posts"),
    "analytics-reporter": _both("estudia los datos", "studies the figures"),
    "faq-responder": _both("busca en tus documentos", "looks in your documents"),
    "video-generator": _both("genera el vídeo", "makes the video"),
    "audio-generator": _both("genera el audio", "makes the audio"),
    "image-generator": _both("genera la imagen", "makes the image"),
}
_DID: dict[str, Both] = {
    "trend-scanner": _both("tendencias encontradas", "trends found"),
    "video-scriptor": _both("guion escrito", "script written"),
    "campaign-agent": _both("estrategia y calendario listos", "strategy and calendar ready"),
    "post-scheduler": _both("publicaciones programadas", "posts scheduled"),
    "analytics-reporter": _both("informe listo", "report ready"),
    "faq-responder": _both("respuesta encontrada", "answer found"),
    "video-generator": _both("vídeo generado", "video made"),
    "audio-generator": _both("audio generado", "audio made"),
    "image-generator": _both("imagen generada", "image made"),
}
GREETING = _both(
    "¡Hola! Dime qué necesitas: una campaña, una publicación, un vídeo, un análisis o un plan de contenido.",
    "Hello! Tell me what you need: a campaign, a post, a video, an analysis or a content plan.",
)
THANKS = _both("¡De nada! Aquí estoy para lo que necesites.", "You're welcome! I'm here for whatever you need next.")
FAREWELL = _both("¡Hasta luego!", "Goodbye!")
HELP = _both(
    "Puedo preparar campañas con su calendario, publicaciones, guiones de vídeo, análisis de resultados y planes de "
    "contenido, y responder a preguntas con tus documentos. Por ejemplo: «Una campaña en Instagram para mi panadería».",
    "I can prepare campaigns with their calendar, posts, video scripts, analyses of results and content plans, and "
    'answer questions from your documents. For example: "A campaign on Instagram for my bakery".',
)
UNCLEAR = _both(
    "No estoy seguro de qué necesitas. Dime si quieres una campaña, una publicación, un vídeo, un análisis o un plan "
    "de contenido.",
    "I am not sure what you need. Tell me whether it is a campaign, a post, a video, an analysis or a content plan.",
)
DROPPED = _both("De acuerdo, lo dejo. ¿Qué necesitas?", "All right, I leave it. What do you need?")
FOLLOW = _both(
    "Cada paso se cuenta en directo en esta sesión; al acabar llega la respuesta.",
    "Each step is told live in this session; the answer comes when all is done.",
)
ANSWER = _both("Contesta en esta misma sesión y sigo.", "Answer in this session and I go on.")
DONE = _both("Mensaje respondido.", "Message answered.")
_MESSAGES = {ReplyStatus.PROCESSING: FOLLOW, ReplyStatus.REQUIRES_CONFIRMATION: ANSWER}
_FOR = _both(" para {what}", " for {what}")
_OF = _both(" sobre {what}", " about {what}")
_ON = _both(" en {channels}", " on {channels}")
_AND = _both(" y ", " and ")
_NEED = _both("Para {work} me falta saber algo. {questions}", "For {work} I need to know a little more. {questions}")
_BEGUN = _both("Me pongo con {work}{what}{where}: {steps}.", "I am on it, {work}{what}{where}: {steps}.")
_ALL_DONE = _both("Listo: {work}{what}. {made}.", "Done: {work}{what}. {made}.")
_SOME_DONE = _both(
    "He podido hacer una parte de {work}{what}. {made}. {failed}.", "Part of {work}{what} is done. {made}. {failed}."
)
_NONE_DONE = _both("No he podido hacer {work}{what}. {failed}.", "{work}{what} could not be done. {failed}.")
_NOT_BEGUN = _both("No he podido empezar con {work}: {why}.", "I could not begin with {work}: {why}.")
_CALLED_OFF = _both("Se ha cancelado {work}{what}.", "{work}{what} was called off.")
_FAILED = _both("{agent} ha fallado: {error}", "{agent} has failed: {error}")
_UNKNOWN = _both("sin más explicación", "without saying why")


def questions(needs: Sequence[Need], language: Language) -> tuple[str, ...]:
    """What is asked, in the order of the needs."""
    return tuple(_ASKED[need][language] for need in needs)


def asking(intent: Intent, asked: Sequence[str], language: Language) -> str:
    """A reply that asks."""
    return _NEED[language].format(work=_WORK[intent][language], questions=" ".join(asked))


def proposal(intent: Intent, channels: Sequence[Channel], language: Language) -> str:
    """A reply that proposes what was perhaps meant."""
    return _PROPOSED[intent][language].format(where=_where(channels, language))


def begun(
    intent: Intent, agents: Sequence[str], what: str | None, channels: Sequence[Channel], language: Language
) -> str:
    """A reply that says what is being done by whom."""
    steps = [f"{agent} {_DOES[agent][language]}" if agent in _DOES else agent for agent in agents]
    about = {"what": _about(intent, what, language), "where": _where(channels, language)}
    return _BEGUN[language].format(work=_WORK[intent][language], steps=_listed(steps, language), **about)


def not_begun(intent: Intent, why: str, language: Language) -> str:
    """A reply that says why work cannot begin."""
    return _NOT_BEGUN[language].format(work=_WORK[intent][language], why=why)


def concluded(
    intent: Intent, status: ReplyStatus, outcomes: Sequence[Outcome], what: str | None, language: Language
) -> str:
    """The reply when all work has ended: what was made, what failed and why."""
    about = {"work": _WORK[intent][language], "what": _about(intent, what, language)}
    failed = "; ".join(_failure(one, language) for one in outcomes if one.status == "failed")
    match status:
        case ReplyStatus.COMPLETED:
            text = _answer(outcomes) or _ALL_DONE[language].format(made=_made(outcomes, language), **about)
        case ReplyStatus.PARTIAL:
            text = _SOME_DONE[language].format(made=_made(outcomes, language), failed=failed, **about)
        case ReplyStatus.CANCELLED:
            text = _CALLED_OFF[language].format(**about)
        case _:
            text = _NONE_DONE[language].format(failed=failed, **about)
    return text[0].upper() + text[1:]


def explained(status: ReplyStatus, language: Language) -> str:
    """What is next, once a message was answered at first."""
    return _MESSAGES.get(status, DONE)[language]


def _about(intent: Intent, what: str | None, language: Language) -> str:
    words = _FOR if intent in (Intent.CAMPAIGN, Intent.PLANNING) else _OF
    return words[language].format(what=what) if what else ""


def _where(channels: Sequence[Channel], language: Language) -> str:
    return _ON[language].format(channels=_listed([_CHANNELS[one] for one in channels], language)) if channels else ""


def _listed(parts: Sequence[str], language: Language) -> str:
    return _AND[language].join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


def _made(outcomes: Sequence[Outcome], language: Language) -> str:
    made = [one for one in outcomes if one.status == "completed"]
    return "; ".join(f"{one.agent}: {_DID[one.agent][language] if one.agent in _DID else 'ok'}" for one in made)


def _failure(outcome: Outcome, language: Language) -> str:
    return _FAILED[language].format(agent=outcome.agent, error=outcome.error or _UNKNOWN[language])


def _answer(outcomes: Sequence[Outcome]) -> str | None:
    """What somebody was asked is answered in the words of the agent that did."""
    (result,) = (one.result for one in outcomes) if len(outcomes) == 1 else (None,)
    said = result.get("answer") if isinstance(result, dict) else None
    return said if isinstance(said, str) and said else None
