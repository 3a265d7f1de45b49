"""What people say, in both languages, and what they are answered: work, a question, or a word at once."""

from datetime import date

import pytest

from tests.support.conversations import Chat
from watchbill.conversations.models import NewMessage, Outcome, PreferencesChange, ReplyStatus
from watchbill.conversations.plans import generated
from watchbill.conversations.values import Preferences
from watchbill.conversations.wording import concluded
from watchbill.decisions.engine import BuiltinEngine
from watchbill.decisions.models import Decision, Facts, Intent, Language

SEED = {
    "negocio": "Tech Startup",
    "objetivo": "brand awareness",
    "canales": ["instagram", "facebook"],
    "preferencias": {"contenido": ["video", "image"], "tono": "professional", "frecuencia": "daily"},
}


class Unsure(BuiltinEngine):
    """Decides as the built-in engine does, and is not sure of a post."""

    def decide(self, text: str, facts: Facts) -> Decision:
        decision = super().decide(text, facts)
        return decision.model_copy(update={"confidence": 0.4} if decision.intent is Intent.SINGLE_POST else {})


def test_the_request_of_the_original_begins_a_campaign_of_five_agents() -> None:
    chat = Chat()

    answer = chat.say("Create a marketing campaign for Instagram", **SEED)

    assert answer.status is ReplyStatus.PROCESSING
    assert (answer.decision.intent, len(answer.task_ids)) == (Intent.CAMPAIGN, 5)
    assert {agent: step.after for agent, step in chat.noted.nodes.items()} == {
        "trend-scanner": (),
        "video-scriptor": ("trend-scanner",),
        "campaign-agent": ("trend-scanner",),
        "post-scheduler": ("video-scriptor", "campaign-agent"),
        "analytics-reporter": ("post-scheduler",),
    }
    told = chat.noted.nodes["campaign-agent"].payload
    assert told["targetChannels"] == ["instagram", "facebook"]
    assert (told["title"], told["objective"]) == ("Tech Startup", "brand awareness")
    likes = {"contentTypes": ["video", "image"], "tone": "professional", "frequency": "daily"}
    assert told["context"]["preferences"] == likes
    assert answer.context.model_dump(mode="json", by_alias=True, exclude_none=True) == {"sessionId": "s", **SEED}
    assert "Instagram and Facebook" in answer.reply


def test_media_are_a_script_and_trends_side_by_side_where_nobody_makes_them() -> None:
    chat = Chat()

    answer = chat.say("Genera un vídeo sobre nuestro café")

    assert answer.decision.intent is Intent.MEDIA_GENERATION
    assert {agent: step.after for agent, step in chat.noted.nodes.items()} == {
        "video-scriptor": (),
        "trend-scanner": (),
    }


@pytest.mark.parametrize(
    ("said", "likes", "generators"),
    [
        ("Genera un vídeo sobre nuestro café", None, {"video-generator": ("video-scriptor",)}),
        ("Generate an audio about our coffee", ["image"], {"audio-generator": ("video-scriptor",)}),
        ("Genera una imagen de nuestro café", None, {"image-generator": ()}),
        (
            "Create an image and a video about our coffee",
            None,
            {"image-generator": (), "video-generator": ("video-scriptor",)},
        ),
    ],
)
def test_media_are_made_of_the_script_where_there_is_somebody_who_makes_them(
    said: str, likes: list[str] | None, generators: dict[str, tuple[str, ...]]
) -> None:
    chat = Chat(generates=True)

    answer = chat.say(said, preferencias={"contenido": likes, "tono": "cercano"})

    assert answer.decision.primary_agent == "video-scriptor"
    assert set(answer.decision.supporting_agents) == {"trend-scanner", *generators}
    made = {agent: step for agent, step in chat.noted.nodes.items() if agent.endswith("-generator")}
    assert {agent: step.after for agent, step in made.items()} == generators
    assert {agent: step.after for agent, step in chat.noted.nodes.items() if agent not in made} == {
        "video-scriptor": (),
        "trend-scanner": (),
    }
    assert all(step.payload["style"] == "cercano" and step.payload["message"] == said for step in made.values())
    assert all(agent in answer.reply for agent in generators)


