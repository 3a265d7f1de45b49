"""`python -m infra.local up|down|reset|status`: what the Makefile's targets of these names run."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import httpx
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape

from infra.local.errors import LauncherError
from infra.local.settings import Settings
from infra.local.stack import LocalStack, Running

CONSOLE = Console(highlight=False, soft_wrap=True)


@contextmanager
def show_step(name: str) -> Iterator[Callable[[str], None]]:
    """Show a step with a spinner while it is under way, and with a tick when it is done."""
    with CONSOLE.status(f"{name} …") as status:
        yield lambda progress: status.update(f"{name} … {progress}")
    CONSOLE.print(f"[green]✓[/green] {name}")


def up(stack: LocalStack, settings: Settings) -> None:
    """Start the stack and say where everything is."""
    started = stack.up()
    CONSOLE.print()
    CONSOLE.print(_headline(started))
    CONSOLE.print(f"  API            {started.url}/api/v1/agents")
    CONSOLE.print(f"  Page           {started.url}/dashboard")
    CONSOLE.print(f"  Documentation  {started.url}/api/docs")
    CONSOLE.print(f"  Admin key      {settings.key_file}  (organisation demo; the front door adds it for you)")
    CONSOLE.print(f"  AWS emulator   {settings.emulator_url}  (for an AWS CLI: {settings.environment_file})")


def down(stack: LocalStack, settings: Settings) -> None:
    """Stop the stack and keep its state."""
    if not stack.down():
        CONSOLE.print("Nothing was running.")
        return
    CONSOLE.print(f"Stopped; its state is kept in {settings.state}")
    if settings.running_marker.exists():
        CONSOLE.print("Not every change was counted in time, so the next start rebuilds the figures.")


def reset(stack: LocalStack, settings: Settings) -> None:
    """Stop the stack and remove its state."""
    stack.reset()
    CONSOLE.print(f"Cleared {settings.state}")


COMMANDS = {"up": up, "down": down, "reset": reset}

UNFORESEEN = (OSError, BotoCoreError, ClientError, httpx.TransportError)
"""A full disk, a folder of another user, an emulator that stopped answering half-way: the message is theirs."""


def main(arguments: Sequence[str]) -> int:
    """Run one command; return the exit status."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        CONSOLE.print(f"usage: python -m infra.local {'|'.join(COMMANDS)}")
        return 2
    try:
        settings = Settings.from_environment()
        COMMANDS[arguments[0]](LocalStack(settings, show_step), settings)
    except LauncherError as error:
        return _failed(str(error))
    except UNFORESEEN as error:
        return _failed(f"`{arguments[0]}` failed: {error}")
    except KeyboardInterrupt:
        return _failed("Interrupted; `make up` continues where this stopped.")
    return 0


def _failed(reason: str) -> int:
    CONSOLE.print(f"[red]✗[/red] {escape(reason)}")
    return 1


def _headline(started: Running) -> str:
    if not started.found:
        return "Watchbill is running."
    if started.redeployed:
        return "Watchbill was running already; its code is now up to date."
    return "Watchbill was running already."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
