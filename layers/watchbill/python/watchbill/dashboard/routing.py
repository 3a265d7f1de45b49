"""Pages by their addresses: what a module of `pages/` says of each, and nothing of how it is reached."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from watchbill.dashboard.rules import HOME
from watchbill.dashboard.visits import Answer
from watchbill.platform.access import Scope

Handler = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Page:
    """One address: what answers it, given the visit and the parts of the path, and the scope that it needs.

    `action` is the name under which the audit log has what it does.
    """

    method: str
    path: str
    scope: Scope | None
    answer: Handler
    action: str | None


@dataclass(frozen=True, slots=True)
class Pages:
    """The addresses of one module; each begins with the page's own."""

    all: list[Page] = field(default_factory=list)

    def get(self, path: str, scope: Scope | None = Scope.READ) -> Callable[[Handler], Handler]:
        """What shows something. Without a scope it is there for everybody."""
        return self._page("GET", path, scope)

    def post(self, path: str, scope: Scope | None, action: str | None) -> Callable[[Handler], Handler]:
        """What changes something; only a form of ours reaches it.

        `action` is what the audit log calls the route of the API that does the same; None for what it does without.
        """
        return self._page("POST", path, scope, action)

    def _page(self, method: str, path: str, scope: Scope | None, action: str | None = None) -> Callable[[Any], Any]:
        def add(handler: Handler) -> Handler:
            self.all.append(Page(method, f"{HOME}{path}", scope, handler, action))
            return handler

        return add
