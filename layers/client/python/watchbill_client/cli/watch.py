"""`watchbill watch`: what happens, while it happens, one line for each event."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from watchbill_client.cli.session import Session, command

if TYPE_CHECKING:
    from watchbill_client.following import LiveEvent

_ROOMS = ("runs", "tasks", "anomalies", "agents", "reports", "campaigns", "budgets", "calendar", "streams")
_MOST = 160
"""Characters of an event's data that a line shows."""
_STYLES = {"anomalies": "red", "budgets": "yellow", "runs": "green", "system": "bold", "tasks": "cyan"}


def add_to(app: typer.Typer) -> None:
    """Add the command to the root, where it stands without a group."""
    examples = ["watchbill watch", "watchbill watch runs anomalies", "watchbill watch --session SESSION_ID --json"]
    command(app, "watch", examples=examples)(watch)


def watch(
    session: Session,
    room: Annotated[
        list[str] | None, typer.Argument(metavar="[ROOM]...", help="What to watch: else all.", show_default=False)
    ] = None,
    of_session: Annotated[
        list[str] | None, typer.Option("--session", help="A session's id; repeat for more.", show_default=False)
    ] = None,
    count: Annotated[int, typer.Option(min=0, help="Leave after so many events; 0 for never.")] = 0,
) -> None:
    """Print what happens in rooms and sessions until Ctrl-C. (Scope read.)"""
    try:
        from watchbill_client.live import Live
    except ImportError as error:
        raise typer.BadParameter('this needs websockets: pip install "watchbill-client[live]"') from error
    sessions = of_session or []
    rooms = room or ([] if sessions else _ROOMS)
    try:
        for number, event in enumerate(Live(session.client, *rooms, sessions=sessions), start=1):
            _show(session, event)
            if number == count:
                return
    except KeyboardInterrupt:
        return


def _show(session: Session, event: "LiveEvent") -> None:
    if session.output.as_json:
        session.output.json_line(event)
        return
    at = event.timestamp.astimezone().strftime("%H:%M:%S") if event.timestamp else ""
    place = event.room or event.session_id or ""
    line = Text.assemble((f"{at} ", "dim"), (f"{place:<10} ", _STYLES.get(place, "")), f"{event.event} ")
    session.output.line(line.append(_brief(event.data), "dim"))


def _brief(data: Any) -> str:
    """What an event says, on one line: of several runs or tasks, each in short."""
    listed = next((data[name] for name in ("runs", "tasks") if name in data), None) if isinstance(data, dict) else None
    text = " · ".join(map(_fields, listed)) if listed else _fields(data)
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"


def _fields(data: Any) -> str:
    if not isinstance(data, Mapping):
        return str(data)
    shown = {name: value for name, value in data.items() if name != "event_id" and value is not None}
    return " ".join(f"{name}={value}" for name, value in shown.items() if not isinstance(value, dict | list))
