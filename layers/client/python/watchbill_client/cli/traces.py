"""`watchbill trace`: what happened in a run or a session, as a tree with times, tokens and cost."""

from typing import Annotated

import typer
from rich.text import Text

from watchbill_client.cli import formats
from watchbill_client.cli.output import Column
from watchbill_client.cli.session import Session, command
from watchbill_client.tracing import SessionTrace, Trace, TraceSpan

_BAR = 24
"""Characters of the bar that shows when a span was under way."""
_STYLES = {"agent": "bold", "workflow": "bold", "model": "cyan", "tool": "magenta"}


def add_to(app: typer.Typer) -> None:
    """Add the command to the root, where it stands without a group."""
    command(app, "trace", examples=["watchbill trace RUN_ID", "watchbill trace --session SESSION_ID --json"])(trace)


def trace(
    session: Session,
    run: Annotated[str | None, typer.Argument(metavar="RUN_ID", help="The run's id.", show_default=False)] = None,
    of_session: Annotated[str | None, typer.Option("--session", help="A session's id, instead of a run's.")] = None,
) -> None:
    """Show all that happened in a run, or in a session: each span behind its parent."""
    if (run is None) == (of_session is None):
        raise typer.BadParameter("give the id of a run, or --session with that of a session")
    found = session.client.traces.of_session(of_session) if of_session else session.client.traces.of_run(run or "")
    if session.output.as_json:
        return session.output.json(found)
    for one in found.traces if isinstance(found, SessionTrace) else (found,):
        session.output.table(
            [
                Column("Span", fold=True),
                Column("When"),
                Column("Took", right=True),
                Column("Tokens", right=True),
                Column("Cost", right=True),
            ],
            [_row(span, one) for span in one.spans],
        )
    session.output.say(_sum(found))
    return None


def _row(span: TraceSpan, whole: Trace) -> tuple[str | Text, ...]:
    took = None if span.duration_ms is None else round(span.duration_ms)
    tokens = span.spent.tokens.total if span.spent.tokens else None
    return (
        _name(span),
        _bar(span, whole.duration_ms),
        formats.duration(took),
        formats.count(tokens) if span.spent.model_calls else "",
        formats.money(span.spent.cost) if span.spent.model_calls else "",
    )


def _name(span: TraceSpan) -> Text:
    name = Text("  " * span.depth).append(span.name, style=_STYLES.get(span.kind, ""))
    return name.append(f"  {span.error.type}: {span.error.message}", style="red") if span.error else name


def _bar(span: TraceSpan, whole_ms: float) -> Text:
    """When the span was under way within its trace."""
    scale = _BAR / whole_ms if whole_ms else 0
    start = min(_BAR - 1, int(span.offset_ms * scale))
    long = max(1, round((span.duration_ms or 0) * scale))
    style = "red" if span.error else "green"
    return Text(" " * start).append("━" * min(long, _BAR - start), style=style)


def _sum(found: Trace | SessionTrace) -> str:
    tokens = found.spent.tokens.total if found.spent.tokens else None
    told = [
        f"{found.spent.model_calls} model calls",
        f"{found.tool_calls} tool calls",
        f"{formats.count(tokens)} tokens",
        formats.money(found.spent.cost),
        formats.duration(round(found.duration_ms)),
    ]
    failed = [f"{found.failures} failed"] if found.failures else []
    return ", ".join(told + failed) + (" (long texts are cut)" if found.truncated else "")
