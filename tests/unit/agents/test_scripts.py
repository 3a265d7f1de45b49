"""Scripts from templates: they fit their format's time, have a hook and an action, and take nothing for an order."""

import re
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.agents.formats import FORMATS, REEL, SHORT, STORY, TIKTOK, YOUTUBE, format_of
from watchbill.agents.objectives import Aim, aim_of
from watchbill.agents.script_lines import Line, Part, book_of
from watchbill.agents.scripts import Brief, WrittenScript, of_templates, shape_of, timed
from watchbill.decisions.models import Channel, Language

EVERY = list(product(FORMATS, Language, Aim, (None, "profesional"), ((), ("carreras de noche por la montaña",))))


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_every_script_can_be_spoken_in_its_time(form):
    for _, language, aim, tone, trends in (one for one in EVERY if one[0] is form):
        name = "zapatillas de montaña para mujer"
        script = of_templates(Brief(form, language, aim, product=name, tone=tone, trends=trends))

        assert (script.scenes[0].start, script.scenes[-1].end) == (0, form.seconds)
        for before, after in pairwise(script.scenes):
            assert before.end == after.start
        for scene in script.scenes:
            assert scene.end - scene.start >= 2
            assert len(scene.voice.split()) <= 4 * (scene.end - scene.start)
            assert len(scene.on_screen.split()) <= 7
        assert sum(len(scene.voice.split()) for scene in script.scenes) <= form.words
        assert len(script.short_version) <= 280
        assert "{" not in script.model_dump_json(exclude={"script"}).replace('{"', "")


def test_a_script_uses_what_it_is_told():
    brief = Brief(
        SHORT, Language.SPANISH, Aim.SALES, product="aceite de oliva", tone="cercano", trends=("cocina lenta",)
    )

    script = of_templates(brief)

    assert script.title == "Aceite de oliva, de cerca"
    assert script.scenes[0].voice == "¿Estás pensando en aceite de oliva? Mira esto antes de decidir."
    assert script.scenes[1].voice.startswith("Estos días se habla más de cocina lenta.")
    assert "Entra en el enlace" in script.scenes[-1].voice
    assert "### Escena 1 (0:00-0:06)\n**Imagen:** " in script.script


def test_who_is_formal_is_formal_throughout():
    script = of_templates(Brief(YOUTUBE, Language.SPANISH, Aim.AWARENESS, tone="formal y serio"))

    words = set(re.findall(r"\w+", script.script.lower()))
    assert {"conoce", "usted", "síganos"} <= words
    assert words.isdisjoint({"tú", "ti", "tu", "te", "conoces", "síguenos", "imagínatelo"})


@given(st.text(max_size=300), st.text(max_size=300), st.lists(st.text(max_size=120), max_size=3))
def test_whatever_is_told_becomes_a_script(named, tone, trends):
    script = of_templates(Brief(REEL, Language.ENGLISH, Aim.SALES, product=named, tone=tone, trends=tuple(trends)))

    assert script.title.strip()
    assert len(script.title) < 100
    assert len(script.model_dump_json()) < 20_000


@given(st.lists(st.integers(0, 60), min_size=2, max_size=10), st.integers(20, 90))
def test_times_follow_one_another_and_none_is_too_short(words, seconds):
    scenes = timed([Line(picture="p", voice="w " * count, screen="") for count in words], seconds)

    assert scenes[0].start == 0
    assert scenes[-1].end == seconds
    assert all(before.end == after.start for before, after in pairwise(scenes))
    assert all(scene.end - scene.start >= 1 for scene in scenes)


@pytest.mark.parametrize(
    ("word", "channel", "meant"),
    [
        (None, None, REEL),
        ("Reel de Instagram", Channel.TIKTOK, REEL),
        ("stories", None, STORY),
        ("una historia", None, STORY),
        ("YouTube Short", None, SHORT),
        ("video", Channel.YOUTUBE, YOUTUBE),
        ("vídeo largo", None, YOUTUBE),
        ("video", Channel.TIKTOK, TIKTOK),
    ],
)
def test_a_format_is_known_by_its_word_or_its_channel(word, channel, meant):
    assert format_of(word, channel) is meant


@pytest.mark.parametrize(
    ("objective", "aim"),
    [
        ("Aumentar las ventas y la marca", Aim.SALES),
        ("more LEADS", Aim.SALES),
        ("dar a conocer la tienda", Aim.AWARENESS),
        ("brand awareness", Aim.AWARENESS),
        ("hablar con la comunidad", Aim.ENGAGEMENT),
        (None, Aim.ENGAGEMENT),
    ],
)
def test_an_objective_is_understood_in_both_languages(objective, aim):
    assert aim_of(objective) is aim


def test_every_book_has_every_line():
    for language, formal in product(Language, (True, False)):
        book = book_of(language, formal)
        assert all(book.line(part, aim) for part, aim in product(Part, Aim))


def test_a_model_s_script_that_takes_too_long_is_none():
    scene = {"picture": "a", "voice": "word " * 26, "on_screen": ""}
    told = {"title": "t", "narrative": "n", "visual_suggestions": ["a", "b"], "short_version": "s"}

    assert isinstance(shape_of(YOUTUBE).model_validate({**told, "scenes": [scene] * 3}), WrittenScript)
    with pytest.raises(ValueError, match="the voice has 78 words, and in 30 seconds only 75 fit"):
        shape_of(REEL).model_validate({**told, "scenes": [scene] * 3})
