"""All that a running stack has written anywhere, read back for who looks for what must be nowhere in clear."""

import base64
import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import httpx

from infra.local.aws import client
from infra.local.stack import Running

Place = tuple[str, bytes]
"""What a place is called, and what lies there."""


class Written:
    """The tables, buckets, queues, e-mails and logs of a stack, and the files that its processes log to."""

    def __init__(self, stack: Running) -> None:
        self._stack = stack
        self._settings = stack.settings

    def places(self) -> Iterator[Place]:
        """Every place, one after the other."""
        yield from self._items()
        yield from self._objects()
        yield from self._waiting()
        yield from self._logged()
        yield from ((f"file {path.name}", path.read_bytes()) for path in self._settings.logs.iterdir())

    def _items(self) -> Iterator[Place]:
        tables = client(self._settings, "dynamodb")
        for name in tables.list_tables()["TableNames"]:
            for page in tables.get_paginator("scan").paginate(TableName=name):
                for item in page["Items"]:
                    yield f"item {item['pk']['S']} {item['sk']['S']}", b"\n".join(_plain(item))

    def _objects(self) -> Iterator[Place]:
        buckets = client(self._settings, "s3")
        for bucket in (each["Name"] for each in buckets.list_buckets()["Buckets"]):
            for page in buckets.get_paginator("list_objects_v2").paginate(Bucket=bucket):
                for key in (each["Key"] for each in page.get("Contents", [])):
                    yield f"object {key}", buckets.get_object(Bucket=bucket, Key=key)["Body"].read()

    def _waiting(self) -> Iterator[Place]:
        # The emulator shows what waits without taking it, and what was mailed.
        for name in ("sqs", "ses"):
            answer = httpx.get(f"{self._settings.emulator_url}/_ministack/{name}/messages", trust_env=False)
            yield f"{name} messages", answer.raise_for_status().content

    def _logged(self) -> Iterator[Place]:
        logs = client(self._settings, "logs")
        for page in logs.get_paginator("describe_log_groups").paginate():
            for group in (each["logGroupName"] for each in page["logGroups"]):
                for events in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
                    yield f"log {group}", "\n".join(each["message"] for each in events["events"]).encode()


def holding(places: Iterable[Place], secrets: Iterable[str]) -> set[str]:
    """The places that hold any of the secrets, as it is or encoded."""
    shapes = {shape for secret in secrets for shape in _shapes(secret.encode())}
    return {name for name, content in places for text in _both(content) if any(shape in text for shape in shapes)}


def _shapes(secret: bytes) -> Iterator[bytes]:
    yield from (secret, secret.hex().encode())
    for offset in range(3):
        # In Base64, wherever in a longer text it begins: what its neighbours have a part in is left out.
        yield base64.b64encode(bytes(offset) + secret)[(0, 2, 3)[offset] : -4]


def _both(content: bytes) -> Iterator[bytes]:
    """Bytes, and what they are when they are unpacked."""
    yield content
    with suppress(zlib.error):
        yield zlib.decompress(content, zlib.MAX_WBITS | 32)


def _plain(value: Any) -> Iterator[bytes]:
    """Every name and value in an item."""
    match value:
        case dict():
            for name, inner in value.items():
                yield name.encode()
                yield from _plain(inner)
        case list() | set():
            for inner in value:
                yield from _plain(inner)
        case bytes():
            yield from _both(value)
        case _:
            yield json.dumps(value, ensure_ascii=False).encode()