@pytest.mark.parametrize(("likes", "made"), [(["post", "image", "audio"], ("image", "audio")), (["post"], ("video",))])
def test_where_no_kind_of_media_is_named_those_are_made_that_are_liked(likes: list[str], made: tuple[str, ...]) -> None:
    named = BuiltinEngine().decide("Genera un vídeo sobre nuestro café", Facts(today=date(2026, 3, 10)))
    decision = named.model_copy(update={"entities": named.entities.model_copy(update={"media": ()})})

    found = generated(decision, Preferences.model_validate({"content_types": likes}))

    assert found.supporting_agents == ("trend-scanner", *(f"{kind}-generator" for kind in made))


def test_english_names_of_the_context_are_the_same() -> None:
    english = {
        "business": "Tech Startup",
        "objective": "brand awareness",
        "channels": ["Instagram", "fb"],
        "preferences": {"contentTypes": ["videos", "photo"], "tone": "professional", "frequency": "daily"},
    }

    assert Chat().say("Create a campaign", **english).context == Chat().say("Create a campaign", **SEED).context


@pytest.mark.parametrize(
    ("asked", "given", "language"),
    [
        ("Quiero una campaña", ["Panadería El Trigo, vender más pan, Instagram y TikTok"], Language.SPANISH),
        ("Quiero una campaña", ["Panadería El Trigo", "vender más", "en Instagram y TikTok"], Language.SPANISH),
        ("I want a campaign", ["The Wheat Bakery; more sales; on Instagram and TikTok"], Language.ENGLISH),
    ],
)
def test_what_is_missing_is_asked_for_until_it_is_known_and_then_work_begins(
    asked: str, given: list[str], language: Language
) -> None:
    chat = Chat()
    first = chat.say(asked)
    assert (first.status, len(first.questions), first.task_ids) == (ReplyStatus.REQUIRES_CONFIRMATION, 3, ())

    *before, last = [chat.say(text) for text in given]

    assert {one.status for one in before} <= {ReplyStatus.REQUIRES_CONFIRMATION}
    assert (last.status, last.decision.intent) == (ReplyStatus.PROCESSING, Intent.CAMPAIGN)
    assert last.decision.language is language
    told = chat.noted.nodes["campaign-agent"].payload
    assert (told["targetChannels"], told["objective"]) == (["instagram", "tiktok"], "sales")
    assert told["title"] in ("Panadería El Trigo", "The Wheat Bakery")


def test_what_was_known_before_is_not_asked_for_again() -> None:
    chat = Chat()
    chat.say("hola", **SEED)

    assert chat.say("Crea una campaña").status is ReplyStatus.PROCESSING
    assert chat.say("Ahora un post").status is ReplyStatus.PROCESSING


@pytest.mark.parametrize(("answer", "agrees"), [("sí", True), ("Yes please", True), ("no", False)])
def test_what_was_perhaps_meant_is_proposed_and_done_when_that_is_agreed_to(answer: str, agrees: bool) -> None:
    chat = Chat(engine=Unsure())

    proposed = chat.say("Un post en Instagram y Facebook")

    assert proposed.status is ReplyStatus.REQUIRES_CONFIRMATION
    assert proposed.reply == "¿Quieres que prepare una publicación en Instagram y Facebook?"
    assert chat.say(answer).status is (ReplyStatus.PROCESSING if agrees else ReplyStatus.COMPLETED)
    assert len(chat.noted.begun) == agrees


def test_who_wants_something_else_meanwhile_is_understood() -> None:
    chat = Chat()
    chat.say("quiero una campaña para mi panadería")

    answer = chat.say("mejor solo un post en instagram")

    assert (answer.status, answer.decision.intent) == (ReplyStatus.PROCESSING, Intent.SINGLE_POST)
    assert chat.noted.nodes["trend-scanner"].payload["topic"] == "panadería"


@pytest.mark.parametrize(
    ("said", "answer", "business"),
    [
        ("Quiero una campaña", "Para mi panadería, en Instagram, para vender más", "mi panadería"),
        ("I want a campaign", "It's for our bakery; on Instagram; to sell more", "our bakery"),
        ("I want a campaign", "Forest Bakery, on Instagram, more sales", "Forest Bakery"),
    ],
)
def test_what_an_answer_names_is_kept_without_the_words_that_lead_to_it(said: str, answer: str, business: str) -> None:
    chat = Chat()
    chat.say(said)

    done = chat.say(answer)

    assert (done.status, done.context.negocio) == (ReplyStatus.PROCESSING, business)


