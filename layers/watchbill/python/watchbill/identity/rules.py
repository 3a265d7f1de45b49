"""What an API key looks like: `wb_<organisation>_<secret>`, so that a key names its partition before it is trusted."""

import re
from dataclasses import dataclass

from watchbill.platform import ids

SECRET_CHARACTERS = 43
_KEY = re.compile(rf"wb_([a-z0-9][a-z0-9-]{{0,38}})_([0-9A-Za-z]{{{SECRET_CHARACTERS}}})")


@dataclass(frozen=True, slots=True)
class Credential:
    """A key as presented: the organisation it claims, its id, and the hash that proves it."""

    organisation: str
    key_id: str
    hash: str


def new_key(organisation: str) -> tuple[str, Credential]:
    """A fresh key for an organisation, and what it proves."""
    secret = f"wb_{organisation}_{ids.new_secret(SECRET_CHARACTERS)}"
    return secret, _credential(organisation, secret)


def credential_of(secret: str) -> Credential | None:
    """What a key claims, or None when it has not the form of one."""
    match = _KEY.fullmatch(secret)
    return _credential(match[1], secret) if match else None


def bearer(header: str | None) -> str | None:
    """The key in an Authorization header, or None."""
    scheme, _, secret = (header or "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None


def _credential(organisation: str, secret: str) -> Credential:
    hashed = ids.secret_hash(secret)
    return Credential(organisation, ids.derived_id("key", hashed), hashed)
