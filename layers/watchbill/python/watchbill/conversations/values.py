"""What people say with a message, under Spanish or English names: business, objective, channels, preferences."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, AliasChoices, BeforeValidator, ConfigDict, Field

from watchbill.decisions.channels import channels_in
from watchbill.decisions.models import Channel, Language
from watchbill.decisions.text import fold, read
from watchbill.identity.models import TimeZone
from watchbill.platform.wire import CamelModel, Label, Name

MOST_CHANNELS, MOST_TYPES, LONGEST_NAME = 10, 10, 100
SessionId = Name


class ContentType(StrEnum):
    """What is published."""

    POST = "post"
    IMAGE = "image"
    VIDEO = "video"
    STORY = "story"
    AUDIO = "audio"


_TYPES = {
    "publicacion": ContentType.POST,
    "publicaciones": ContentType.POST,
    "texto": ContentType.POST,
    "text": ContentType.POST,
    "imagen": ContentType.IMAGE,
    "imagenes": ContentType.IMAGE,
    "foto": ContentType.IMAGE,
    "fotos": ContentType.IMAGE,
    "photo": ContentType.IMAGE,
    "photos": ContentType.IMAGE,
    "reel": ContentType.VIDEO,
    "reels": ContentType.VIDEO,
    "historia": ContentType.STORY,
    "historias": ContentType.STORY,
    "stories": ContentType.STORY,
}
_LANGUAGES = {"espanol": "es", "castellano": "es", "spanish": "es", "english": "en", "ingles": "en"}


def _listed(value: Any) -> Any:
    """A list as it is, and a text as a list of one."""
    return [value] if isinstance(value, str) else value


def _channel(value: Any) -> Any:
    if not isinstance(value, str) or len(value) > LONGEST_NAME:
        raise ValueError("a channel is a short text")
    # A message needs more to mean the network by an x.
    found = {Channel.TWITTER} if fold(value.strip()) == "x" else set(channels_in(read(value).words))
    if len(found) != 1:
        raise ValueError(f"a channel is one of {', '.join(Channel)}")
    return found.pop()


def _content_type(value: Any) -> Any:
    word = fold(value.strip()) if isinstance(value, str) else ""
    known = _TYPES.get(word) or _TYPES.get(word + "s") or word.removesuffix("s")
    if known not in frozenset(ContentType):
        raise ValueError(f"a type of content is one of {', '.join(ContentType)}")
    return ContentType(known)


def _language(value: Any) -> Any:
    word = fold(value.strip()) if isinstance(value, str) else ""
    return _LANGUAGES.get(word, word.split("-")[0])


def _once(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))


_AnyChannel = Annotated[Channel, BeforeValidator(_channel)]
_AnyType = Annotated[ContentType, BeforeValidator(_content_type)]
Channels = Annotated[
    tuple[_AnyChannel, ...], BeforeValidator(_listed), Field(max_length=MOST_CHANNELS), AfterValidator(_once)
]
ContentTypes = Annotated[
    tuple[_AnyType, ...], BeforeValidator(_listed), Field(max_length=MOST_TYPES), AfterValidator(_once)
]
AnyLanguage = Annotated[Language, BeforeValidator(_language)]


class Preferences(CamelModel):
    """How somebody wants content to be, and to be answered; what is null is not known."""

    content_types: ContentTypes | None = None
    tone: Label | None = None
    frequency: Label | None = None
    language: AnyLanguage | None = None
    timezone: TimeZone | None = None


class _Bilingual(CamelModel):
    # Whatever the alias, an answer has the names that these fields were first given.
    model_config = ConfigDict(alias_generator=None, populate_by_name=False, serialize_by_alias=True)


class ContextPreferences(_Bilingual):
    """Preferences as a message's context has them."""

    contenido: Annotated[
        ContentTypes | None, Field(validation_alias=AliasChoices("contenido", "content", "contentTypes"))
    ] = None
    tono: Annotated[Label | None, Field(validation_alias=AliasChoices("tono", "tone"))] = None
    frecuencia: Annotated[Label | None, Field(validation_alias=AliasChoices("frecuencia", "frequency"))] = None
    language: Annotated[AnyLanguage | None, Field(validation_alias=AliasChoices("language", "idioma"))] = None
    timezone: Annotated[TimeZone | None, Field(validation_alias=AliasChoices("timezone", "zonaHoraria"))] = None

    @property
    def known(self) -> Preferences:
        """The same under the names that sessions have for them."""
        return Preferences(
            content_types=self.contenido,
            tone=self.tono,
            frequency=self.frecuencia,
            language=self.language,
            timezone=self.timezone,
        )


_Brief = Annotated[str, Field(min_length=1, max_length=500)]


class ChatContext(_Bilingual):
    """What comes with a message: the session it is of, and what is to be known in it from now on."""

    session_id: Annotated[
        SessionId | None, Field(validation_alias=AliasChoices("sessionId"), serialization_alias="sessionId")
    ] = None
    negocio: Annotated[_Brief | None, Field(validation_alias=AliasChoices("negocio", "business"))] = None
    objetivo: Annotated[_Brief | None, Field(validation_alias=AliasChoices("objetivo", "objective"))] = None
    canales: Annotated[Channels | None, Field(validation_alias=AliasChoices("canales", "channels"))] = None
    preferencias: Annotated[
        ContextPreferences | None, Field(validation_alias=AliasChoices("preferencias", "preferences"))
    ] = None


class Context(CamelModel):
    """What is known in a session of the work that is asked for there."""

    business: str | None = None
    objective: str | None = None
    channels: tuple[Channel, ...] = ()
