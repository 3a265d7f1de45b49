"""What the API says of who did what, and when."""

from watchbill_client.models import Answer, UtcDatetime


class Actor(Answer):
    """Who did it: `kind` is `key`, `session` (signed in to the web page with a key) or `system`."""

    kind: str
    key_id: str | None = None
    name: str


class AuditEntry(Answer):
    """One thing that somebody asked for.

    `action` is a name such as `identity.revoke_key`, `resource` the address that was asked, `made` the id of what was
    made. `outcome` is `done`, `refused`, `failed`, or `unknown` when no end was heard of.
    """

    id: str
    at: UtcDatetime
    actor: Actor
    action: str
    resource: str | None = None
    made: str | None = None
    outcome: str
    status: int | None = None
    request_id: str | None = None
