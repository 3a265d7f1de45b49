"""Organisations and API keys, as stored and as shown."""

import re
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from watchbill.platform.access import Scope
from watchbill.platform.wire import Label, Model, Moment

OrganisationId = Annotated[str, Field(pattern=re.compile(r"^[a-z0-9][a-z0-9-]{0,38}$"))]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone of the IANA database, such as Europe/Madrid") from error
    return name


TimeZone = Annotated[str, Field(max_length=64), AfterValidator(_known_zone)]


class Organisation(Model):
    """A tenant. Its days begin at midnight in `time_zone`."""

    id: OrganisationId
    name: Label
    time_zone: TimeZone = "UTC"
    created_at: Moment

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as Python knows it."""
        return ZoneInfo(self.time_zone)


class OrganisationChange(Model):
    """What may be changed of an organisation; what is absent stays."""

    name: Label | None = None
    time_zone: TimeZone | None = None


class NewKey(Model):
    """The wish for a key."""

    name: Label
    scopes: Annotated[frozenset[Scope], Field(min_length=1)]


class ApiKey(Model):
    """A key without its secret, which is nowhere stored."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: Moment


class IssuedKey(ApiKey):
    """A key with its secret: shown once. `secret` is null when an idempotent repeat is answered."""

    secret: str | None


class KeyList(Model):
    """An organisation's keys, newest first."""

    items: tuple[ApiKey, ...]
    next_cursor: str | None = None


class Provision(Model):
    """The operator's wish for an organisation."""

    organisation: OrganisationId
    name: Label = "Organisation"
    time_zone: TimeZone = "UTC"


class Provisioned(Model):
    """An organisation and a fresh key with every scope."""

    organisation: Organisation
    key: IssuedKey
