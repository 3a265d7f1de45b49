"""Sessions over time: they expire, begin anew, keep the newest messages, and cost the same however much was said."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.conversations import Chat, CountingTable, ended
from watchbill.conversations.models import MOST_KEPT, ReplyStatus
from watchbill.decisions.engine import BuiltinEngine
from watchbill.decisions.models import Decision, Facts
from watchbill.orchestrations.models import OrchestrationStatus
from watchbill.platform.clock import frozen_at
from watchbill.platform.errors import Conflict, NotFound, Unprocessable
from watchbill.platform.table import Changed
from watchbill.platform.wire import PageQuery

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


class Parrot:
    """Decides the same of everything."""

    def __init__(self, text: str = "hola") -> None:
        self.decision = BuiltinEngine().decide(text, Facts(today=NOON.date()))

    def decide(self, text: str, facts: Facts) -> Decision:  # noqa: ARG002
        return self.decision


def test_a_session_is_gone_half_an_hour_after_the_last_message_and_another_of_its_id_knows_nothing() -> None:
    chat = Chat()
    with frozen_at(NOON):
        chat.say("hola", negocio="Panadería")
    with frozen_at(NOON + timedelta(minutes=29)):
        chat.say("hola")
    with frozen_at(NOON + timedelta(minutes=58)):
        assert chat.service.session("s").context.negocio == "Panadería"
    with frozen_at(NOON + timedelta(minutes=60)):
        with pytest.raises(NotFound):
            chat.service.session("s")
        with pytest.raises(NotFound):
            chat.service.history("s", PageQuery())
        chat.say("hola")
        assert chat.service.session("s").context.negocio is None
        assert [one.number for one in chat.service.history("s", PageQuery()).items] == [2, 1]


def test_ten_thousand_messages_cost_a_message_and_a_look_as_much_as_a_hundred_and_the_newest_are_kept() -> None:
    table = CountingTable()
    chat = Chat(table, Parrot())

    def costs() -> tuple[int, int, int]:
        table.asked = table.read = table.written = 0
        chat.say("hola")
        chat.service.session("s")
        return table.asked, table.read, table.written

    with frozen_at(NOON):
        for _ in range(MOST_KEPT):
            chat.say("hola")
        before = costs()
        for _ in range(5_000 - MOST_KEPT):
            chat.say("hola")

        assert costs() == before == (3, 0, 5)
        assert chat.service.session("s").messages == 10_004
        kept = [one.number for one in chat.service.history("s", PageQuery(limit=500)).items]
    assert kept == list(range(10_004, 10_004 - MOST_KEPT, -1))
    assert len(table.items) == 1 + MOST_KEPT


def test_the_history_goes_on_where_a_page_ended() -> None:
    chat = Chat(engine=Parrot())
    for _ in range(4):
        chat.say("hola")

    first = chat.service.history("s", PageQuery(limit=5))
    second = chat.service.history("s", PageQuery(limit=5, cursor=first.next_cursor))

    assert [one.number for one in (*first.items, *second.items)] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert second.next_cursor is None


def test_two_messages_at_once_both_count_in_an_order() -> None:
    chat = Chat(engine=Parrot())
    chat.say("hola")
    put_in: list[Any] = ["meanwhile"]
    transact = chat.table.transact

    def late(writes: Any) -> None:
        if put_in:
            chat.say(put_in.pop())
        transact(writes)

    chat.table.transact = late  # type: ignore[method-assign]
    chat.say("late")

    said = [one for one in chat.service.history("s", PageQuery()).items if one.role == "user"]
    assert [(one.number, one.message) for one in said] == [(5, "late"), (3, "meanwhile"), (1, "hola")]


def test_who_is_always_in_others_way_is_told_so() -> None:
    chat = Chat()

    def refuse(_: Any) -> None:
        raise Changed(None)

    chat.table.transact = refuse  # type: ignore[method-assign]
    with pytest.raises(Conflict):
        chat.say("hola")


def test_a_message_through_a_socket_that_comes_twice_is_answered_once() -> None:
    chat = Chat()

    for _ in range(2):
        chat.service.hear("s", "m1", "Haz un post en Instagram")

    assert [one.id for one in chat.service.history("s", PageQuery()).items if one.role == "user"] == ["m1"]
    assert len(chat.noted.begun) == 1


def test_work_is_concluded_once_in_its_session() -> None:
    chat = Chat()
    asked = chat.say("Haz un post en Instagram sobre nuestro café")
    (begun,) = chat.noted.begun
    tasks = {task.id: task.model_copy(update={"output": {"text": "x" * 30_000}}) for task in begun.tasks}
    orchestration = ended(begun.orchestration, OrchestrationStatus.PARTIAL, trend_scanner="no feed answers")

    for _ in range(2):
        chat.store.write(chat.concluder.conclusion(orchestration, tasks))

    reply, *_ = chat.service.history("s", PageQuery()).items
    assert (reply.number, reply.answers, reply.status) == (3, 1, ReplyStatus.PARTIAL)
    assert reply.decision == asked.decision
    assert "post-scheduler: publicaciones programadas. trend-scanner ha fallado: no feed answers." in reply.message
    results = {one.agent: (one.result, one.error) for one in reply.results}
    assert results["trend-scanner"] == (None, "no feed answers")
    assert "omitted" in results["post-scheduler"][0]
    assert chat.service.session("s").messages == 3


def test_a_session_lives_while_work_goes_on_in_it_and_half_an_hour_after_it_has_ended() -> None:
    chat = Chat()
    with frozen_at(NOON):
        chat.say("Haz un post en Instagram")
    (begun,) = chat.noted.begun
    orchestration = ended(begun.orchestration, OrchestrationStatus.COMPLETED)

    with frozen_at(NOON + timedelta(hours=23)):
        chat.store.write(chat.concluder.conclusion(orchestration, {}))
    with frozen_at(NOON + timedelta(hours=23, minutes=29)):
        reply, *_ = chat.service.history("s", PageQuery()).items
        assert reply.orchestration_id == orchestration.id
    with frozen_at(NOON + timedelta(hours=23, minutes=31)), pytest.raises(NotFound):
        chat.service.session("s")


def test_a_session_is_gone_a_day_after_the_last_message_when_its_work_never_ends() -> None:
    chat = Chat()
    with frozen_at(NOON):
        chat.say("Haz un post en Instagram")

    with frozen_at(NOON + timedelta(hours=24)), pytest.raises(NotFound):
        chat.service.session("s")


def test_work_whose_session_is_gone_or_begun_anew_or_that_nobody_asked_for_tells_nobody() -> None:
    chat = Chat()
    chat.say("Haz un post en Instagram")
    (begun,) = chat.noted.begun
    orchestration = ended(begun.orchestration, OrchestrationStatus.COMPLETED)
    other = orchestration.model_copy(update={"id": "other"})
    of_nobody = orchestration.model_copy(update={"session_id": None})

    assert chat.concluder.conclusion(other, {}) == chat.concluder.conclusion(of_nobody, {}) == []
    chat.service.remove("s")
    assert chat.concluder.conclusion(orchestration, {}) == []
    chat.say("hola")
    assert chat.concluder.conclusion(orchestration, {}) == []


def test_work_that_cannot_begin_is_answered_with_the_reason() -> None:
    chat = Chat()

    def refuse(_: Any) -> Any:
        raise Unprocessable("agent 'post-scheduler' has no runtime")

    chat.noted.drafted = refuse  # type: ignore[method-assign]
    answer = chat.say("Haz un post en Instagram")

    assert (answer.status, answer.task_ids) == (ReplyStatus.FAILED, ())
    assert answer.reply == "No he podido empezar con la publicación: agent 'post-scheduler' has no runtime."


def test_a_session_that_is_deleted_is_gone_with_all_its_messages() -> None:
    chat = Chat(engine=Parrot())
    for _ in range(3):
        chat.say("hola")

    chat.service.remove("s")

    assert chat.table.items == {}
    with pytest.raises(NotFound):
        chat.service.remove("s")


def test_a_session_shows_its_tasks_and_who_is_at_work() -> None:
    chat = Chat()
    begun = chat.say("Haz un post en Instagram")

    session = chat.service.session("s")

    assert [task.task_id for task in session.tasks] == list(begun.task_ids)
    assert session.active_agents == ("trend-scanner",)
