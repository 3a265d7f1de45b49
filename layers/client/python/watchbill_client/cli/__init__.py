"""The `watchbill` command: the client's resources on a terminal, or as JSON for other programs."""

from watchbill_client.cli.app import app


def main() -> None:
    """Run the command; exits with 0, 1 for an error, 2 for wrong usage."""
    app()


__all__ = ["app", "main"]
