"""The single table, as one organisation sees it. The only module that talks to DynamoDB and knows its errors.

There is no scan, and no way to reach another organisation's partition: a Table is built for one organisation and
refuses every key that does not begin with it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from watchbill.platform import aws, clock
from watchbill.platform.errors import PayloadTooLarge, TooManyRequests
from watchbill.platform.items import CAUSE, EXPIRES_AT, REVISION, Item, to_item, to_key, to_raw, to_raw_values
from watchbill.platform.keys import Key, beginning_of
from watchbill.platform.observability import correlation_id
from watchbill.platform.settings import settings
from watchbill.platform.writes import Check, Create, Delete, Put, Replace, Write, condition_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEYS_PER_GET = 100
_AT_ONCE = 16
_PUTS_PER_WRITE = 25
_TRIES = 5
"""How often a transaction is tried that meets another one, and items the table had no room for."""
_FIRST_PAUSE = 0.05
"""Seconds; doubled before each further try."""

__all__ = ["EXPIRES_AT", "REVISION", "AlreadyExists", "Changed", "Item", "Stored", "Table", "each"]

T = TypeVar("T")
R = TypeVar("R")


class ForeignKey(AssertionError):
    """A key of another organisation reached this organisation's table: a bug, stopped here."""


class AlreadyExists(Exception):
    """An item that was to be created is there; `item` is what it holds."""

    def __init__(self, item: Item) -> None:
        super().__init__("the item exists")
        self.item = item


class Changed(Exception):
    """An item was changed since it was read; `item` is what it holds now, None when it is gone."""

    def __init__(self, item: Item | None) -> None:
        super().__init__("the item has changed")
        self.item = item


@dataclass(frozen=True, slots=True)
class Stored:
    """An item with the key it was found under."""

    key: Key
    item: Item


