"""The lines of `script_lines.toml`, of which scripts are made where no language model writes them. Pure."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources

from watchbill.agents.objectives import Aim
from watchbill.decisions.models import Language
from watchbill.platform.wire import Model


class Part(StrEnum):
    """What a scene is for."""

    HOOK = "hook"
    TREND = "trend"
    PROBLEM = "problem"
    PRODUCT = "product"
    HOW = "how"
    AUDIENCE = "audience"
    REMEMBER = "remember"
    ACTION = "action"


class Line(Model):
    """A scene: what is seen, said and shown; `more` is said besides where there is time."""

    picture: str
    voice: str
    screen: str
    more: str = ""


class Book(Model):
    """The lines of a language, and of a way to address people in it.

    `product` is what a product is called that nobody has named; `labels` name a scene and its three lines, `upright`
    and `wide` say how to film. `{product}`, `{trend}`, `{seconds}` and `{tone}` stand for what a script is told.
    """

    lines: Mapping[Part, Line]
    hooks: Mapping[Aim, Line]
    actions: Mapping[Aim, Line]
    product: str
    title: str
    labels: tuple[str, str, str, str]
    narrative: str
    visuals: tuple[str, ...]
    upright: str
    wide: str

    def line(self, part: Part, aim: Aim) -> Line:
        """The line of a scene."""
        if part is Part.HOOK:
            return self.hooks[aim]
        return self.actions[aim] if part is Part.ACTION else self.lines[part]


def book_of(language: Language, formal: bool) -> Book:
    """The lines of a language; English has one way to address people."""
    if language is Language.ENGLISH:
        return _books()["english"]
    return _books()["spanish_formal" if formal else "spanish"]


@cache
def _books() -> dict[str, Book]:
    table = tomllib.loads(resources.files(__package__).joinpath("script_lines.toml").read_text("utf-8"))
    return {name: Book.model_validate(book) for name, book in table.items()}
