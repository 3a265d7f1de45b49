"""Scripts of short videos: formats, scenes with the times that their words take, and the whole as text. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field, model_validator

from watchbill.agents.answering import Engine
from watchbill.agents.formats import STORY, Format
from watchbill.agents.material import ONLY_INFORMATION, material
from watchbill.agents.objectives import Aim
from watchbill.agents.script_lines import Book, Line, Part, book_of
from watchbill.decisions.models import Language
from watchbill.decisions.text import table
from watchbill.documents.words import words_of
from watchbill.platform.wire import CamelModel, Model

_ON_SCREEN, _SHORTEST = 7, 2
"""Words that are read in passing, and seconds that a scene needs to be seen."""
_MOST_PRODUCT, _MOST_SHORT = 60, 280
_FORMAL = table("formal serio seria profesional professional serious corporativo corporate usted institucional")
_NAMES = {Language.ENGLISH: "English", Language.SPANISH: "Spanish as it is written in Spain"}
_TONES = {Language.ENGLISH: "friendly and direct", Language.SPANISH: "cercano y directo"}


@dataclass(frozen=True, slots=True)
class Brief:
    """What a script is to be: `trends` are what has become more."""

    format: Format
    language: Language
    aim: Aim
    product: str | None = None
    objective: str | None = None
    tone: str | None = None
    trends: tuple[str, ...] = ()

    @property
    def formal(self) -> bool:
        """Whether people are addressed formally."""
        return is_formal(self.tone)


def is_formal(tone: str | None) -> bool:
    """Whether a tone addresses people formally."""
    return not _FORMAL.isdisjoint(words_of(tone or ""))


class Scene(CamelModel):
    """A scene: from which second to which, and what is seen, said and shown."""

    start: int
    end: int
    picture: str
    voice: str
    on_screen: str


class Script(CamelModel):
    """What the video-scriptor brings; `note` says why a model that was to be asked has not written it."""

    title: str
    script: str
    narrative: str
    visual_suggestions: tuple[str, ...]
    short_version: str
    scenes: tuple[Scene, ...]
    duration_seconds: int
    format: str
    language: Language
    engine: Engine
    note: str | None = None


_Spoken = Annotated[str, Field(min_length=1, max_length=600)]


class WrittenScene(Model):
    """A scene as a model writes it."""

    picture: _Spoken
    voice: Annotated[str, Field(max_length=600)]
    on_screen: Annotated[str, Field(max_length=100)]


class WrittenScript(Model):
    """A script as a model writes it."""

    title: Annotated[str, Field(min_length=1, max_length=100)]
    scenes: Annotated[tuple[WrittenScene, ...], Field(min_length=3, max_length=10)]
    narrative: _Spoken
    visual_suggestions: Annotated[tuple[_Spoken, ...], Field(min_length=2, max_length=8)]
    short_version: _Spoken


_INSTRUCTIONS = f"""\
You write the script of a video of {{seconds}} seconds for {{format}}, in {{language}}, in three to eight scenes.
{ONLY_INFORMATION}

Together the scenes' `voice` has at most {{words}} words, which is what can be said in that time. The first scene wins
the viewer within three seconds, without a greeting; the last has one call to action that serves the objective.
`picture` is what is seen, so that it can be filmed; `on_screen` has at most seven words, or none. The tone is that of
the material, or else friendly and direct. `narrative` says in two sentences how the story goes, `visual_suggestions`
are advice for filming and cutting, `short_version` is the same in at most {_MOST_SHORT} characters, as a post.

