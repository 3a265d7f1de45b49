"""Malformed requests to the routes of budgets."""

from typing import Any

from tests.support.bad_requests import PRINTABLE, Bad
from tests.support.steps import A_BUDGET, BUDGETS


def budget(what: str, names: str, status: int = 400, **fields: Any) -> Bad:
    """A wish for a budget with something wrong in these fields."""
    return Bad(what, "POST", BUDGETS, names, A_BUDGET | fields, status=status)


_OF_ONE = f"{BUDGETS}/unknown"

BAD_BUDGETS = (
    Bad("a budget of nothing", "POST", BUDGETS, "scope: field required", {}),
    budget("a budget of a team", "scope: input should be 'organisation', 'agent', 'campaign' or 'user'", scope="team"),
    budget("a budget of a week", "period: input should be 'day' or 'month'", period="week"),
    budget("a budget of nobody", "subject: say which user it is for", subject=None),
    budget("a budget of the organisation's eve", "subject: the organisation's budget has none", scope="organisation"),
    budget("a budget of an unknown agent", "'eve'", 404, scope="agent"),
    budget("a budget of an unknown campaign", "there is no campaign 'eve'", 404, scope="campaign"),
    budget("a budget of a user of two lines", PRINTABLE, subject="a\nb"),
    budget("a budget of 0", "a limit is more than 0", limit=0),
    budget("a negative budget", "limit: input should be greater than or equal to 0", limit=-1),
    budget("a budget beyond all bounds", "limit: input should be less than or equal to", limit=1e300),
    budget("a budget in words", "limit: a number is expected", limit="5"),
    budget("a budget with what was spent", "spent: extra inputs", spent=1),
    Bad("a budget changed to 0", "PATCH", _OF_ONE, "a limit is more than 0", {"limit": 0}),
    Bad("a budget changed to nothing", "PATCH", _OF_ONE, "limit: field required", {}),
    Bad("a budget of another period", "PATCH", _OF_ONE, "period: extra inputs", {"limit": 1, "period": "day"}),
    Bad("an unknown budget changed", "PATCH", _OF_ONE, "there is no budget 'unknown'", {"limit": 1}, status=404),
)
