"""The `watchbill` command: the client's resources on a terminal, or as JSON for other programs.

It needs typer and rich, which the client itself does without: they come with the extra `cli`.
"""

_EXTRA = ("rich", "typer")


def main() -> None:
    """Run the command; exits with 0, 1 for an error, 2 for wrong usage."""
    try:
        from watchbill_client.cli.app import app
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        if package not in _EXTRA:
            raise
        raise SystemExit(
            f"Error: the watchbill command needs {package}: pip install 'watchbill-client[cli]'."
        ) from None
    app()


__all__ = ["main"]
