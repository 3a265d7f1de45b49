"""Values as people type them."""

from decimal import Decimal, InvalidOperation

import typer


def amount(text: str) -> Decimal:
    """A sum of money."""
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise typer.BadParameter(f"{text!r} is not a number.") from error
    if not number.is_finite():
        raise typer.BadParameter(f"{text!r} is not a sum of money.")
    return number
