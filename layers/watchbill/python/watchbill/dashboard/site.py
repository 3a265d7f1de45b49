"""The page as a function: who is signed in, what they may see, which requests are believed, and how errors look."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from watchbill.dashboard import rules, service
from watchbill.dashboard.assets import Assets
from watchbill.dashboard.models import Session
from watchbill.dashboard.routing import Page, Pages
from watchbill.dashboard.visits import SESSION_COOKIE, Answer, Visit, cookie
from watchbill.identity.rules import bearer
from watchbill.platform import aws
from watchbill.platform.errors import Forbidden, NotFound, TooManyRequests, Unauthorized, WatchbillError
from watchbill.platform.http import Router
from watchbill.platform.observability import logger
from watchbill.platform.settings import settings
from watchbill.platform.trail import End, kept
from watchbill.serving import audit_log

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'{sockets}",
        "form-action 'self'",
        "frame-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
"""The Content-Security-Policy: our own files, and the address that live events come from."""
_LONGEST_PART = 200
"""Of the path: no id and no name is longer."""
_KEPT = "public, max-age=31536000, immutable"


class Site(Router):
    """All pages, behind one sign-in."""

    def __init__(self, assets: Assets, modules: Iterable[Pages]) -> None:
        super().__init__()
        self._assets = assets
        self.get(f"{rules.HOME}/static/<digest>/<name>", compress=True)(self._asset)
        for page in (page for pages in modules for page in pages.all):
            self.route(page.path, method=page.method, compress=True)(self._answering(page))
        self.not_found(self._nowhere)

    def handle(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer one request."""
        answer: dict[str, Any] = self.resolve(event, context)
        guarded = {
            "Content-Security-Policy": _policy(settings().live_url),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Strict-Transport-Security": "max-age=31536000",
            # A page is one visitor's, and of one moment.
            "Cache-Control": "no-store",
        }
        return {**answer, "headers": guarded | (answer.get("headers") or {}), "body": answer["body"] or ""}

    def _answering(self, page: Page) -> Any:
        def answer(**path: str) -> Answer:
            visit = Visit(self.current_event.raw_event, self._assets, None)
            try:
                return self._answer(page, visit, path)
            except aws.ClientError as error:
                if not aws.throttled(error):
                    raise
                return self._refused(visit, TooManyRequests("the table is busy; try again in a moment", retry_after=1))
            except WatchbillError as error:
                return self._refused(visit, error)

        return answer

    def _answer(self, page: Page, visit: Visit, path: dict[str, str]) -> Answer:
        fresh = self._recognise(page, visit)
        if page.action is None or visit.session is None:
            answer = self._permitted(page, visit, path)
        else:
            deed = visit.deed(page.action)
            answer = kept(audit_log, deed, lambda: self._permitted(page, visit, path), lambda it: End(it.status_code))
        if fresh:
            answer.cookies.append(session_cookie(fresh))
        return answer

    def _permitted(self, page: Page, visit: Visit, path: dict[str, str]) -> Answer:
        if page.method == "POST":
            _believe(visit)
        if page.scope is not None:
            visit.require(page.scope)
        if any(len(part) > _LONGEST_PART for part in path.values()):
            raise NotFound("there is no page at so long an address")
        return page.answer(visit, **path)

    def _recognise(self, page: Page, visit: Visit) -> Session | None:
        """Find out who asks. Who brings a key instead of a cookie is signed in with it: their new session."""
        visit.session = service.signed_in(visit.cookie(SESSION_COOKIE))
        brought = bearer(visit.headers.get("authorization"))
        fresh = None
        if visit.session is None and brought and page.method == "GET" and page.scope is not None:
            visit.session = fresh = service.sign_in(brought)
            visit.note_signing_in()
        if visit.session:
            who = visit.session.principal
            logger().append_keys(organisation=who.organisation, key_id=who.key_id)
        return fresh

    def _refused(self, visit: Visit, error: WatchbillError) -> Answer:
        if isinstance(error, Unauthorized) and visit.path != rules.SIGN_IN:
            return visit.go(sign_in_address(visit))
        retry = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
        template = "parts/refusal.html" if visit.wants_part else "error.html"
        answer = visit.page(template, error.status, error=error)
        answer.headers.update(retry)
        return answer

    def _asset(self, digest: str, name: str) -> Answer:  # noqa: ARG002 - the digest is for who keeps the file
        asset = self._assets.find(name)
        if asset is None:
            return Response(404, "text/plain", "")
        return Response(200, asset.type, asset.content, headers={"Cache-Control": _KEPT})

    def _nowhere(self, _: NotFoundError) -> Answer:
        event = self.current_event.raw_event
        visit = Visit(event, self._assets, None)
        visit.session = service.signed_in(visit.cookie(SESSION_COOKIE))
        return self._refused(visit, NotFound(f"there is no page at {visit.path!r}"))


def _policy(live: str) -> str:
    """The policy; the live channel is at an address of its own, except where it is behind ours."""
    return POLICY.format(sockets=f" {live}" if live else "")


def sign_in_address(visit: Visit) -> str:
    """Where to sign in, and then go on to what was asked for."""
    asked = visit.address if visit.headers.get("hx-request") is None else rules.HOME
    return f"{rules.SIGN_IN}?next={quote(asked, safe='')}"


def session_cookie(session: Session) -> Any:
    """The cookie of a session, for as long as it lasts."""
    return cookie(SESSION_COOKIE, session.token, int(rules.LIFETIME.total_seconds()))


def _believe(visit: Visit) -> None:
    """Raises Forbidden for what no page of ours has posted."""
    if not rules.caused_by_us(visit.headers):
        raise Forbidden("this was posted by another site's page")
    if visit.session and not rules.is_csrf_of(visit.session.token, visit.presented_token):
        raise Forbidden("this form is of an older session: open its page again")
