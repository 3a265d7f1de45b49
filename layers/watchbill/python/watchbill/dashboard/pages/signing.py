"""Signing in with an API key, and out."""

from typing import Annotated

from pydantic import Field

from watchbill.dashboard import rules, service
from watchbill.dashboard.routing import Pages
from watchbill.dashboard.site import session_cookie
from watchbill.dashboard.visits import SESSION_COOKIE, Answer, Visit, cookie
from watchbill.platform.errors import Unauthorized
from watchbill.platform.wire import Model

pages = Pages()


class _SignIn(Model):
    """The form: a key, and where to go on."""

    key: Annotated[str, Field(max_length=200)] = ""
    next: Annotated[str, Field(max_length=2_000)] = rules.HOME


@pages.get("/sign-in", scope=None)
def form(visit: Visit) -> Answer:
    """Where a key is asked for."""
    return visit.page("sign_in.html", next=rules.within(visit.query.get("next")), refused=None)


@pages.post("/sign-in", scope=None, action=None)
def sign_in(visit: Visit) -> Answer:
    """Signed in, on to what was asked for; or why not."""
    asked = visit.form(_SignIn)
    try:
        visit.session = session = service.sign_in(asked.key.strip())
    except Unauthorized as error:
        return visit.page("sign_in.html", 401, next=rules.within(asked.next), refused=error.detail)
    visit.note_signing_in()
    answer = visit.go(rules.within(asked.next))
    answer.cookies.append(session_cookie(session))
    return answer


@pages.post("/sign-out", scope=None, action="dashboard.sign_out")
def sign_out(visit: Visit) -> Answer:
    """Signed out: the session is gone, here and everywhere."""
    if visit.session:
        service.sign_out(visit.session)
    answer = visit.go(rules.SIGN_IN, "You are signed out.")
    answer.cookies.append(cookie(SESSION_COOKIE, "", 0))
    return answer
