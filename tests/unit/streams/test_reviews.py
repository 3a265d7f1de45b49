"""Reviews that meet others, die, or come to a stream that is gone."""

from collections.abc import Callable, Sequence
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.streams.demo import BEGUN, Demo
from watchbill.platform import clock
from watchbill.platform.errors import NotFound
from watchbill.streams import reviewer
from watchbill.streams.models import AgentFacts, Item, ItemChange, NewItem, NewStream
from watchbill.streams.views import StreamInsight


def meeting(demo: Demo, meanwhile: Callable[[], object]) -> None:
    """Have something happen once, in the middle of the next review: it has read the items, and written nothing."""
    happened: list[bool] = []

    def agents(_: str) -> Sequence[AgentFacts]:
        if not happened:
            happened.append(True)
            meanwhile()
        return demo.agents

    demo.reviewer._agents = agents


def test_a_review_of_what_was_true_before_does_not_overwrite_what_another_has_seen_since() -> None:
    demo = Demo(target_metrics={"companies_to_find": 4})
    first, second = demo.add("discover", "discover")
    demo.review()

    def overtaken() -> None:
        demo.streams.amend_item(demo.id, second.id, ItemChange(stage="closed"))
        demo.review()

    demo.streams.amend_item(demo.id, first.id, ItemChange(stage="closed"))
    meeting(demo, overtaken)
    demo.review()

    assert demo.streams.stream(demo.id).current_progress.completed == 2


def test_of_two_reviews_that_tell_the_same_at_once_the_first_has_told_it() -> None:
    demo = Demo()
    demo.add("discover")
    insights = demo.store.insights
    seen: list[bool] = []

    def overtaken(stream_id: str) -> list[StreamInsight]:
        there = insights(stream_id)
        if not seen:
            seen.append(True)
            with clock.frozen_at(BEGUN):
                demo.review()
        return there

    with patch.object(demo.store, "insights", overtaken):
        demo.review()

    assert [insight.created_at for insight in demo.insights()] == [BEGUN, BEGUN]


def test_an_item_that_is_moved_while_it_is_removed_leaves_no_place_behind() -> None:
    demo = Demo()
    (item,) = demo.add("discover")
    found = demo.store.item
    seen: list[bool] = []

    def outrun(stream_id: str, item_id: str) -> Item | None:
        there = found(stream_id, item_id)
        if not seen:
            seen.append(True)
            demo.streams.amend_item(demo.id, item.id, ItemChange(position=9))
        return there

    with patch.object(demo.store, "item", outrun):
        demo.streams.remove_item(demo.id, item.id)

    assert demo.store.places(demo.id) == []


def test_a_review_that_finds_what_the_last_one_found_writes_nothing() -> None:
    demo = Demo(target_metrics={"companies_to_find": 1})
    demo.add("closed")
    demo.review()
    there = {key: dict(item) for key, item in demo.table.items.items()}

    demo.review()

    assert demo.table.items == there


def test_a_stream_that_is_removed_during_its_review_leaves_nothing_of_it() -> None:
    demo = Demo(target_metrics={"companies_to_find": 1})
    demo.add("closed")

    def removed() -> None:
        demo.streams.remove(demo.id)
        demo.review()
        demo.review()

    meeting(demo, removed)
    demo.review()

    assert demo.left() == []
    with pytest.raises(NotFound):
        demo.reviewer.progress(demo.id)


def test_nothing_is_stored_of_a_stream_that_was_removed_meanwhile() -> None:
    demo = Demo()
    add = demo.store.add

    def outrun(items: Sequence[object]) -> None:
        demo.streams.remove(demo.id)
        add(items)  # type: ignore[arg-type]

    demo.store.add = outrun  # type: ignore[method-assign]
    with pytest.raises(NotFound):
        demo.streams.add(demo.id, [NewItem(name="i")])

    assert demo.left() == []


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 7), st.lists(st.integers(0, 4), max_size=6))
def test_what_a_removed_stream_held_is_cleared_away_though_it_dies_at_any_step(items: int, deaths: list[int]) -> None:
    demo = Demo(target_metrics={"companies_to_find": 2})
    demo.add(*["closed"] * items)
    demo.review()
    other = demo.streams.create(NewStream(name="other")).id
    demo.streams.add(other, [NewItem(name="theirs")])
    demo.streams.remove(demo.id)

    for death in deaths:
        demo.dies_in_a_review(death)
    with patch.object(reviewer, "CLEARED_AT_ONCE", 3):
        demo.messages = [{"organisation": "demo", "stream": demo.id}]
        while demo.messages:
            assert demo.messages.pop() == {"organisation": "demo", "stream": demo.id}
            demo.review()

    assert not [key for key in demo.left() if demo.id in key.pk + key.sk]
    assert [item.name for item in demo.streams.items(other)] == ["theirs"]