def test_who_calls_it_off_is_not_asked_again() -> None:
    chat = Chat()
    chat.say("haz un video")

    assert chat.say("olvídalo").reply.startswith("De acuerdo")
    assert chat.say("una cafetería en Madrid").status is ReplyStatus.COMPLETED
    assert chat.noted.begun == []


@pytest.mark.parametrize("said", ["hola", "Thank you!", "ayuda", "what can you do?", "adiós", "asdf qwerty", " ", "¿?"])
def test_small_talk_is_answered_at_once(said: str) -> None:
    chat = Chat()

    answer = chat.say(said)

    assert (answer.status, answer.task_ids, chat.noted.begun) == (ReplyStatus.COMPLETED, (), [])
    assert answer.reply


def test_small_talk_forgets_nothing_that_was_asked() -> None:
    chat = Chat()
    chat.say("Una campaña para mi panadería en Instagram")
    chat.say("gracias")

    assert chat.say("vender más").status is ReplyStatus.PROCESSING


def test_replies_are_in_the_language_preferred_else_in_that_of_the_message() -> None:
    chat = Chat()
    english = chat.say("Create a post on Instagram about our coffee")
    spanish = chat.say("Haz un post en Instagram")
    chat.service.prefer("s", PreferencesChange.model_validate({"preferences": {"language": "en"}}))
    preferred = chat.say("Haz un post en Instagram")

    begins = [answer.reply.startswith("I am on it") for answer in (english, spanish, preferred)]
    assert begins == [True, False, True]


def test_preferences_that_are_null_are_forgotten_and_those_not_named_stay() -> None:
    chat = Chat()
    chat.say("hola", **SEED)

    change = {"preferences": {"tone": None, "timezone": "Europe/Madrid"}}
    likes = chat.service.prefer("s", PreferencesChange.model_validate(change)).preferences

    assert (likes.tone, likes.timezone, likes.frequency) == (None, "Europe/Madrid", "daily")


def outcome(agent: str, error: str | None = None, **result: object) -> Outcome:
    return Outcome(agent=agent, task_id="t", status="failed" if error else "completed", error=error, result=result)


def test_a_conclusion_says_what_was_made_what_failed_and_why() -> None:
    made, failed = outcome("trend-scanner"), outcome("post-scheduler", "no channel answers")
    answer = outcome("faq-responder", answer="Thirty days.")

    def told(intent: Intent, status: ReplyStatus, *outcomes: Outcome) -> list[str]:
        return [concluded(intent, status, outcomes, None, language) for language in ("es", "en")]  # type: ignore[arg-type]

    assert told(Intent.SINGLE_POST, ReplyStatus.PARTIAL, made, failed) == [
        (
            "He podido hacer una parte de la publicación. trend-scanner: tendencias encontradas. "
            "post-scheduler ha fallado: no channel answers."
        ),
        "Part of the post is done. trend-scanner: trends found. post-scheduler has failed: no channel answers.",
    ]
    assert told(Intent.SINGLE_POST, ReplyStatus.FAILED, failed)[1] == (
        "The post could not be done. post-scheduler has failed: no channel answers."
    )
    assert told(Intent.ANALYSIS, ReplyStatus.COMPLETED, made)[0] == (
        "Listo: el análisis. trend-scanner: tendencias encontradas."
    )
    assert told(Intent.QUESTION, ReplyStatus.COMPLETED, answer) == ["Thirty days."] * 2


@pytest.mark.parametrize(
    "context",
    [
        {"canales": ["myspace"]},
        {"canales": ["instagram"] * 11},
        {"negocio": "x" * 501},
        {"negocio": "a", "business": "b"},
        {"preferencias": {"contenido": ["opera"]}},
        {"preferencias": {"language": "fr"}},
        {"preferencias": {"timezone": "Mars/Olympus"}},
        {"sessionId": "a/b"},
        {"mood": "good"},
    ],
    ids=lambda context: next(iter(context)),
)
def test_what_is_no_context_is_refused(context: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        NewMessage.model_validate({"message": "hola", "context": context})
