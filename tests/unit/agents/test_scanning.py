"""What a scan says: what is certain first, what is told of most next to it, each with its figures and its words."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from watchbill.agents.scanning import of_feeds, of_runs
from watchbill.agents.shifts import Work
from watchbill.agents.topics import Told
from watchbill.agents.trends import Source, TrendKind, trend
from watchbill.analytics.models import Cell, Measure
from watchbill.decisions.models import Language

NOW = datetime(2026, 3, 10, tzinfo=UTC)
ES, EN = Language.SPANISH, Language.ENGLISH


def told(text, recent=True, number=0):
    return Told(NOW, "https://a.example", f"https://a.example/{number}", text, recent)


def feed(*texts, before=()):
    return [*(told(text, number=n) for n, text in enumerate(texts)), *(told(text, recent=False) for text in before)]


def of(entries, found=(), language=ES):
    return of_feeds(entries, found, 10, 7, language)


def test_what_is_told_of_most_is_told_once_with_what_is_told_of_beside_it():
    entries = feed(*["Zapatillas de montaña: nuevas suelas"] * 3, "Cocina lenta", before=["Zapatillas de montaña"] * 2)

    first, *others = of(entries)

    assert (first.keyword, first.volume, first.growth, first.certain) == ("nuevas suelas", 3, None, False)
    assert {one.keyword for one in others} == {"Zapatillas", "montaña"}
    assert all(one.growth == -25 for one in others)
    assert "montaña" in first.related_terms
    assert first.insight.startswith("«nuevas suelas» está entre lo más nombrado: 3 publicaciones en 7 días.")


def test_what_is_certain_comes_first_and_is_not_told_again():
    entries = feed(*["Baterías cuánticas"] * 4, *["Velas"] * 9)
    sure = trend("Baterías cuánticas", TrendKind.TOPIC, 0.4, 0.2, 0.001, [])

    found = of(entries, [sure], EN)

    assert [one.keyword for one in found] == ["Baterías cuánticas", "Velas"]
    assert (found[0].volume, found[0].growth, found[0].certain) == (4, 100, True)
    assert found[0].insight == "“Baterías cuánticas” is in 4 entries of the last 7 days, 100% more than before."


def days(before, now):
    return [Cell({Measure.RUNS: count} if count else {}) for count in [before] * 28 + [now] * 7]


def test_what_agents_do_most_is_told_by_kinds_of_tasks():
    works = [Work("scribe", "agent:1", days(1, 3)), Work("write", "task_type:write", days(2, 3))]
    sure = trend("scribe", TrendKind.VOLUME, 3, 1, 0.001, ["agent:1"])

    certain, usual = of_runs(works, [sure], 10, 7, ES)

    assert (certain.keyword, certain.volume, certain.source) == ("scribe", 21, Source.RUNS)
    assert certain.insight == "El número de ejecuciones de «scribe» en los últimos 7 días: un 200 % más que antes."
    assert (usual.keyword, usual.volume, usual.growth, usual.certain) == ("write", 21, 50, False)


def test_without_runs_there_is_nothing_to_tell():
    assert of_runs([Work("write", "task_type:write", days(3, 0))], [], 10, 7, EN) == []


@given(st.lists(st.builds(told, st.text(max_size=60), st.booleans()), max_size=12), st.integers(1, 5))
def test_whatever_feeds_tell_is_scanned(entries, most):
    found = of_feeds(entries, [], most, 7, EN)

    assert len(found) <= most
    assert all(3 <= one.volume <= len(entries) and one.keyword not in one.related_terms for one in found)