class Table:
    """One organisation's part of the table."""

    def __init__(self, organisation: str, client: "DynamoDBClient | None" = None, name: str | None = None) -> None:
        if not organisation:
            raise ForeignKey("a table needs an organisation")
        self.organisation = organisation
        self._prefix = beginning_of(organisation)
        self._client = client or aws.dynamodb()
        self._name = name or settings().table_name

    def get(self, key: Key) -> Item | None:
        """One item, strongly consistent, or None."""
        found = self._client.get_item(TableName=self._name, Key=self._key(key), ConsistentRead=True).get("Item")
        return to_item(found) if found else None

    def get_many(self, keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Item]:
        """Those of the items that exist. Reads that may be a second old (`consistent=False`) cost half."""
        pending = [self._key(key) for key in dict.fromkeys(keys)]
        found: dict[Key, Item] = {}
        while pending:
            now, pending = pending[:_KEYS_PER_GET], pending[_KEYS_PER_GET:]
            answer = self._client.batch_get_item(RequestItems={self._name: {"Keys": now, "ConsistentRead": consistent}})
            found |= {to_key(raw): to_item(raw) for raw in answer["Responses"].get(self._name, [])}
            left = answer["UnprocessedKeys"].get(self._name)
            pending += left["Keys"] if left else []
        return found

    def create(self, key: Key, item: Item) -> None:
        """Store an item that is not there yet. Raises AlreadyExists with the one that is."""
        try:
            self._put(key, item, **condition_of(Create(key, item)))
        except aws.ClientError as error:
            raise AlreadyExists(_condition_failure(error) or {}) from error

    def replace(self, key: Key, item: Item, revision: int) -> None:
        """Store an item over the one that was read at `revision`. Raises Changed with the one that is there now."""
        try:
            self._put(key, {**item, REVISION: revision + 1}, **condition_of(Replace(key, item, revision)))
        except aws.ClientError as error:
            raise Changed(_condition_failure(error)) from error

    def replace_together(self, key: Key, item: Item, revision: int, also: Mapping[Key, Item | None]) -> None:
        """As `replace`, and with it store the other items whatever was there, None removing them: all or none.

        Raises Changed.
        """
        others = [Delete(other) if content is None else Put(other, content) for other, content in also.items()]
        self.transact([Replace(key, item, revision), *others])

    def put(self, key: Key, item: Item) -> None:
        """Store an item, whatever was there."""
        self._put(key, item)

    def put_all(self, items: Mapping[Key, Item]) -> None:
        """Store items, whatever was there, many to a request and several requests at a time.

        What the table has no room for at once is sent again until it is stored: when this returns, all is. Raises
        TooManyRequests when the table stays busy.
        """
        puts = [{"PutRequest": {"Item": self._raw(key, item)}} for key, item in items.items()]
        each(self._put_chunk, [puts[start : start + _PUTS_PER_WRITE] for start in range(0, len(puts), _PUTS_PER_WRITE)])

    def create_together(self, items: Mapping[Key, Item]) -> None:
        """Create all of the items or none. Raises AlreadyExists with the first that is there."""
        self.transact([Create(key, item) for key, item in items.items()])

    def transact(self, writes: Sequence[Write]) -> None:
        """Do all of the writes, at most `MOST_WRITES` of different items, or none.

        Raises AlreadyExists when a Create meets an item, Changed when another write does not meet what it asks for.
        """
        parts = [self._part(write) for write in writes]
        for _ in range(_TRIES):
            try:
                self._client.transact_write_items(TransactItems=parts)  # type: ignore[arg-type]
            except aws.ClientError as error:
                if (refusal := _refusal(error, writes)) is not None:
                    raise refusal from error
            else:
                return
        raise Changed(None)

    def set(self, key: Key, fields: Mapping[str, Any]) -> None:
        """Set attributes of an item that exists. Raises Changed when it does not."""
        names = {f"#{i}": name for i, name in enumerate(fields)}
        try:
            self._client.update_item(
                TableName=self._name,
                Key=self._key(key),
                UpdateExpression="SET " + ", ".join(f"#{i} = :{i}" for i in range(len(fields))),
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=to_raw_values({str(i): value for i, value in enumerate(fields.values())}),
            )
        except aws.ClientError as error:
            raise Changed(_condition_failure(error)) from error

    def delete(self, key: Key) -> bool:
        """Remove an item; whether it was there."""
        answer = self._client.delete_item(TableName=self._name, Key=self._key(key), ReturnValues="ALL_OLD")
        return "Attributes" in answer

    def query(
        self,
        partition: str,
        *,
        prefix: str = "",
        between: tuple[str, str] | None = None,
        before: str | None = None,
        after: str | None = None,
        descending: bool = False,
        page_size: int | None = None,
        consistent: bool = True,
    ) -> Iterator[Stored]:
        """The items of a partition in the order of their sort keys, paged to the end as they are taken.

        `prefix` and `between` (inclusive) bound the sort key; `before` starts behind it (exclusive) when descending,
        `after` when ascending. `page_size` bounds what one request reads, for callers that stop early. Reads that may
        be a second old (`consistent=False`) cost half.
        """
        condition, values = _sort_condition(prefix, between, before, after)
        arguments: dict[str, Any] = {
            "TableName": self._name,
            "KeyConditionExpression": f"pk = :pk{condition}",
            "ExpressionAttributeValues": {":pk": {"S": self._own(partition)}, **values},
            "ConsistentRead": consistent,
            "ScanIndexForward": not descending,
            **({"Limit": page_size} if page_size else {}),
        }
        while True:
            answer = self._client.query(**arguments)
            for raw in answer["Items"]:
                yield Stored(to_key(raw), to_item(raw))
            if "LastEvaluatedKey" not in answer:
                return
            arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _put(self, key: Key, item: Item, **conditions: Any) -> None:
        if conditions:
            conditions["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        try:
            self._client.put_item(TableName=self._name, Item=self._raw(key, item), **conditions)
        except aws.ClientError as error:
            if "Item size has exceeded" in str(error):
                raise PayloadTooLarge("this is more than an item of the table can hold (400 KB)") from error
            raise

    def _put_chunk(self, puts: list[Any]) -> None:
        for again in range(_TRIES):
            if again:
                clock.pause(_FIRST_PAUSE * 2**again)
            answer = self._client.batch_write_item(RequestItems={self._name: puts})
            puts = answer["UnprocessedItems"].get(self._name, [])
            if not puts:
                return
        raise TooManyRequests("the table is busy; send the request again", retry_after=1)

    def _part(self, write: Write) -> dict[str, Any]:
        condition = condition_of(write)
        told = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"} if condition else {}
        if isinstance(write, Delete | Check):
            action = "Delete" if isinstance(write, Delete) else "ConditionCheck"
            return {action: {"TableName": self._name, "Key": self._key(write.key), **condition, **told}}
        item = {**write.item, REVISION: write.revision + 1} if isinstance(write, Replace) else write.item
        return {"Put": {"TableName": self._name, "Item": self._raw(write.key, item), **condition, **told}}

    def _key(self, key: Key) -> dict[str, Any]:
        return {"pk": {"S": self._own(key.pk)}, "sk": {"S": key.sk}}

    def _raw(self, key: Key, item: Item) -> dict[str, Any]:
        raw = self._key(key) | to_raw(item)
        # What is written for a request carries its id, so that the stream's consumers can name it in their logs.
        cause = correlation_id()
        return raw | {CAUSE: {"S": cause}} if cause else raw

    def _own(self, partition: str) -> str:
        if not partition.startswith(self._prefix):
            raise ForeignKey(f"{partition!r} is not of organisation {self.organisation!r}")
        return partition


def each(work: Callable[[T], R], tasks: Sequence[T]) -> list[R]:
    """`work` done for every task, several at a time; the results in the tasks' order."""
    threads = min(_AT_ONCE, len(tasks))
    if threads < 2:
        return [work(task) for task in tasks]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, tasks))


def together(**parts: Callable[[], Any]) -> dict[str, Any]:
    """What each part comes to, by its name; several are made at a time."""
    return dict(zip(parts, each(lambda part: part(), list(parts.values())), strict=True))


def _sort_condition(
    prefix: str, between: tuple[str, str] | None, before: str | None, after: str | None
) -> tuple[str, dict[str, dict[str, str]]]:
    if between:
        return " AND sk BETWEEN :from AND :to", {":from": {"S": between[0]}, ":to": {"S": between[1]}}
    if before:
        return " AND sk < :before", {":before": {"S": before}}
    if after:
        return " AND sk > :after", {":after": {"S": after}}
    if prefix:
        return " AND begins_with(sk, :prefix)", {":prefix": {"S": prefix}}
    return "", {}


def _condition_failure(error: aws.ClientError) -> Item | None:
    """What stood in the way of a conditional write; an error of another kind goes on its way."""
    if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
        raise error
    response: Mapping[str, Any] = error.response
    there = response.get("Item")
    return to_item(there) if there else None


def _refusal(error: aws.ClientError, writes: Sequence[Write]) -> Exception | None:
    """Why a transaction was refused; None when another one was in its way, and it may be tried again."""
    response: Mapping[str, Any] = error.response
    reasons: Sequence[Mapping[str, Any]] = response.get("CancellationReasons", [])
    for write, reason in zip(writes, reasons, strict=False):
        if reason.get("Code") == "ConditionalCheckFailed":
            there = to_item(reason["Item"]) if reason.get("Item") else None
            return AlreadyExists(there or {}) if isinstance(write, Create) else Changed(there)
    return None if any(reason.get("Code") == "TransactionConflict" for reason in reasons) else error
