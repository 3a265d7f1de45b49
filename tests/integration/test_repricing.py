"""Models without a price are listed with the runs that wait for them, and priced when a price is known."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.service import Service
from tests.support.steps import PRICES, get
from tests.support.tasks import Tasks, message, tasks_of
from tests.support.telemetry import agent, call, export
from watchbill.platform import clock
from watchbill.platform.clock import frozen_at
from watchbill.runs.models import Tokens
from watchbill.services import services
from watchbill.telemetry import repricing
from watchbill.telemetry.overrides import Override

UNKNOWN, REPRICE = "/api/prices/unknown", "/api/prices/reprice"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUSE = {"gen_ai__provider__name": "house", "gen_ai__request__model": "house-1"}


@pytest.fixture
def world(service: Service, key: str, channels: None, monkeypatch: pytest.MonkeyPatch) -> Tasks:
    return tasks_of(service, key, monkeypatch)


def run_at(world: Tasks, at: datetime, trace: str, **said: Any) -> None:
    """Have an agent's run reported that called a model of no known price."""
    spans = [agent(), call(tokens=(1_000_000, 0), **{**HOUSE, **said})]
    of_trace = [type(span)(**{**vars(span), "trace": trace}) for span in spans]
    with frozen_at(at):
        assert export(world.service, world.key, of_trace).status == 200
        world.go_on()


def costs(world: Tasks) -> list[float | None]:
    return sorted((run["cost"] for run in world.get("/api/v1/agents/writer/runs")), key=str)


def state(world: Tasks, **price: Any) -> None:
    answer = world.service.request("PUT", PRICES, {"output": 0, **price}, key=world.key)
    assert answer.status == 200, answer.text


def test_unknown_models_are_listed_with_their_runs_and_leave_when_they_are_priced(world: Tasks) -> None:
    run_at(world, NOON, "one")
    run_at(world, NOON + timedelta(hours=1), "two")
    run_at(world, NOON, "three", gen_ai__request__model="house-2")

    first, second = get(world.service, world.key, UNKNOWN)["items"]
    assert (first["model"], first["runs"], first["more"], second["model"]) == ("house-1", 2, False, "house-2")
    assert first["first_seen"] < first["last_seen"]

    state(world, model="house-1", input=3)
    world.post(REPRICE)
    world.go_on()

    done = get(world.service, world.key, REPRICE)
    assert (done["state"], done["runs"], done["unknown"]) == ("completed", 3, 1)
    assert [one["model"] for one in get(world.service, world.key, UNKNOWN)["items"]] == ["house-2"]
    assert costs(world) == [3, 3, None]


def test_history_is_priced_by_the_price_of_its_day_and_the_figures_follow(world: Tasks) -> None:
    run_at(world, NOON, "old")
    run_at(world, NOON + timedelta(days=1), "new")
    state(world, model="house-*", input=1)
    state(world, model="house-*", input=2, since="2026-03-11")

    for _ in range(2):
        world.post(REPRICE)
        world.go_on()

    assert costs(world) == [1, 2]
    with frozen_at(NOON + timedelta(days=2)):
        figures = get(world.service, world.key, "/api/agents/analytics?range=7d")
    assert (figures["cost"]["total"], figures["overview"]["executions"]) == (3, 2)


def test_many_runs_are_priced_in_steps_of_which_each_may_come_twice(
    world: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repricing, "_AT_ONCE", 2)
    for number in range(5):
        run_at(world, NOON + timedelta(minutes=number), f"t{number}")
    state(world, model="house-1", input=1)
    begun = world.post(REPRICE)

    assert world.post(REPRICE)["id"] == begun["id"]
    for step in (0, 0, 1, 0, 7):
        told = {"organisation": "demo", "repricing": begun["id"], "step": step}
        world.service.invoke("price_worker", message(told))
    assert get(world.service, world.key, REPRICE)["runs"] == 4
    world.go_on()

    done = get(world.service, world.key, REPRICE)
    assert (done["state"], done["runs"], done["unknown"]) == ("completed", 5, 0)
    assert costs(world) == [1] * 5
    assert get(world.service, world.key, UNKNOWN)["items"] == []


def test_a_price_that_another_process_has_just_stated_is_known_to_a_repricing(world: Tasks) -> None:
    run_at(world, NOON, "one")
    with frozen_at(NOON):
        prices = services("demo").prices
        assert prices.cost_of(Tokens(input=1), "house-1", NOON) is None
        type(prices)(prices._store).state(Override(model="house-1", input=1, output=1))
        world.post(REPRICE)
        world.go_on()

    assert costs(world) == [1]


def test_a_repricing_whose_message_was_lost_goes_on_when_it_is_asked_for_again(world: Tasks) -> None:
    run_at(world, NOON, "one")
    state(world, model="house-1", input=1)
    begun = world.post(REPRICE)
    world.service.stream.records()

    with frozen_at(clock.now() + repricing._STALE):
        assert world.post(REPRICE)["id"] == begun["id"]
        world.go_on()

    assert get(world.service, world.key, REPRICE)["state"] == "completed"
    assert costs(world) == [1]


def test_what_is_told_of_a_run_late_or_twice_leaves_what_is_so(world: Tasks) -> None:
    run_at(world, NOON, "one")
    (run,) = world.get("/api/v1/agents/writer/runs")
    stale = [["house-1", run["created"]], ["never-called", run["created"]]]

    for _ in range(2):
        services("demo").repricing.follow(run["run_id"], stale)

    assert [one["model"] for one in get(world.service, world.key, UNKNOWN)["items"]] == ["house-1"]


def test_nothing_has_been_priced_anew_at_first(service: Service, key: str) -> None:
    assert service.request("GET", REPRICE, key=key).status == 404
    assert get(service, key, UNKNOWN) == {"items": [], "next_cursor": None}
