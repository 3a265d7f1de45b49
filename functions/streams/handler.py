"""API: streams."""

from aws_lambda_powertools.event_handler import Response

from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Cursor, Limit, PathName, idempotent, requires
from watchbill.serving import api_handler, services
from watchbill.streams.models import NewStream, Stream, StreamChange, StreamList
from watchbill.streams.views import StreamInsightList, StreamProgress

app = Api("streams")
_ALL = "/api/streams"
_ONE = f"{_ALL}/<stream_id>"


@app.post(_ALL, status_code=201, middlewares=[requires(Scope.EXECUTE), idempotent()])
def create_stream(wish: NewStream) -> Stream:
    """Set a goal."""
    return services(app.principal).streams.create(wish)


@app.get(_ALL, middlewares=[requires(Scope.READ)])
def list_streams(limit: Limit = 50, cursor: Cursor = None) -> StreamList:
    """Streams, newest first."""
    return services(app.principal).streams.streams(limit, cursor)


@app.get(_ONE, middlewares=[requires(Scope.READ)])
def get_stream(stream_id: PathName) -> Stream:
    """One stream."""
    return services(app.principal).streams.stream(stream_id)


@app.patch(_ONE, middlewares=[requires(Scope.EXECUTE)])
def change_stream(stream_id: PathName, change: StreamChange) -> Stream:
    """Change a stream's goal, deadline or stages, pause it, or let it go on."""
    return services(app.principal).streams.amend(stream_id, change)


@app.delete(_ONE, status_code=204, middlewares=[requires(Scope.EXECUTE)])
def remove_stream(stream_id: PathName) -> Response[None]:
    """Remove a stream with its items, progress and insights."""
    services(app.principal).streams.remove(stream_id)
    return app.no_content()


@app.get(f"{_ONE}/progress", middlewares=[requires(Scope.READ)])
def get_progress(stream_id: PathName) -> StreamProgress:
    """How far a stream is."""
    return services(app.principal).stream_reviewer.progress(stream_id)


@app.get(f"{_ONE}/insights", middlewares=[requires(Scope.READ)])
def list_insights(stream_id: PathName, limit: Limit = 50, cursor: Cursor = None) -> StreamInsightList:
    """What is worth knowing of a stream, newest first."""
    return services(app.principal).stream_reviewer.insights(stream_id, limit, cursor)


lambda_handler = api_handler(app)
