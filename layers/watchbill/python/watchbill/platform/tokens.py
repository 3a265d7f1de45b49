"""Secrets that name their organisation, `kind_organisation_secret`: one leads to a partition before it is trusted."""

import re
from enum import StrEnum

from watchbill.platform import ids

SECRET_CHARACTERS = 43
_ORGANISATION = r"[a-z0-9][a-z0-9-]{0,38}"
_SECRET = rf"[0-9A-Za-z]{{{SECRET_CHARACTERS}}}"


class Kind(StrEnum):
    """What a secret opens, as its first letters say."""

    API_KEY = "wb"
    CALENDAR_FEED = "wbc"
    PAGE_SESSION = "wbp"
    OAUTH_STATE = "wbs"
    SOCKET_TICKET = "wbt"


PATTERN = rf"(?:{'|'.join(Kind)})_{_ORGANISATION}_{_SECRET}"
"""A regular expression that finds secrets of every kind, to mask them."""
_FORMS = {kind: re.compile(rf"{kind}_({_ORGANISATION})_{_SECRET}") for kind in Kind}


def new_token(kind: Kind, organisation: str) -> str:
    """A fresh secret of 256 random bits."""
    return f"{kind}_{organisation}_{ids.new_secret(SECRET_CHARACTERS)}"


def organisation_of(kind: Kind, token: str) -> str | None:
    """The organisation that a secret claims to be of, or None when it has not the form of its kind."""
    match = _FORMS[kind].fullmatch(token)
    return match[1] if match else None
