"""Malformed questions to the audit log."""

from tests.support.bad_requests import BEYOND_OUR_TIME, NO_CURSOR, Bad

AUDIT = "/api/audit"
LATER = "2026-07-02T00:00:00Z"


def asked(what: str, names: str, query: str) -> Bad:
    """A question with something wrong in it."""
    return Bad(what, "GET", f"{AUDIT}?{query}", names)


BAD_AUDIT = (
    asked("deeds since a time without a zone", "from: input should have timezone", "from=2026-07-01T00:00:00"),
    asked("deeds beyond our time", BEYOND_OUR_TIME, "to=2200-01-01T00:00:00Z"),
    asked("deeds of a time that ends first", "ends before it begins", f"from={LATER}&to=2026-07-01T00:00:00Z"),
    asked("deeds of somebody with a long name", "actor: string should have at most", f"actor={'a' * 201}"),
    asked("deeds of nobody", "actor: string should have at least", "actor="),
    asked("deeds to something far away", "resource: string should have at most", f"resource={'a' * 501}"),
    asked("deeds without a limit", "limit", "limit=501"),
    asked("deeds with a cursor of nobody", NO_CURSOR, "cursor=x"),
)
"""What `GET /api/audit` refuses."""