State as a fact only what the material says. Invent no figures, prices, customers or properties; trends are what people
talk about, not what is true of the product."""


def shape_of(form: Format) -> type[WrittenScript]:
    """What a model is to write for a format: no more than can be said in its time."""

    class Fitting(WrittenScript):
        @model_validator(mode="after")
        def _in_time(self) -> Self:
            said = sum(len(scene.voice.split()) for scene in self.scenes)
            if said > form.words:
                raise ValueError(f"the voice has {said} words, and in {form.seconds} seconds only {form.words} fit")
            return self

    return Fitting


def instructions(brief: Brief) -> str:
    """What a model is to do."""
    form = brief.format
    return _INSTRUCTIONS.format(
        seconds=form.seconds, format=form.name, words=form.words, language=_NAMES[brief.language]
    )


def material_of(brief: Brief) -> str:
    """What a model is told."""
    known = {
        "product": brief.product,
        "objective": brief.objective,
        "tone": brief.tone,
        "trends": list(brief.trends),
    }
    return material({name: value for name, value in known.items() if value}, 8_000)


def of_model(written: WrittenScript, brief: Brief) -> Script:
    """A script as a model wrote it, with its times."""
    lines = [Line(picture=scene.picture, voice=scene.voice, screen=scene.on_screen) for scene in written.scenes]
    return _script(
        brief,
        lines,
        title=written.title,
        narrative=written.narrative,
        visuals=written.visual_suggestions,
        short=written.short_version,
        engine=Engine.LANGUAGE_MODEL,
    )


def of_templates(brief: Brief, note: str | None = None) -> Script:
    """A script from our own lines."""
    book = book_of(brief.language, brief.formal)
    told = {
        "product": _one_line(brief.product) or book.product,
        "trend": next(map(_one_line, brief.trends), ""),
        "seconds": str(brief.format.seconds),
        "tone": _one_line(brief.tone) or _TONES[brief.language],
    }
    lines = [_filled(book.line(part, brief.aim), told, brief.format) for part in _parts(brief)]
    short = f"{lines[0].voice} {lines[-1].voice}"
    return _script(
        brief,
        lines,
        title=_first_large(book.title.format(**told)),
        narrative=book.narrative.format(**told),
        visuals=(_framing(book, brief.format), *(one.format(**told) for one in book.visuals)),
        short=short,
        engine=Engine.TEMPLATE,
        note=note,
    )


def post_of(language: Language, tone: str | None, product: str | None) -> str:
    """A post from our own lines: a question about a product, and where to answer it."""
    book = book_of(language, is_formal(tone))
    hook, action = book.hooks[Aim.ENGAGEMENT], book.actions[Aim.ENGAGEMENT]
    return f"{hook.voice} {action.voice}".format(product=_one_line(product) or book.product)


def _script(
    brief: Brief,
    lines: Sequence[Line],
    *,
    title: str,
    narrative: str,
    visuals: Sequence[str],
    short: str,
    engine: Engine,
    note: str | None = None,
) -> Script:
    scenes = timed(lines, brief.format.seconds)
    return Script(
        title=title,
        script=_text(scenes, book_of(brief.language, brief.formal).labels),
        narrative=narrative,
        visual_suggestions=tuple(visuals),
        short_version=_within(short, _MOST_SHORT),
        scenes=scenes,
        duration_seconds=brief.format.seconds,
        format=brief.format.name,
        language=brief.language,
        engine=engine,
        note=note,
    )


def timed(lines: Sequence[Line], seconds: int) -> tuple[Scene, ...]:
    """Scenes one after the other without gaps, each as long as its words take, for so many seconds together."""
    words = [len(line.voice.split()) for line in lines]
    spare = seconds - _SHORTEST * len(lines)
    total = sum(words) or 1
    ends = [round(_SHORTEST * number + spare * sum(words[:number]) / total) for number in range(1, len(lines) + 1)]
    ends[-1] = seconds
    return tuple(
        Scene(start=start, end=end, picture=line.picture, voice=line.voice, on_screen=line.screen)
        for line, start, end in zip(lines, [0, *ends], ends, strict=False)
    )


def _parts(brief: Brief) -> tuple[Part, ...]:
    first, *others = brief.format.parts
    return (first, Part.TREND, *others) if brief.trends and brief.format is not STORY else brief.format.parts


def _filled(line: Line, told: dict[str, str], form: Format) -> Line:
    voice = f"{line.voice} {line.more}".strip() if form.unhurried else line.voice
    screen = " ".join(line.screen.format(**told).split()[:_ON_SCREEN])
    picture = _first_large(line.picture.format(**told))
    return Line(picture=picture, voice=voice.format(**told), screen=_first_large(screen))


def _framing(book: Book, form: Format) -> str:
    return book.upright if form.upright else book.wide


def _text(scenes: Sequence[Scene], labels: tuple[str, str, str, str]) -> str:
    scene, picture, voice, screen = labels
    return "\n\n".join(
        f"### {scene} {number} ({_clock(one.start)}-{_clock(one.end)})\n"
        f"**{picture}:** {one.picture}\n**{voice}:** {one.voice or chr(0x2013)}\n"
        f"**{screen}:** {one.on_screen or chr(0x2013)}"
        for number, one in enumerate(scenes, start=1)
    )


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"


def _one_line(text: str | None) -> str:
    """What somebody calls a thing, as it can be said in passing: without marks of templates, at most so long."""
    return _within(" ".join(re.sub(r"[{}\x00-\x1f]", " ", text or "").split()), _MOST_PRODUCT)


def _within(text: str, most: int) -> str:
    """A text cut between words."""
    if len(text) <= most:
        return text
    return text[: most + 1].rpartition(" ")[0].rstrip(" ,;:") or text[:most]


def _first_large(text: str) -> str:
    return text[:1].upper() + text[1:]
