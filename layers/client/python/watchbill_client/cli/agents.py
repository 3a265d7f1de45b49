"""`watchbill agents`: what is registered, and how its versions do."""

from typing import Annotated

import typer

from watchbill_client.cli import formats
from watchbill_client.cli.output import Column
from watchbill_client.cli.session import Session, command
from watchbill_client.figures import VersionFigures
from watchbill_client.models import Agent

app = typer.Typer(help="Look at agents and their versions.", no_args_is_help=True)


@command(app, "list", examples=["watchbill agents list", "watchbill agents list --json | jq -r '.[].name'"])
def list_agents(session: Session) -> None:
    """List all agents by name."""
    agents = list(session.client.agents.list(limit=500))
    if session.output.as_json:
        return session.output.json(agents)
    if not agents:
        return session.output.say("No agents yet.")
    session.output.table(
        [Column("Name", fold=True), Column("Project", fold=True), Column("Type", fold=True), Column("Id")],
        [(a.name, a.project or formats.UNKNOWN, a.type or formats.UNKNOWN, a.id) for a in agents],
    )
    return None


@command(app, "show", examples=["watchbill agents show scout", "watchbill agents show scout --json"])
def show(
    session: Session,
    agent: Annotated[str, typer.Argument(help="The agent's name or id.", show_default=False)],
) -> None:
    """Show one agent and how its versions do."""
    found = session.client.agents.get(agent)
    versions = [version for version in session.client.ui.agent_versions() if version.name == found.name]
    if session.output.as_json:
        return session.output.json({**found.model_dump(), "versions": versions})
    session.output.facts(_facts(found))
    if versions:
        session.output.say("")
        _print_versions(session, versions)
    return None


def _facts(agent: Agent) -> list[tuple[str, str | None]]:
    return [
        ("Agent", agent.name),
        ("Id", agent.id),
        ("Project", agent.project),
        ("Type", agent.type),
        ("Registered", formats.moment(agent.created_at)),
    ]


def _print_versions(session: Session, versions: list[VersionFigures]) -> None:
    session.output.table(
        [
            Column("Version", fold=True),
            Column("Runs", right=True),
            Column("Success", right=True),
            Column("Mean", right=True),
            Column("Spend", right=True),
            Column("Last run"),
            Column("Models", fold=True),
        ],
        [
            (
                version.version,
                formats.count(version.total_runs),
                formats.percent(version.success_rate),
                formats.duration(version.avg_runtime_ms),
                formats.money(version.spend),
                formats.short_moment(version.last_seen),
                formats.words(version.models),
            )
            for version in versions
        ],
    )
