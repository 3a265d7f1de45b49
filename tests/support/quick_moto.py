"""Moto without the work that no test of ours needs: most of a test's time would go there.

A query looks at one partition, where moto looks at every item of the table. What a transaction may have to undo is
kept as lists of items, where moto copies the whole table and its stream for each item of the transaction: this is the
same as long as items are replaced, never changed, in a transaction, and `Table` puts, deletes and checks there.
Whose a request is, moto asks a hundred patterns each time, and what a service can do, by looking through its class.
Requests that are JSON posted to one address are handed over as they are, where moto has werkzeug read them as a form.
Keys of KMS share what would sign with them: nobody does, and finding its primes takes longer than most tests.
"""

import copy
from collections import defaultdict
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from typing import Any
from urllib.parse import urlparse

from botocore.awsrequest import HeadersDict
from moto import backends
from moto.core import exceptions, models, responses
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import StreamShard, Table
from moto.dynamodb.responses import DynamoHandler
from moto.events.responses import EventsHandler
from moto.kms import models as kms
from moto.sqs import models as sqs
from moto.sqs.responses import SQSResponse

_query = Table.query
_all_items = Table.all_items
_hash = DynamoType.__hash__
_get_value = ResponseSerializer.get_value
_process_request = BotocoreStubber.process_request
AT_ONE_ADDRESS = ("dynamodb", "events", "sqs")
"""Services all of whose requests are posted to one address, and say in JSON what they want."""
_partition: ContextVar[Any] = ContextVar("partition", default=None)


def _query_one_partition(self: Any, hash_key: Any, *arguments: Any, **more: Any) -> Any:
    token = _partition.set(hash_key)
    try:
        return _query(self, hash_key, *arguments, **more)
    finally:
        _partition.reset(token)


def _items_of_the_partition(self: Any) -> Any:
    key = _partition.get()
    return _all_items(self) if key is None else list(self.items[key].values()) if key in self.items else []


def _table_as_it_is(self: Any, _: Any) -> Any:
    kept = copy.copy(self)
    kept.items = defaultdict(dict, {key: dict(items) for key, items in self.items.items()})
    kept.stream_shard = self.stream_shard and copy.copy(self.stream_shard)
    if kept.stream_shard:
        kept.stream_shard.table = kept
    return kept


def _hash_as_text(self: Any) -> int:
    return hash(self.value) if self.type == "S" else _hash(self)


def _shard_as_it_is(self: Any) -> Any:
    kept = object.__new__(StreamShard)
    kept.__dict__ |= self.__dict__ | {"items": list(self.items)}
    return kept


def _value_of_its_type(self: Any, value: Any, key: str, shape: Any) -> Any:
    attribute = type(value) is dict and hasattr(shape, "parent") and shape.parent.name == "AttributeValue"
    return value.get(key) if attribute else _get_value(self, value, key, shape)


class _Posted:
    """A request that is JSON, with what moto's answers ask of one."""

    method = "POST"
    path = "/"
    values: Mapping[str, str] = {}

    def __init__(self, request: Any) -> None:
        given = request.headers.items()
        self.headers = HeadersDict({name: each.decode() if type(each) is bytes else each for name, each in given})
        self.url = request.url
        self.data = request.body
        self.content_type = self.headers["Content-Type"]


def _take(self: Any, request: _Posted, *_: Any) -> None:
    """What an answer knows of its request, whoever sent it."""
    self.normalized_request, self.headers = request, request.headers
    self.raw_body = request.data
    self.body = request.data.decode()
    self.uri, self.parsed_url, self.region = _place(request.url)
    self.method, self.path, self.raw_path = request.method, request.path, request.path
    self.querystring = self.data = self.uri_match = {}
    self.partition, self.current_account = "aws", ACCOUNT
    self.response_headers = {"server": "amazon.com"}
    if self.automated_parameter_parsing:
        self.parse_parameters(request)


@cache
def _place(address: str) -> tuple[str, Any, str]:
    parsed = urlparse(address)
    return address, parsed, parsed.netloc.split(".")[1]


@cache
def _who_answers(address: str) -> Any:
    """Which of moto's functions answers what is posted to an address; None where it is to look for it."""
    host, _, path = address.removeprefix("https://").partition("/")
    service, _, region = host.removesuffix(".amazonaws.com").partition(".")
    if path or service not in AT_ONE_ADDRESS:
        return None
    return next(iter(backends.get_backend(service)[ACCOUNT][region].urls.values()))  # type: ignore[call-overload]


def _answer(self: Any, request: Any) -> Any:
    answers = _who_answers(request.url)
    if answers is None:
        return _process_request(self, request)
    try:
        return answers(_Posted(request))
    except exceptions.HTTPException as refusal:  # type: ignore[attr-defined]
        return refusal.code, refusal.get_headers(), refusal.get_body()


def _numbered(headers: Any = None) -> str:
    """The id of a request, drawn letter by letter otherwise."""
    if headers is not None:
        headers["x-amzn-requestid"] = "request"
    return "request"


def use() -> None:
    """Have moto work this way from now on."""
    models.RESPONSES_METHODS.clear()
    BotocoreStubber.process_request = _answer  # type: ignore[method-assign]
    steps: Any = responses
    steps.method_names_from_class = cache(steps.method_names_from_class)
    steps.gen_amzn_requestid_long = _numbered
    queues: Any = sqs
    steps.camelcase_to_underscores = queues.camelcase_to_underscores = cache(queues.camelcase_to_underscores)
    keys: Any = kms
    keys.generate_private_key = cache(keys.generate_private_key)
    for answering in (DynamoHandler, EventsHandler, SQSResponse):
        answering.setup_class = _take  # type: ignore[assignment, method-assign]
    ResponseSerializer.get_value = _value_of_its_type  # type: ignore[method-assign]
    Table.query = _query_one_partition  # type: ignore[method-assign]
    Table.all_items = _items_of_the_partition  # type: ignore[method-assign]
    DynamoType.__hash__ = _hash_as_text  # type: ignore[method-assign]
    Table.__deepcopy__ = _table_as_it_is  # type: ignore[attr-defined]
    StreamShard.__copy__ = _shard_as_it_is  # type: ignore[attr-defined]
