"""The budget that a message states: an amount with its currency, or one that is called a budget. Pure."""

import re
from decimal import Decimal, InvalidOperation

from watchbill.decisions.models import Budget, whole

_CURRENCIES = {
    "usd": "USD", "us$": "USD", "u$s": "USD", "u$d": "USD", "dollars": "USD", "dollar": "USD",
    "bucks": "USD", "dolares": "USD",
    "dolar": "USD", "$": "USD", "eur": "EUR", "€": "EUR", "euros": "EUR", "euro": "EUR", "gbp": "GBP", "£": "GBP",
    "pounds": "GBP", "pound": "GBP", "quid": "GBP", "libras": "GBP", "mxn": "MXN", "mx$": "MXN",
    "cop": "COP", "ars": "ARS",
    "clp": "CLP", "pen": "PEN", "soles": "PEN", "s/": "PEN", "brl": "BRL", "r$": "BRL", "reales": "BRL",
    "pesos": None, "peso": None, "lucas": None, "pavos": "EUR",
}  # fmt: skip
"""What currencies are called; a peso may be that of many countries."""
_NAMES = "|".join(re.escape(name) for name in sorted(_CURRENCIES, key=len, reverse=True))
_AMOUNT = r"\d{1,3}(?:[.,\u00a0 ]\d{3}){1,4}(?:[.,]\d{1,2})?(?!\d)|\d{1,12}(?:[.,]\d{1,2})?(?!\d)"
_TIMES = r"(?:\s?(k|mil|m|thousand|million|millones|grand)\b)?"
_BEFORE = re.compile(rf"(?<![\w$€£])({_NAMES})\s?({_AMOUNT}){_TIMES}")
_AFTER = re.compile(rf"(?<![\w.,])({_AMOUNT}){_TIMES}\s?(?:de\s)?({_NAMES})(?!\w)")
_CALLED = re.compile(
    rf"\b(?:budget|presupuesto|gastar|invertir|spend|invest)\b(?:\s+\w+){{0,3}}?\W{{1,3}}({_AMOUNT}){_TIMES}(?!\s?%)"
)
_POWERS = {
    "k": 1_000,
    "mil": 1_000,
    "thousand": 1_000,
    "grand": 1_000,
    "m": 1_000_000,
    "million": 1_000_000,
    "millones": 1_000_000,
}


def budget_in(plain: str) -> Budget | None:
    """The first amount of money in a text without accents and capitals."""
    if match := _BEFORE.search(plain):
        return _budget(match[2], match[3], _CURRENCIES[match[1]])
    if match := _AFTER.search(plain):
        return _budget(match[1], match[2], _CURRENCIES[match[3]])
    if match := _CALLED.search(plain):
        return _budget(match[1], match[2], None)
    return None


def _budget(amount: str, times: str | None, currency: str | None) -> Budget | None:
    try:
        value = Decimal(_point(amount)) * _POWERS.get(times or "", 1)
    except InvalidOperation:
        return None
    return Budget(amount=whole(value), currency=currency)


def _point(amount: str) -> str:
    """An amount with a point for its decimals: whichever mark stands before three digits divides thousands."""
    amount = re.sub(r"[.,\u00a0 ](?=\d{3}(?!\d))", "", amount)
    return amount.replace(",", ".")
