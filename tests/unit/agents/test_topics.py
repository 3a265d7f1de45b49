"""Topics that grow are found by their name, and noise makes none: in whatever order entries come, and however often."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbill.agents.news import Entry
from watchbill.agents.significance import RATE
from watchbill.agents.topics import MOST_EVIDENCE, Interest, collected, topics
from watchbill.agents.trends import Direction, Periods, Source, Trend, TrendKind

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
PERIODS = Periods.until(NOW, 7, 28)
WORDS = [f"{first}{second}" for first in ("sail", "mast", "keel", "oar", "deck", "rope") for second in "abcdefghij"]
OFTEN = [1 / (rank + 1) for rank in range(len(WORDS))]
Told = Mapping[str, Sequence[Entry]]


def noise(seed: int, sources: int = 3, entries: int = 40) -> dict[str, list[Entry]]:
    """Sources that always write of the same things, each as often as words are: the first most, the last hardly."""
    draw = Random(seed)

    def entry(source: int, number: int) -> Entry:
        at = NOW - timedelta(days=draw.uniform(0.01, 34.9))
        return Entry(" ".join(draw.choices(WORDS, OFTEN, k=10)), f"https://s{source}.example/{number}", "", at)

    return {f"s{source}": [entry(source, number) for number in range(entries)] for source in range(sources)}


def about(
    told: Told, words: str, every: int, since: datetime = PERIODS.turn, sources: int = 9
) -> dict[str, list[Entry]]:
    """Every so many entries since an instant tell of something too."""
    return {
        source: [
            Entry(f"{one.title}, {words}", one.url, one.text, one.at)
            if place < sources and number % every == 0 and one.at and one.at >= since
            else one
            for number, one in enumerate(entries)
        ]
        for place, (source, entries) in enumerate(told.items())
    }


def found(told: Told, **interest) -> list[Trend]:
    return topics(collected(told, PERIODS).entries, Interest(**interest))


def test_noise_makes_a_trend_less_often_than_is_stated() -> None:
    worlds = 200

    assert sum(bool(found(noise(seed))) for seed in range(worlds)) <= worlds * RATE


@pytest.mark.parametrize("seed", range(5))
def test_what_is_told_of_more_often_is_found_as_one_trend_in_the_words_it_is_written_in(seed: int) -> None:
    told = about(noise(seed), "Baterías Cuánticas", every=2)

    (trend,) = found(told)

    assert (trend.name, trend.kind, trend.source, trend.direction) == (
        "Baterías Cuánticas",
        TrendKind.TOPIC,
        Source.FEEDS,
        Direction.UP,
    )
    assert trend.baseline == 0
    assert trend.change is None
    assert 0.3 < trend.recent < 0.7
    assert trend.score > 2
    told_of = {one.url: one for entries in told.values() for one in entries if "Cuánticas" in one.title}
    assert len(trend.evidence) == MOST_EVIDENCE
    assert list(trend.evidence) == sorted(trend.evidence, key=lambda url: told_of[url].at, reverse=True)


def test_what_was_told_of_before_already_is_compared_with_that() -> None:
    before = about(noise(1), "tides", every=6, since=PERIODS.start)

    (trend,) = found(about(before, "tides", every=1))

    assert trend.name == "tides"
    assert trend.recent == 1
    assert 0.1 < trend.baseline < 0.25
    assert trend.change == pytest.approx(100 * (1 / trend.baseline - 1), rel=0.01)


def test_what_is_told_of_less_often_or_as_before_is_no_trend() -> None:
    assert found(about(noise(2), "tides", every=3, since=PERIODS.start)) == []
    assert (
        found(
            {
                s: [Entry(f"tides {e.title}", e.url, "", e.at) if e.at < PERIODS.turn else e for e in told]
                for s, told in noise(2).items()
            }
        )
        == []
    )


def test_a_topic_of_one_source_among_several_is_its_own() -> None:
    assert found(about(noise(3), "tides", every=1, sources=1)) == []
    assert [trend.name for trend in found(about(noise(3), "tides", every=1, sources=2))] == ["tides"]


def test_others_that_told_of_it_once_before_do_not_vouch_for_one_that_tells_of_it_now() -> None:
    told = about(noise(3), "tides", every=1, sources=1)
    before = {
        source: [Entry("tides", f"https://{source}.example/once", "", PERIODS.start), *entries]
        for source, entries in told.items()
    }

    assert found(before) == []


def test_where_there_is_but_one_source_it_is_believed() -> None:
    told = about(noise(4, sources=1, entries=90), "tides", every=2)

    assert [trend.name for trend in found(told)] == ["tides"]


def test_a_source_that_has_just_begun_makes_no_trend_of_what_it_writes_about() -> None:
    begun = [Entry("tides and gulls", f"https://new.example/{n}", "", NOW - timedelta(hours=n + 1)) for n in range(60)]
    others = {**noise(5), "s8": begun, "s9": [Entry(e.title, f"{e.url}/b", "", e.at) for e in begun]}

    collection = collected(others, PERIODS)

    assert topics(collection.entries, Interest()) == []
    assert set(collection.unusable) == {"s8", "s9"}
    assert "before 2026-03-03" in collection.unusable["s8"]


def test_one_that_writes_more_than_it_used_to_makes_none_either() -> None:
    # It writes of tides in every second entry, and ten times as often as before; the others never do.
    busy = [NOW - timedelta(hours=n + 1) for n in range(60)] + [NOW - timedelta(days=8 + n) for n in range(20)]
    told = [Entry("tides" if n % 2 else "gulls", f"https://busy.example/{n}", "", at) for n, at in enumerate(busy)]
    more = [Entry(one.title, f"{one.url}/b", "", one.at) for one in told]

    assert found({**noise(6), "busy": told, "more": more}) == []


@settings(max_examples=30)
@given(st.randoms(use_true_random=False))
def test_the_order_of_sources_and_entries_changes_nothing(random) -> None:
    told = about(noise(7, entries=20), "tides", every=1)
    shuffled = {
        source: random.sample(told[source], len(told[source])) for source in random.sample(list(told), len(told))
    }

    assert found(told) == found(shuffled) != []


def test_an_entry_counts_once_however_often_and_wherever_it_is_told() -> None:
    told = about(noise(8), "tides", every=1)
    twice = {
        source: [*entries, *(Entry(e.title, f"{e.url}?utm_source=x#top", e.text, e.at) for e in entries)]
        for source, entries in told.items()
    }
    copied = {**told, "s9": [entry for entries in told.values() for entry in entries]}

    assert found(twice) == found(told)
    assert found(copied) == found(told)


def test_three_entries_of_one_address_are_not_three() -> None:
    told = noise(9)
    same = [Entry("tides", f"https://same.example/?utm_medium={n}", "", NOW - timedelta(hours=n)) for n in range(40)]

    assert "tides" not in {trend.name for trend in found({s: [*entries, *same] for s, entries in told.items()})}


def test_of_a_long_text_the_beginning_counts() -> None:
    def with_text(text: str) -> dict[str, list[Entry]]:
        told = about(noise(1), "tides", every=1)
        return {
            s: [Entry(e.title.replace("tides", ""), e.url, text if "tides" in e.title else "", e.at) for e in es]
            for s, es in told.items()
        }

    assert [trend.name for trend in found(with_text("Tides. " + "of the " * 60))] == ["Tides"]
    assert found(with_text("of the " * 60 + "Tides.")) == []


@pytest.mark.parametrize(
    ("url", "counts"),
    [
        ("https://a.example/2026/03/09/tides", True),
        ("https://a.example/2026-03-09-tides", True),
        ("https://a.example/2026/13/40/tides", False),
        ("https://a.example/tides", False),
    ],
)
def test_without_a_date_an_entry_is_dated_by_its_address_or_does_not_count(url: str, counts: bool) -> None:
    told = {"s0": [*noise(1)["s0"], Entry("tides", url)]}

    assert any(entry.url == url for entry in collected(told, PERIODS).entries) is counts


def test_a_source_that_never_says_when_is_named() -> None:
    collection = collected(
        {"https://p.example": [Entry("a b", "https://p.example/1")], "https://q.example": []}, PERIODS
    )

    assert collection.entries == ()
    assert set(collection.unusable.values()) == {"nothing that it tells says when it is from"}


def test_entries_of_other_times_do_not_count() -> None:
    when = {"old": PERIODS.start - timedelta(seconds=1), "first": PERIODS.start, "ahead": NOW + timedelta(days=2)}
    told = [Entry(name, f"https://a.example/{name}", "", at) for name, at in when.items()]

    entries = collected({"s0": [*noise(1)["s0"], *told]}, PERIODS).entries

    assert {entry.url.rpartition("/")[2] for entry in entries} & set(when) == {"first"}


def test_a_keyword_is_looked_at_by_itself_and_for_what_is_told_of_it() -> None:
    told = about(noise(1, entries=80), "tidal power", every=2, since=PERIODS.start)
    told = about(told, "undersea cables", every=4)
    told = about(told, "gulls", every=3)

    assert {trend.name for trend in found(told)} == {"undersea cables", "gulls"}
    # Entries with gulls have nothing to do with tidal power, but every sixth has both by chance.
    assert found(told, keywords=["Tidal Power"])[0].name == "undersea cables"
    assert found(told, topic="What about the cables that lie undersea?")[0].name == (
        "What about the cables that lie undersea?"
    )
    assert found(told, keywords=["lighthouses"]) == []


def test_a_keyword_that_grows_is_told_as_it_was_asked_for() -> None:
    told = about(noise(1), "Tidal power", every=2)

    assert [trend.name for trend in found(told, keywords=["tidal POWER", "!!"])] == ["tidal POWER"]
