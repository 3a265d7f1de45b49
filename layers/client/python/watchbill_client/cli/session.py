"""What every command has: a client from `--url` and `--key`, an output from `--json`, and errors as one sentence."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, Concatenate, ParamSpec

import typer

from watchbill_client.cli.output import Output
from watchbill_client.client import Watchbill
from watchbill_client.errors import AuthenticationFailed, ConnectionFailed, ServerError, WatchbillError
from watchbill_client.settings import API_KEY_VARIABLE, DEFAULT_URL, URL_VARIABLE

P = ParamSpec("P")

_PANEL = "Connection and output"
_Url = Annotated[
    str | None,
    typer.Option("--url", help=f"The deployment: else ${URL_VARIABLE}, else {DEFAULT_URL}.", rich_help_panel=_PANEL),
]
_Key = Annotated[
    str | None,
    typer.Option("--key", help=f"The API key: else ${API_KEY_VARIABLE}, else none.", rich_help_panel=_PANEL),
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on stdout.", rich_help_panel=_PANEL)]
_SHARED = (
    inspect.Parameter("url", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_Url),
    inspect.Parameter("key", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_Key),
    inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=_Json),
)

_HINTS: dict[type[WatchbillError], str] = {
    AuthenticationFailed: f"Pass a valid API key with --key or {API_KEY_VARIABLE}.",
    ConnectionFailed: f"Name the deployment with --url or {URL_VARIABLE}.",
}


@dataclass(frozen=True)
class Session:
    """One invocation of one command."""

    client: Watchbill
    output: Output


def command(
    app: typer.Typer, name: str, examples: Sequence[str]
) -> Callable[[Callable[Concatenate[Session, P], None]], Callable[Concatenate[Session, P], None]]:
    """Add a function as a command of `app`. It gets a session, its users `--url`, `--key`, `--json`."""

    def register(function: Callable[Concatenate[Session, P], None]) -> Callable[Concatenate[Session, P], None]:
        @wraps(function)
        def run(*args: Any, url: str | None, key: str | None, as_json: bool, **options: Any) -> None:
            with _session(url, key, as_json) as session:
                function(session, *args, **options)

        own = list(inspect.signature(function).parameters.values())[1:]
        # Typer reads a command's options from its signature: the function's own, and those all commands share.
        run.__signature__ = inspect.Signature([*own, *_SHARED])  # type: ignore[attr-defined]
        app.command(name, epilog="\n\n".join(["[bold]Examples[/bold]", *examples]))(run)
        return function

    return register


@contextmanager
def _session(url: str | None, key: str | None, as_json: bool) -> Iterator[Session]:
    try:
        with Watchbill(url, key) as client:
            yield Session(client, Output(as_json))
    except WatchbillError as error:
        typer.echo(f"Error: {sentence(error)}", err=True)
        raise typer.Exit(1) from error


def sentence(error: WatchbillError) -> str:
    """What went wrong, and what to do about it where that is known."""
    text = str(error)
    # A field's name stays as it is: `time_taken: a duration looks like …`.
    begins = text if text.partition(" ")[0].endswith(":") else text[:1].upper() + text[1:]
    said = begins if begins.endswith("?") else begins.rstrip(".") + "."
    hint = _hint(error)
    return f"{said} {hint}" if hint else said


def _hint(error: WatchbillError) -> str | None:
    if isinstance(error, ServerError):
        return f"The service failed; its logs name the request {error.request_id}." if error.request_id else None
    return _HINTS.get(type(error))
