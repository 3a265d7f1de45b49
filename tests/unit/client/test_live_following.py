"""Following rooms without a network: what is said when, what is given out, and the same fold in both languages."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchbill_client.following import GAP_S, PATIENCE_S, PING_S, Fold, Follower, LiveEvent, LiveRefused, Lost

NODE = Path(sys.executable).with_name("node")
MODULE = Path(__file__).parents[3] / "layers" / "client" / "javascript" / "watchbill-live.js"
FOLDS = """
import { Fold } from "%s";
const given = (events) => events.map((event) => event.seq);
const lives = JSON.parse(await new Response(process.stdin).text()).map(([position, steps]) => {
  const fold = new Fold(position);
  const seen = steps.map(([name, ...told]) => {
    if (name === "asking") return fold.asking();
    if (name === "take") return given(fold.take({ seq: told[0] }));
    if (name === "told") return fold.told(told[0]);
    const { missed, events } = fold.joined({ seq: told[0], complete: told[1] });
    return [missed, given(events)];
  });
  return [seen, fold.position, fold.gap];
});
console.log(JSON.stringify(lives));
"""
SEQ = st.integers(1, 6)
STEP = st.one_of(
    st.tuples(st.just("asking")),
    st.tuples(st.just("take"), SEQ),
    st.tuples(st.just("told"), st.integers(0, 6)),
    st.tuples(st.just("joined"), st.integers(0, 6), st.booleans()),
)
Life = tuple[int | None, list[tuple[object, ...]]]
LIVES = st.lists(st.tuples(st.none() | st.integers(0, 4), st.lists(STEP, max_size=15)), min_size=100, max_size=100)


def said(follower: Follower) -> list[dict[str, object]]:
    messages = [json.loads(text) for text in follower.said]
    follower.said.clear()
    return messages


def event(seq: int, **more: object) -> str:
    return json.dumps({"event": "run_recorded", "room": "runs", "seq": seq, "data": {}} | more)


def joined(seq: int, *, complete: bool = True, room: str = "runs") -> str:
    return json.dumps({"event": "room_joined", "room": room, "data": {"seq": seq, "complete": complete}})


@pytest.fixture
def follower() -> Follower:
    """Somebody who has joined the room of runs, at the third event."""
    follower = Follower(["runs"])
    follower.opened(0)
    for room, seq in (("system", 0), ("runs", 3)):
        assert follower.heard(joined(seq, room=room), 0) == []
    follower.said.clear()
    return follower


def numbers(events: list[LiveEvent]) -> list[int | None]:
    return [each.seq for each in events]


def test_a_new_follower_joins_what_it_wants_and_where_it_was_before() -> None:
    follower = Follower(["runs", "runs"], ["s"], {"runs": 7})

    follower.opened(0)

    assert said(follower) == [
        {"action": "join_room", "room": "system"},
        {"action": "join_room", "room": "runs", "after": 7},
        {"action": "join_session", "sessionId": "s"},
    ]


def test_events_are_given_out_in_order_and_once(follower: Follower) -> None:
    came = [numbers(follower.heard(event(seq), 1)) for seq in (3, 5, 4, 4, 5, 6)]

    assert came == [[], [], [4, 5], [], [], [6]]
    assert follower.positions == {"system": 0, "runs": 6}


def test_what_is_missing_is_asked_for_when_it_does_not_come_by_itself(follower: Follower) -> None:
    follower.heard(event(5), 10)

    assert follower.due(10) == pytest.approx(GAP_S)
    follower.due(10 + GAP_S)
    assert said(follower) == [{"action": "join_room", "room": "runs", "after": 3}]
    assert numbers(follower.heard(joined(5), 14) + follower.heard(event(4), 14)) == [4, 5]
    follower.due(20)
    assert said(follower) == []


def test_a_replay_that_ends_early_is_asked_for_again(follower: Follower) -> None:
    follower.opened(10)
    follower.heard(joined(0, room="system"), 10)
    assert numbers(follower.heard(joined(5), 10) + follower.heard(event(4), 10)) == [4]
    said(follower)

    follower.due(10 + GAP_S)
    assert said(follower) == []
    follower.due(10 + 2 * GAP_S)
    assert said(follower) == [{"action": "join_room", "room": "runs", "after": 4}]


def test_what_a_pong_says_is_missing_is_asked_for(follower: Follower) -> None:
    follower.due(PING_S)
    assert said(follower) == [{"action": "ping"}]
    pong = json.dumps({"event": "pong", "data": {"positions": [{"room": "runs", "seq": 4}]}})

    assert follower.heard(pong, PING_S) == []
    follower.due(PING_S + GAP_S)

    assert said(follower) == [{"action": "join_room", "room": "runs", "after": 3}]


def test_a_room_that_counts_from_elsewhere_is_joined_anew_and_that_is_told(follower: Follower) -> None:
    pong = json.dumps({"event": "pong", "data": {"positions": [{"room": "runs", "seq": 1}]}})
    follower.heard(pong, 1)
    assert said(follower) == [{"action": "join_room", "room": "runs", "after": 3}]

    assert follower.heard(event(2), 1) == []
    told = follower.heard(joined(1, complete=False), 1)

    assert [(each.event, each.room, each.seq) for each in told] == [
        ("missed", "runs", None),
        ("run_recorded", "runs", 2),
    ]


def test_a_service_that_does_not_answer_is_left(follower: Follower) -> None:
    follower.opened(0)
    with pytest.raises(Lost):
        follower.due(PATIENCE_S)


def test_a_connection_on_which_nothing_comes_is_left(follower: Follower) -> None:
    follower.due(PING_S)
    with pytest.raises(Lost):
        follower.due(PING_S + PATIENCE_S)


def test_refusals_are_told_and_a_connection_that_was_given_up_is_left(follower: Follower) -> None:
    def refusal(code: str) -> str:
        return json.dumps({"event": "error", "data": {"code": code, "detail": "because"}})

    with pytest.raises(LiveRefused, match="because"):
        follower.heard(refusal("not_found"), 1)
    with pytest.raises(Lost):
        follower.heard(refusal("conflict"), 1)


def folded(position: int | None, steps: list[tuple[object, ...]]) -> list[object]:
    fold, seen = Fold(position), []
    for name, *told in steps:
        match name, told:
            case "asking", []:
                seen.append(fold.asking())
            case "take", [int(seq)]:
                seen.append(numbers(fold.take(seq, LiveEvent("e", {}, seq=seq))))
            case "told", [int(seq)]:
                seen.append(fold.told(seq))
            case _, [int(seq), bool(complete)]:
                missed, events = fold.joined(seq, complete)
                seen.append([missed, numbers(events)])
    return [seen, fold.position, fold.gap]


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(LIVES)
def test_the_client_of_pages_folds_as_that_of_programs(
    lives: list[tuple[int | None, list[tuple[object, ...]]]],
) -> None:
    script = FOLDS % MODULE
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", script], input=json.dumps(lives), capture_output=True, text=True, check=True
    )

    assert json.loads(done.stdout) == [folded(position, steps) for position, steps in lives]
