"""Conversations: saying what is wanted, and the sessions in which it is said (scopes execute and read)."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from watchbill_client.chatting import ChatAnswer, ChatMessage, ChatSession
from watchbill_client.connection import Connection, Request, given, new_idempotency_key, route
from watchbill_client.paging import Page, fetch_page

_CHAT, _SESSIONS = ("api", "chat"), ("api", "sessions")


class Chat:
    """`client.chat`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def send(self, message: str, session_id: str | None = None, context: Mapping[str, Any] | None = None) -> ChatAnswer:
        """Say what is wanted, in Spanish or English; without a session one begins.

        `context` is what the work is for: `business`, `objective`, `channels`, `preferences`. What comes of tasks is
        told live in the session, and in the end by a reply in its history.

        Raises:
            BadRequest: there is something in the context that cannot be.
        """
        about = {**(context or {}), **given({"sessionId": session_id})}
        body = {"message": message, "context": about}
        request = Request("POST", route(*_CHAT), body=body, idempotency_key=new_idempotency_key())
        return self._connection.call(request, ChatAnswer)

    def wait(
        self, answer: ChatAnswer, tell: Callable[[ChatSession], object] = lambda _: None, poll_s: float = 1.0
    ) -> ChatMessage:
        """The final reply to a message on which work began, when all of it has ended; `tell` hears how far it is.

        Raises:
            NotFound: the session has expired, or was deleted.
        """
        sessions = Sessions(self._connection)
        while True:
            found = next(filter(_final(answer), self.history(answer.session_id)), None)
            tell(sessions.get(answer.session_id))
            if found is not None:
                return found
            time.sleep(poll_s)

    def history(self, session_id: str, limit: int | None = None, cursor: str | None = None) -> Page[ChatMessage]:
        """The newest hundred messages of a session, newest first.

        Raises:
            NotFound: there is no such session, or it has expired.
        """
        request = Request("GET", route(*_CHAT, session_id), params={"limit": limit})
        return fetch_page(self._connection, request, ChatMessage, cursor)


def _final(answer: ChatAnswer) -> Callable[[ChatMessage], bool]:
    def is_final(message: ChatMessage) -> bool:
        ours = message.role == "assistant" and message.orchestration_id == answer.orchestration_id
        return ours and message.status != "processing"

    return is_final


class Sessions:
    """`client.sessions`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, session_id: str) -> ChatSession:
        """A session.

        Raises:
            NotFound: there is no such session, or it has expired.
        """
        return self._connection.call(Request("GET", route(*_SESSIONS, session_id)), ChatSession)

    def prefer(self, session_id: str, **preferences: Any) -> ChatSession:
        """Change what is preferred: `contentTypes`, `tone`, `frequency`, `language`, `timezone`; None is forgotten.

        Raises:
            NotFound: there is no such session, or it has expired.
        """
        body = {"preferences": preferences}
        request = Request("PATCH", route(*_SESSIONS, session_id), body=body, repeatable=True)
        return self._connection.call(request, ChatSession)

    def delete(self, session_id: str) -> None:
        """Forget a session with its messages; work that was begun goes on.

        Raises:
            NotFound: there is no such session.
        """
        self._connection.send(Request("DELETE", route(*_SESSIONS, session_id)))
