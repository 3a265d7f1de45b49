"""Malformed requests to the routes of experiments, and to that of agents' schedules."""

from typing import Any

from tests.support.bad_requests import AGENTS, NO_CURSOR, Bad
from tests.support.steps import AGENT, AN_EXPERIMENT, EXPERIMENTS

TWICE = [{"version": "1"}, {"version": "1"}]


def experiment(what: str, names: str, **fields: Any) -> Bad:
    """A wish for an experiment with something wrong in these fields."""
    return Bad(what, "POST", EXPERIMENTS, names, AN_EXPERIMENT | fields)


def agent(what: str, names: str, **fields: Any) -> Bad:
    """A change of how an agent is run with something wrong in these fields."""
    return Bad(what, "PATCH", f"{AGENTS}/{AGENT}", names, fields)


BAD_EXPERIMENTS: tuple[Bad, ...] = (
    experiment("an experiment with one version", "versions", versions=TWICE[:1]),
    experiment("a version twice", "a version is named once", versions=TWICE),
    experiment("a version of no weight", "weight", versions=[{"version": "1", "weight": 0}, {"version": "2"}]),
    experiment("an experiment of no name", "name", name=""),
    experiment("something to stay with that there is not", "sticky_by", sticky_by="user"),
    experiment("a hypothesis of nothing", "hypothesis", hypothesis="luck"),
    experiment("an end without a zone", "ends_at", ends_at="2026-01-01T00:00:00"),
    Bad("weights of a version twice", "PATCH", f"{EXPERIMENTS}/any", "a version is named once", {"versions": TWICE}),
    Bad("a cursor of another list of experiments", "GET", f"{EXPERIMENTS}?cursor=abc", NO_CURSOR),
    agent("a schedule of nothing", "is no schedule", schedule_cron=""),
    agent("a schedule beyond all bounds", "200 characters", schedule_cron="0 9 * * " + "1," * 200 + "1"),
    agent("an hour of 25", "the hour '25'", schedule_cron="0 25 * * *"),
    agent("a zone of nowhere", "time_zone", time_zone="Europe/Atlantis"),
)
