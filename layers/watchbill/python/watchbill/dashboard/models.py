"""Who is signed in."""

from dataclasses import dataclass
from datetime import datetime

from watchbill.platform.access import Principal, Scope


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who signed in with an API key; `token` is what their cookie holds, `until` when it ends."""

    token: str
    principal: Principal
    until: datetime

    def may(self, scope: Scope) -> bool:
        """Whether the key has the scope."""
        return scope in self.principal.scopes
