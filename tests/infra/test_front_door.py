"""The front door over real sockets: what it passes on, to whom it lends the local key, and whom it turns away."""

import asyncio
import gzip
import io
import json
from contextlib import asynccontextmanager
from functools import wraps

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from infra.local.front_door import BODY_LIMIT, Configuration, make_application
from infra.local.settings import LOOPBACK
from infra.local.stack import free_port

KEY = "wb_demo_local"
LIMIT_SECONDS = 20


def over_the_wire(scenario):
    """Run a coroutine as a test, and fail it rather than wait for ever."""

    @wraps(scenario)
    def run(*arguments, **named):
        asyncio.run(asyncio.wait_for(scenario(*arguments, **named), LIMIT_SECONDS))

    return run


@asynccontextmanager
async def serving(application, port):
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, port).start()
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def front_door(upstream, web_socket=False):
    """Give a client whose base URL is a front door, before an API which answers with `upstream`."""
    behind, port = free_port(), free_port()
    api = web.Application(client_max_size=2 * BODY_LIMIT)
    api.router.add_route("*", "/{path:.*}", upstream)
    configuration = Configuration(
        port=port,
        api_url=f"http://{LOOPBACK}:{behind}/stage",
        key=KEY,
        web_socket_url=f"ws://{LOOPBACK}:{behind}/sockets" if web_socket else None,
    )
    async with (
        serving(api, behind),
        serving(make_application(configuration), port),
        aiohttp.ClientSession(f"http://localhost:{port}", auto_decompress=False) as client,
    ):
        yield client


async def tell(request):
    """Answer with what arrived."""
    body = await request.read()
    seen = {
        "method": request.method,
        "path": request.raw_path,
        "headers": {name.lower(): value for name, value in request.headers.items()},
        "size": len(body),
        "body": body[:100].decode(),
    }
    return web.json_response(seen)


async def seen_of(client, method="GET", path="/api/v1/agents", **options):
    async with client.request(method, path, **options) as answer:
        assert answer.status == 200
        return json.loads(await answer.read())


def own_origin(client):
    return str(client._base_url).rstrip("/")


@over_the_wire
async def test_a_request_without_a_key_is_given_the_local_one():
    async with front_door(tell) as client:
        seen = await seen_of(client)

    assert seen["headers"]["authorization"] == f"Bearer {KEY}"


@over_the_wire
async def test_a_request_keeps_the_key_it_brings():
    async with front_door(tell) as client:
        seen = await seen_of(client, headers={"Authorization": "Bearer mine"})

    assert seen["headers"]["authorization"] == "Bearer mine"


