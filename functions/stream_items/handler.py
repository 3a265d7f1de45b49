"""API: the items of streams."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from watchbill.platform.access import Scope
from watchbill.platform.batches import BatchAnswer
from watchbill.platform.http import Api, Asked, PathName, idempotent, requires
from watchbill.serving import api_handler, services
from watchbill.streams.models import Item, ItemBatch, ItemChange, ItemList, ItemQuery, OneOrManyItems

app = Api("stream items")
_ALL = "/api/streams/<stream_id>/items"
_ONE = f"{_ALL}/<item_id>"


@app.post(_ALL, status_code=201, middlewares=[requires(Scope.EXECUTE), idempotent()])
def add_items(stream_id: PathName, body: Annotated[OneOrManyItems, Body()]) -> Response[Item | BatchAnswer]:
    """Add an item, or up to 100 as `{"items": [...]}`; of one company there is one item in a stream."""
    streams = services(app.principal).streams
    if isinstance(body, ItemBatch):
        return app.answer(201, streams.add_batch(stream_id, body.items))
    return app.answer(201, streams.add(stream_id, [body])[0])


@app.get(_ALL, middlewares=[requires(Scope.READ)])
def list_items(stream_id: PathName, query: Asked[ItemQuery]) -> ItemList:
    """A stream's items of a stage, a priority and a status, or all, in the order of their positions."""
    return services(app.principal).streams.listed(stream_id, query)


@app.get(_ONE, middlewares=[requires(Scope.READ)])
def get_item(stream_id: PathName, item_id: PathName) -> Item:
    """One item."""
    return services(app.principal).streams.item(stream_id, item_id)


@app.patch(_ONE, middlewares=[requires(Scope.EXECUTE)])
def change_item(stream_id: PathName, item_id: PathName, change: ItemChange) -> Item:
    """Change an item; with its `revision` only if nobody has changed it since."""
    return services(app.principal).streams.amend_item(stream_id, item_id, change)


@app.delete(_ONE, status_code=204, middlewares=[requires(Scope.EXECUTE)])
def remove_item(stream_id: PathName, item_id: PathName) -> Response[None]:
    """Remove an item."""
    services(app.principal).streams.remove_item(stream_id, item_id)
    return app.no_content()


lambda_handler = api_handler(app)
