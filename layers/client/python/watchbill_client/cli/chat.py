"""`watchbill chat`: saying what is wanted, and seeing agents do it."""

from typing import Annotated

import typer
from rich.text import Text

from watchbill_client.chatting import ChatAnswer, ChatMessage, ChatSession
from watchbill_client.cli.session import Session, command

_STYLES = {"failed": "red", "partial": "yellow", "requires_confirmation": "yellow"}


def add_to(app: typer.Typer) -> None:
    """Add the command to the root, where it stands without a group."""
    examples = [
        'watchbill chat "Una campaña en Instagram para mi panadería: quiero vender más"',
        'watchbill chat --session SESSION_ID "yes"',
        'watchbill chat --no-wait --json "A post on Facebook about our coffee"',
    ]
    command(app, "chat", examples=examples)(chat)


def chat(
    session: Session,
    message: Annotated[str, typer.Argument(help="What is wanted, in Spanish or English.")],
    of_session: Annotated[
        str | None, typer.Option("--session", help="The session to go on with.", show_default=False)
    ] = None,
    wait: Annotated[bool, typer.Option(help="Show the work until it has ended.")] = True,
) -> None:
    """Say what is wanted, and see agents do it. (Scope execute.)"""
    answer = session.client.chat.send(message, of_session)
    _said(session, answer, answer.reply, answer.status)
    if not session.output.as_json:
        session.output.line(Text(f"session {answer.session_id}", style="dim"))
    if wait and answer.status == "processing":
        reply = _followed(session, answer)
        _said(session, reply, reply.message, reply.status)


def _followed(session: Session, answer: ChatAnswer) -> ChatMessage:
    """The final reply; meanwhile each task that comes to another state is shown."""
    known: dict[str, str] = {}

    def show(now: ChatSession) -> None:
        for task in now.tasks:
            if task["orchestrationId"] == answer.orchestration_id and known.get(task["taskId"]) != task["status"]:
                known[task["taskId"]] = task["status"]
                if not session.output.as_json:
                    style = _STYLES.get(task["status"], "dim")
                    session.output.line(Text(f"{task['agent']:<20} {task['status']}", style=style))

    return session.client.chat.wait(answer, show)


def _said(session: Session, what: ChatAnswer | ChatMessage, text: str, status: str | None) -> None:
    if session.output.as_json:
        session.output.json_line(what)
    else:
        session.output.line(Text(text, style=_STYLES.get(status or "", "")))