@over_the_wire
async def test_the_front_door_s_own_pages_are_given_the_key():
    async with front_door(tell) as client:
        headers = {"Origin": own_origin(client), "Sec-Fetch-Site": "same-origin"}
        seen = await seen_of(client, "POST", headers=headers)

    assert seen["headers"]["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
@over_the_wire
async def test_another_site_s_page_is_not_given_the_key(headers):
    async with front_door(tell) as client:
        seen = await seen_of(client, "POST", headers=headers)

    assert "authorization" not in seen["headers"]


@pytest.mark.parametrize("host", ["elsewhere.example", "localhost.elsewhere.example", "10.0.0.1:9999", ""])
@over_the_wire
async def test_a_name_that_is_not_this_machine_s_is_turned_away(host):
    reached = []

    async def upstream(request):
        reached.append(request)
        return web.Response()

    async with front_door(upstream) as client, client.get("/", headers={"Host": host}) as answer:
        problem = json.loads(await answer.read())

    assert (answer.status, answer.content_type) == (421, "application/problem+json")
    assert problem["status"] == 421
    assert problem["error"] == problem["detail"]
    assert not reached


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@over_the_wire
async def test_every_method_is_passed_on_with_its_body(method):
    async with front_door(tell) as client:
        seen = await seen_of(client, method, data=b"hello")

    assert (seen["method"], seen["body"]) == (method, "hello")


@over_the_wire
async def test_the_path_is_passed_on_as_it_was_written():
    async with front_door(tell) as client:
        raw = URL("/api/v1/agents/a%2Fb%20c?q=1%2B1&q=%C3%A9", encoded=True)
        seen = await seen_of(client, path=raw)

    assert seen["path"] == "/stage/api/v1/agents/a%2Fb%20c?q=1%2B1&q=%C3%A9"


@over_the_wire
async def test_the_host_is_passed_on_so_that_links_lead_back_through_the_front_door():
    async with front_door(tell) as client:
        seen = await seen_of(client)

    assert f"http://{seen['headers']['host']}" == own_origin(client)


@over_the_wire
async def test_nothing_is_added_to_a_request_but_the_key():
    async with front_door(tell) as client:
        seen = await seen_of(client, skip_auto_headers=["User-Agent", "Accept", "Accept-Encoding"])

    assert set(seen["headers"]) == {"host", "authorization"}


@over_the_wire
async def test_the_gateway_s_own_refusal_passes_unchanged():
    async def upstream(request):
        return web.json_response({"message": "Unauthorized"}, status=401)

    async with front_door(upstream) as client, client.get("/api/v1/agents") as answer:
        body = await answer.read()

    assert (answer.status, json.loads(body)) == (401, {"message": "Unauthorized"})


@over_the_wire
async def test_an_answer_s_headers_pass_even_when_repeated():
    async def upstream(request):
        answer = web.Response(status=201, headers={"Link": '<x>; rel="next"'})
        answer.headers.add("Set-Cookie", "a=1")
        answer.headers.add("Set-Cookie", "b=2")
        return answer

    async with front_door(upstream) as client, client.get("/") as answer:
        assert answer.status == 201
        assert answer.headers["Link"] == '<x>; rel="next"'
        assert answer.headers.getall("Set-Cookie") == ["a=1", "b=2"]


@over_the_wire
async def test_a_compressed_answer_stays_compressed():
    packed = gzip.compress(b"hello")

    async def upstream(request):
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

    async with front_door(upstream) as client, client.get("/") as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert await answer.read() == packed


@over_the_wire
async def test_a_compressed_request_stays_compressed_until_it_is_read():
    packed, named = gzip.compress(b"hello"), {"Content-Encoding": "gzip"}

    async with front_door(tell) as client:
        seen = await seen_of(client, "POST", data=packed, headers=named)

    assert (seen["body"], seen["headers"]["content-length"]) == ("hello", str(len(packed)))


@over_the_wire
async def test_a_redirect_is_the_caller_s_to_follow():
    async def upstream(request):
        return web.Response(status=302, headers={"Location": "/api/docs"})

    async with front_door(upstream) as client, client.get("/", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, "/api/docs")


@over_the_wire
async def test_an_answer_streams():
    first_was_read = asyncio.Event()

    async def upstream(request):
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"first")
        await first_was_read.wait()
        await answer.write(b"second")
        return answer

    async with front_door(upstream) as client, client.get("/") as answer:
        assert await answer.content.readany() == b"first"
        first_was_read.set()
        assert await answer.content.read() == b"second"


@over_the_wire
async def test_a_request_s_body_streams():
    first_arrived = asyncio.Event()

    async def upstream(request):
        assert await request.content.readany() == b"first"
        first_arrived.set()
        return web.Response(body=await request.content.read())

    async def body():
        yield b"first"
        await first_arrived.wait()
        yield b"second"

    async with front_door(upstream) as client, client.post("/", data=body()) as answer:
        assert await answer.read() == b"second"


@over_the_wire
async def test_a_body_may_have_ten_mebibytes():
    async with front_door(tell) as client:
        seen = await seen_of(client, "POST", data=io.BytesIO(bytes(BODY_LIMIT)))

    assert seen["size"] == BODY_LIMIT


