"""Sessions in which much is said, and agents have worked: what every function does with them."""

import pytest

from tests.support.service import Service
from tests.support.sockets import as_message, drive_live, on_the_bus
from tests.support.steps import CHAT, a_session
from tests.support.tasks import Tasks, tasks_of
from watchbill.conversations.models import MOST_KEPT
from watchbill.services import forget

_WORK = "What is your refund policy?"
_MEDIA = "Make a video about our coffee"


def drive_sessions(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use what sockets and conversations can be used for, in organisations of their own."""
    drive_live(service, "connected", monkeypatch)
    drive_conversations(tasks_of(service, service.organisation("conversing"), monkeypatch), "conversing")


def drive_conversations(tasks: Tasks, organisation: str) -> None:
    """Say so much that the oldest messages go, by HTTP and through a socket, of which some is work for agents."""
    service, key = tasks.service, tasks.key
    a_session(service, key, _MEDIA)
    for _ in range(MOST_KEPT // 2):
        a_session(service, key)
    for number in range(2):
        said = {"session_id": "a-session", "message_id": f"m-{number // 2}", "message": _MEDIA}
        event = on_the_bus("user_message", organisation, **said)
        forget()  # it runs in a process of its own, which has looked up nothing yet
        service.invoke("conversation_worker", {"Records": [as_message(event)]})
    a_session(service, key, _WORK)
    tasks.go_on()
    service.request("GET", "/api/sessions/a-session", key=key)
    service.request("GET", f"{CHAT}/a-session", key=key)
    service.request("DELETE", "/api/sessions/a-session", key=key)
