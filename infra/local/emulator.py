"""Runs the AWS emulator, MiniStack, on 127.0.0.1, and answers one question of ours: how far its consumers are behind.

Run as `python -m infra.local.emulator`, with its settings in the environment (`emulator_environment`).
MiniStack keeps a stream's records in memory only, so whoever stops it first waits for a backlog of none. It does
keep how far each consumer had counted in the old stream, which would make it skip as many records of the new one.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.typing import ASGIFramework
from ministack.app import app
from ministack.services import dynamodb, lambda_svc

from infra.local.settings import API_PREFIX, BACKLOG_PATH, LOOPBACK

Scope = MutableMapping[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class LocalGateway:
    """The emulator's ASGI application with our question added, and web pages kept out."""

    def __init__(self, emulator: Application, streams: "StreamPositions") -> None:
        self._emulator = emulator
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._emulator(scope, receive, self._forgetting_positions(send))
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

    def _forgetting_positions(self, send: Send) -> Send:
        async def after_restoring(message: dict[str, Any]) -> None:
            if message["type"] == "lifespan.startup.complete":
                self._streams.forget()
            await send(message)

        return after_restoring


async def _answer(send: Send, status: int, body: dict[str, object]) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


class StreamPositions:
    """How far the emulator's DynamoDB stream consumers have read; it has no API for that, so this looks inside."""

    def backlog(self) -> int:
        """Return how many records the enabled consumers have not finished, the ones in hand included."""
        return sum(self._behind(*mapping) for mapping in lambda_svc._esms.all_items())

    def forget(self) -> None:
        """Let every consumer begin at the start of the stream, as its mapping says."""
        lambda_svc._dynamodb_stream_positions.clear()

    @staticmethod
    def _behind(key: tuple[str, str, str], mapping: dict[str, Any]) -> int:
        account, region, mapping_id = key
        _, _, stream = mapping["EventSourceArn"].partition(":table/")
        if not stream or not mapping.get("Enabled", True):
            return 0
        table = stream.partition("/")[0]
        start = dynamodb.stream_start_position(table, account_id=account, region=region)
        end = dynamodb.stream_end_position(table, account_id=account, region=region)
        position = lambda_svc._dynamodb_stream_positions.get_scoped(account, region, mapping_id, start)
        return int(end - max(position, start))


def main() -> None:
    """Serve until SIGTERM, then write the state."""
    config = Config()
    config.bind = [f"{LOOPBACK}:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = 75
    asyncio.run(serve(cast(ASGIFramework, LocalGateway(app, StreamPositions())), config))


if __name__ == "__main__":
    main()