async def in_chunks(size):
    for _ in range(0, size, 2**20):
        yield bytes(2**20)


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in chunks"])
@over_the_wire
async def test_a_longer_body_is_refused(announced):
    async with front_door(tell) as client:
        data = io.BytesIO(bytes(BODY_LIMIT + 1)) if announced else in_chunks(BODY_LIMIT + 2**20)
        async with client.post("/", data=data) as answer:
            problem = json.loads(await answer.read())

    assert (answer.status, problem["title"]) == (413, "Content Too Large")


@over_the_wire
async def test_without_an_api_behind_it_the_front_door_says_what_to_do():
    port = free_port()
    configuration = Configuration(port=port, api_url=f"http://{LOOPBACK}:{free_port()}", key=KEY)
    async with (
        serving(make_application(configuration), port),
        aiohttp.ClientSession() as client,
        client.get(f"http://localhost:{port}/") as answer,
    ):
        problem = json.loads(await answer.read())

    assert answer.status == 503
    assert "make up" in problem["detail"]


@over_the_wire
async def test_without_a_web_socket_api_there_is_nothing_at_its_path():
    async with front_door(tell) as client, client.get("/ws") as answer:
        problem = json.loads(await answer.read())

    assert (answer.status, answer.content_type, problem["status"]) == (404, "application/problem+json", 404)


async def echo(request):
    """Say whose connection it is, then repeat every message until told to go."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_str(f"{request.raw_path} {request.headers.get('Authorization')}")
    async for message in socket:
        if message.data == "go":
            await socket.close(code=4001)
        elif message.type is aiohttp.WSMsgType.TEXT:
            await socket.send_str(message.data)
        else:
            await socket.send_bytes(message.data)
    return socket


@over_the_wire
async def test_web_socket_messages_pass_both_ways_with_the_key():
    async with front_door(echo, web_socket=True) as client, client.ws_connect("/ws?view=live") as socket:
        assert await socket.receive_str() == f"/sockets?view=live Bearer {KEY}"
        await socket.send_str("text")
        assert await socket.receive_str() == "text"
        await socket.send_bytes(b"bytes")
        assert await socket.receive_bytes() == b"bytes"


@over_the_wire
async def test_a_web_socket_closed_behind_is_closed_in_front_with_the_same_code():
    async with front_door(echo, web_socket=True) as client, client.ws_connect("/ws") as socket:
        await socket.receive_str()
        await socket.send_str("go")
        await socket.receive()

        assert socket.close_code == 4001


async def refuse(_):
    """Open no socket for anybody."""
    return web.json_response({"message": "no"}, status=403)


@over_the_wire
async def test_a_web_socket_that_is_refused_behind_is_refused_in_front():
    async with front_door(refuse, web_socket=True) as client:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await client.ws_connect("/ws?ticket=used")


@over_the_wire
async def test_a_web_socket_that_nobody_opens_behind_is_not_opened_in_front():
    port = free_port()
    nobody = f"ws://{LOOPBACK}:{free_port()}"
    configuration = Configuration(port=port, api_url="http://localhost", key=KEY, web_socket_url=nobody)
    async with serving(make_application(configuration), port), aiohttp.ClientSession() as client:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
            await client.ws_connect(f"http://localhost:{port}/ws")


@over_the_wire
async def test_another_site_s_page_is_not_lent_the_key_for_a_web_socket():
    headers = {"Origin": "https://elsewhere.example"}
    async with front_door(echo, web_socket=True) as client, client.ws_connect("/ws", headers=headers) as socket:
        assert await socket.receive_str() == "/sockets None"


@over_the_wire
async def test_plain_http_at_the_web_socket_s_path_is_told_to_upgrade():
    async with front_door(echo, web_socket=True) as client, client.get("/ws") as answer:
        assert answer.status == 426


def test_a_configuration_survives_its_file_and_only_its_owner_may_read_it(tmp_path):
    path = tmp_path / "front-door.json"
    configuration = Configuration(port=1, api_url="http://127.0.0.1:2", key=KEY)

    configuration.write(path)

    assert Configuration.read(path) == configuration
    assert path.stat().st_mode & 0o777 == 0o600
