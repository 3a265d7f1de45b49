"""API: messages of people and what they are answered, and their sessions."""

from aws_lambda_powertools.event_handler import Response

from watchbill.conversations.models import NewMessage, PreferencesChange
from watchbill.conversations.views import ChatAnswer, ChatHistory, Session
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Asked, PathName, idempotent, requires, unaudited
from watchbill.platform.wire import PageQuery
from watchbill.serving import api_handler, services

app = Api("chat")
_RECORD = unaudited("a message is a record itself, and so is what agents do because of it")


@app.post("/api/chat", status_code=202, middlewares=[requires(Scope.EXECUTE), idempotent(), _RECORD])
def chat(wish: NewMessage) -> ChatAnswer:
    """Say something: agents do what is asked for, and what comes of it is told in the session."""
    return services(app.principal).conversations.say(wish)


@app.get("/api/chat/<session_id>", middlewares=[requires(Scope.READ)])
def chat_history(session_id: PathName, query: Asked[PageQuery]) -> ChatHistory:
    """The newest hundred messages of a session, newest first."""
    return services(app.principal).conversations.history(session_id, query)


@app.get("/api/sessions/<session_id>", middlewares=[requires(Scope.READ)])
def get_session(session_id: PathName) -> Session:
    """A session: what is known in it, its tasks, and who is at work."""
    return services(app.principal).conversations.session(session_id)


@app.patch("/api/sessions/<session_id>", middlewares=[requires(Scope.EXECUTE)])
def change_session(session_id: PathName, change: PreferencesChange) -> Session:
    """Change what is preferred in a session."""
    return services(app.principal).conversations.prefer(session_id, change)


@app.delete("/api/sessions/<session_id>", middlewares=[requires(Scope.EXECUTE)])
def delete_session(session_id: PathName) -> Response[None]:
    """Forget a session with its messages; work that was begun goes on."""
    services(app.principal).conversations.remove(session_id)
    return app.no_content()


lambda_handler = api_handler(app)
