"""Runs the AWS emulator, MiniStack, on 127.0.0.1, and answers one question of ours: how far its consumers are behind.

Run as `python -m infra.local.emulator`, with its settings in the environment (`emulator_environment`).
MiniStack keeps a stream's records in memory only, so whoever stops it first waits for a backlog of none. It does
keep how far each consumer had counted in the old stream, which would make it skip as many records of the new one.
And it keeps what was read for 24 hours, 70 KB for each run of a busy day, which is let go of here.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any, cast

from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.typing import ASGIFramework
from ministack.app import app
from ministack.services import dynamodb, lambda_svc

from infra.local import consumers, layers, nested, parameters, schedules
from infra.local.processes import end_with_parent
from infra.local.settings import API_PREFIX, BACKLOG_PATH, LOOPBACK

RELEASE_SECONDS = 5

Scope = MutableMapping[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Stream = tuple[str, str, str]
"""A DynamoDB stream by account, region and table."""

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class LocalGateway:
    """The emulator's ASGI application with our question added, and web pages kept out."""

    def __init__(self, emulator: Application, streams: "StreamPositions") -> None:
        self._emulator = emulator
        self._streams = streams
        self._releasing: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._emulator(scope, receive, self._once_started(send))
        elif scope["type"] != "http" or scope["path"].startswith(API_PREFIX):
            await self._emulator(scope, receive, send)
        elif scope["path"] == BACKLOG_PATH:
            await _answer(send, 200, {"records": self._streams.backlog()})
        elif any(name == b"origin" for name, _ in scope["headers"]):
            # Browsers name the page's origin in whatever could change something; no page has business here.
            await _answer(send, 403, {"message": "The emulator does not answer web pages."})
        else:
            # Policies that ask for TLS are about networks, and loopback is none.
            secure = [*scope["headers"], (b"x-forwarded-proto", b"https")]
            await self._emulator({**scope, "headers": secure}, receive, send)

    def _once_started(self, send: Send) -> Send:
        async def after_restoring(message: dict[str, Any]) -> None:
            if message["type"] == "lifespan.startup.complete":
                self._streams.forget()
                self._releasing = asyncio.create_task(self._release())
            await send(message)

        return after_restoring

    async def _release(self) -> None:
        while True:
            await asyncio.sleep(RELEASE_SECONDS)
            self._streams.release()


async def _answer(send: Send, status: int, body: dict[str, object]) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


class StreamPositions:
    """How far the emulator's DynamoDB stream consumers have read; it has no API for that, so this looks inside."""

    def backlog(self) -> int:
        """Return how many records the enabled consumers have not finished, the ones in hand included."""
        return sum(_end(stream) - position for stream, position, enabled in self._consumers() if enabled)

    def forget(self) -> None:
        """Let every consumer begin at the start of the stream, as its mapping says."""
        lambda_svc._dynamodb_stream_positions.clear()

    def release(self) -> None:
        """Drop the records which every consumer of their stream has finished."""
        finished: dict[Stream, int] = {}
        for stream, position, _ in self._consumers():
            finished[stream] = min(position, finished.get(stream, position))
        for stream, position in finished.items():
            account, region, table = stream
            start = _start(stream)
            records = dynamodb._stream_records.get_scoped(account, region, table, [])
            # First the records: in between the stream then looks shorter, which makes a consumer wait; counted as
            # dropped before they are, it would read some again.
            del records[: position - start]
            dynamodb._stream_trimmed.set_scoped(account, region, table, position)

    @staticmethod
    def _consumers() -> Iterator[tuple[Stream, int, bool]]:
        for (account, region, mapping_id), mapping in lambda_svc._esms.all_items():
            _, _, source = mapping["EventSourceArn"].partition(":table/")
            if source:
                stream = (account, region, source.partition("/")[0])
                start = _start(stream)
                position = lambda_svc._dynamodb_stream_positions.get_scoped(account, region, mapping_id, start)
                yield stream, max(position, start), mapping.get("Enabled", True)


def _start(stream: Stream) -> int:
    account, region, table = stream
    return int(dynamodb.stream_start_position(table, account_id=account, region=region))


def _end(stream: Stream) -> int:
    account, region, table = stream
    return int(dynamodb.stream_end_position(table, account_id=account, region=region))


def main() -> None:
    """Serve until SIGTERM, then write the state."""
    end_with_parent(sys.argv)
    schedules.install()
    consumers.install()
    layers.install()
    nested.install()
    parameters.install()
    config = Config()
    config.bind = [f"{LOOPBACK}:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = 75
    asyncio.run(serve(cast(ASGIFramework, LocalGateway(app, StreamPositions())), config))


if __name__ == "__main__":
    main()
