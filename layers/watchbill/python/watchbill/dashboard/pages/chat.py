"""Conversations: saying what is wanted, and watching who does it."""

from typing import Any

from watchbill.conversations.models import NewMessage
from watchbill.dashboard.filled import FilledMessage
from watchbill.dashboard.routing import Pages
from watchbill.dashboard.visits import Answer, Visit
from watchbill.decisions.models import Channel
from watchbill.platform.access import Scope
from watchbill.platform.errors import NotFound
from watchbill.platform.wire import PageQuery

pages = Pages()

CHAT = "/dashboard/chat"


@pages.get("/chat", Scope.EXECUTE)
def new(visit: Visit) -> Answer:
    """Where a conversation begins."""
    return visit.page("chat.html", channels=list(Channel))


@pages.post("/chat", Scope.EXECUTE, action=None)
def begin(visit: Visit) -> Answer:
    """Begin a conversation."""
    return _said(visit, visit.form(FilledMessage).wish())


@pages.get("/chat/<session>")
def conversation(visit: Visit, session: str) -> Answer:
    """A conversation, what is known in it, and who is at work for it; one that has expired is said to be gone."""
    try:
        return visit.page("conversation.html", **_shown(visit, session))
    except NotFound:
        return visit.page("conversation_gone.html", 404)


@pages.post("/chat/<session>", Scope.EXECUTE, action=None)
def go_on(visit: Visit, session: str) -> Answer:
    """Say something in a conversation; one that has expired begins anew."""
    return _said(visit, visit.form(FilledMessage).wish(session))


@pages.get("/parts/chat/<session>")
def conversation_now(visit: Visit, session: str) -> Answer:
    """A conversation as it is now."""
    return visit.page("parts/conversation.html", **_shown(visit, session))


def _said(visit: Visit, wish: NewMessage) -> Answer:
    answer = visit.services.conversations.say(wish)
    return visit.go(f"{CHAT}/{answer.session_id}")


def _shown(visit: Visit, session: str) -> dict[str, Any]:
    """The newest messages, in the order they were written in; older ones by a link."""
    use, asked = visit.services.conversations, visit.asked(PageQuery)
    history = use.history(session, asked)
    return {"session": use.session(session), "history": history, "messages": history.items[::-1], "asked": asked}
