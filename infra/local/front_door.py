"""The local API's front door: forwards HTTP and WebSocket traffic, and adds the local key where that harms nobody.

Run as `python -m infra.local.front_door CONFIGURATION`. It listens on 127.0.0.1 and is no part of what runs on AWS.
A web page elsewhere gets nothing from it: it answers only to the names of this machine, which no page can fake
by DNS, and it adds the key only to requests which no other site's page has caused.
"""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import aiohttp
from aiohttp import web
from yarl import URL

from infra.local.processes import end_with_parent
from infra.local.settings import LOOPBACK, write_private

BODY_LIMIT = 10 * 1024 * 1024
"""Bytes; API Gateway's own limit for a request."""

LOCAL_NAMES = ("localhost", "127.0.0.1")
WEB_SOCKET_PATH = "/ws"
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
SAME_SITE = (None, "none", "same-origin")
"""What a browser's Sec-Fetch-Site says of a request which no other site's page has caused; other programs send none."""


@dataclass(frozen=True)
class Configuration:
    """Where the front door listens, whither it forwards, and the key it adds."""

    port: int
    api_url: str
    key: str
    web_socket_url: str | None = None

    @classmethod
    def read(cls, path: Path) -> Self:
        return cls(**json.loads(path.read_text()))

    def write(self, path: Path) -> None:
        write_private(path, json.dumps(asdict(self)))


def is_local(host: str | None) -> bool:
    """Tell whether the Host header names this machine."""
    return host is not None and host.partition(":")[0].lower() in LOCAL_NAMES


def may_have_key(headers: Mapping[str, str]) -> bool:
    """Tell whether a request without a key of its own may be given the local one."""
    own_origin = f"http://{headers.get('Host', '')}"
    return (
        "Authorization" not in headers
        and headers.get("Origin", own_origin) == own_origin
        and headers.get("Sec-Fetch-Site") in SAME_SITE
    )


def problem(status: int, title: str, detail: str) -> web.Response:
    """Return an answer in the form the API's own errors have."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "error": detail}
    return web.json_response(body, status=status, content_type="application/problem+json")


class LimitedBody:
    """A request's body on its way; `cut` once it was longer than `BODY_LIMIT` and therefore not sent on."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self.cut = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        total = 0
        async for chunk in self._chunks:
            total += len(chunk)
            if total > BODY_LIMIT:
                self.cut = True
                raise aiohttp.ClientConnectionError("the body is too long")
            yield chunk


class FrontDoor:
    """Forwards to one API; `session` is the client it does that with."""

    def __init__(self, configuration: Configuration, session: aiohttp.ClientSession) -> None:
        self._configuration = configuration
        self._session = session

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, whatever its method and path."""
        if not is_local(request.headers.get("Host")):
            return problem(421, "Misdirected Request", "This is the front door of localhost only.")
        if request.path == WEB_SOCKET_PATH:
            return await self._forward_web_socket(request)
        body = LimitedBody(request.content.iter_any()) if request.can_read_body else None
        try:
            if (request.content_length or 0) > BODY_LIMIT:
                return too_large()
            return await self._forward(request, body)
        except aiohttp.ClientConnectionError:
            if body is not None and body.cut:
                return too_large()
            return away()

    async def _forward(self, request: web.Request, body: LimitedBody | None) -> web.StreamResponse:
        url = URL(self._configuration.api_url + request.raw_path, encoded=True)
        async with self._session.request(
            request.method, url, headers=self._headers(request), data=body, allow_redirects=False
        ) as upstream:
            answer = web.StreamResponse(status=upstream.status, reason=upstream.reason)
            for name, value in end_to_end(upstream.headers.items()):
                answer.headers.add(name, value)
            await answer.prepare(request)
            async for chunk in upstream.content.iter_any():
                await answer.write(chunk)
            await answer.write_eof()
            return answer

    def _headers(self, request: web.Request) -> list[tuple[str, str]]:
        headers = list(end_to_end(request.headers.items()))
        if may_have_key(request.headers):
            headers.append(("Authorization", f"Bearer {self._configuration.key}"))
        return headers

    async def _forward_web_socket(self, request: web.Request) -> web.StreamResponse:
        if self._configuration.web_socket_url is None:
            return problem(404, "Not Found", "This deployment has no WebSocket API.")
        client = web.WebSocketResponse()
        if not client.can_prepare(request).ok:
            return problem(426, "Upgrade Required", f"{WEB_SOCKET_PATH} speaks WebSocket only.")
        url = URL(self._configuration.web_socket_url).with_query(request.query)
        headers = [(name, value) for name, value in self._headers(request) if not is_handshake(name)]
        try:
            async with self._session.ws_connect(url, headers=headers, max_msg_size=BODY_LIMIT) as upstream:
                await client.prepare(request)
                async with asyncio.TaskGroup() as pumps:
                    pumps.create_task(pump(client, upstream))
                    pumps.create_task(pump(upstream, client))
        except aiohttp.WSServerHandshakeError as error:
            return problem(error.status, "Refused", "The WebSocket API opens no socket for this.")
        except aiohttp.ClientConnectionError:
            return away()
        return client


WebSocket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


async def pump(source: WebSocket, sink: WebSocket) -> None:
    """Pass messages from `source` to `sink` until the source closes; then close the sink with the same code."""
    async for message in source:
        if message.type is aiohttp.WSMsgType.TEXT:
            await sink.send_str(message.data)
        elif message.type is aiohttp.WSMsgType.BINARY:
            await sink.send_bytes(message.data)
    await sink.close(code=source.close_code or aiohttp.WSCloseCode.GOING_AWAY)


def away() -> web.Response:
    return problem(503, "Service Unavailable", "The local stack does not answer: start it with `make up`.")


def too_large() -> web.Response:
    return problem(413, "Content Too Large", f"A request's body may have at most {BODY_LIMIT} bytes.")


def end_to_end(headers: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Return the headers which are meant for the other end, not for the connection."""
    return ((name, value) for name, value in headers if name.lower() not in HOP_BY_HOP)


def is_handshake(header: str) -> bool:
    """Tell whether a header belongs to one WebSocket connection, so that the next one must make its own."""
    return header.lower().startswith("sec-websocket-") or header.lower() == "host"


DOOR = web.AppKey("DOOR", FrontDoor)


def make_application(configuration: Configuration) -> web.Application:
    """Return the front door as an aiohttp application."""

    async def run(application: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(
            auto_decompress=False,
            connector=aiohttp.TCPConnector(limit=0),
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            # No total timeout: the API has its own, and an answer may stream for long.
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
        ) as session:
            application[DOOR] = FrontDoor(configuration, session)
            yield

    async def handle(request: web.Request) -> web.StreamResponse:
        return await request.app[DOOR].handle(request)

    # Whoever compressed a body said so in a header, which goes on with it: it is unpacked where it is read.
    application = web.Application(handler_args={"auto_decompress": False})
    application.cleanup_ctx.append(run)
    application.router.add_route("*", "/{path:.*}", handle)
    return application


def main() -> None:
    """Serve until SIGTERM."""
    end_with_parent(sys.argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    configuration = Configuration.read(Path(sys.argv[1]))
    application = make_application(configuration)
    web.run_app(application, host=LOOPBACK, port=configuration.port, print=None, shutdown_timeout=5)


if __name__ == "__main__":
    main()
