"""API: streams."""

from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Cursor, Limit, PathName, api_handler, idempotent, requires
from watchbill.services import services
from watchbill.streams.models import NewStream, Stream, StreamChange, StreamList

app = Api("streams")


@app.post("/api/streams", status_code=201, middlewares=[requires(Scope.EXECUTE), idempotent()])
def create_stream(wish: NewStream) -> Stream:
    """Set a goal."""
    return services(app.principal).streams.create(wish)


@app.get("/api/streams", middlewares=[requires(Scope.READ)])
def list_streams(limit: Limit = 50, cursor: Cursor = None) -> StreamList:
    """Streams, newest first."""
    return services(app.principal).streams.streams(limit, cursor)


@app.get("/api/streams/<stream_id>", middlewares=[requires(Scope.READ)])
def get_stream(stream_id: PathName) -> Stream:
    """One stream."""
    return services(app.principal).streams.stream(stream_id)


@app.patch("/api/streams/<stream_id>", middlewares=[requires(Scope.EXECUTE)])
def change_stream(stream_id: PathName, change: StreamChange) -> Stream:
    """Change a stream's goal, deadline or stages, pause it, or let it go on."""
    return services(app.principal).streams.amend(stream_id, change)


lambda_handler = api_handler(app)
