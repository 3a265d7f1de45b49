"""The emulator's DynamoDB in a process of its own, asked through sockets: HTTP took more of the time than the table.

What is asked are the requests that AWS's client has written, and what is answered it reads, as they would go over the
network. Whoever dies leaves a socket that nobody writes to any more.
"""

import multiprocessing
import os
import socket
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from io import BytesIO
from multiprocessing.connection import Connection
from pathlib import Path
from selectors import EVENT_READ, BaseSelector, DefaultSelector
from typing import Any, TypeVar, cast

import pytest
from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session
from ministack.services import dynamodb, dynamodb_streams

from infra.local.processes import WITH_PARENT, end_with_parent

T = TypeVar("T")
_CONTEXT = multiprocessing.get_context("fork")


class Raw(BytesIO):
    """A body as AWS's client reads it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


@contextmanager
def table_process(folder: Path) -> Iterator[None]:
    """What this process, and those that it forks, ask of AWS is asked of a process that is started here."""
    address = str(folder / "table")
    with socket.socket(socket.AF_UNIX) as listening, pytest.MonkeyPatch.context() as patch:
        listening.bind(address)
        listening.listen()
        process = _CONTEXT.Process(target=_serve, args=(listening,), daemon=True)
        process.start()
        patch.setattr(URLLib3Session, "send", lambda _, request: _ask(address, request))
        try:
            yield
        finally:
            process.kill()
            process.join()


def _ask(address: str, request: Any) -> AWSResponse:
    connection = _connection(address, os.getpid())
    connection.send((request.headers["X-Amz-Target"].decode(), request.body))
    status, headers, body = connection.recv()
    return AWSResponse(request.url, status, headers, Raw(body))


@cache
def _connection(address: str, process: int) -> Connection:
    """The connection of a process: who is forked has one of his own."""
    opened = socket.socket(socket.AF_UNIX)
    opened.connect(address)
    return Connection(opened.detach())


def _serve(listening: socket.socket) -> None:
    """Answer one request after the other, whoever's it is."""
    end_with_parent([WITH_PARENT])
    # Conditions are few, and read again for each item that is looked at.
    dynamodb._condition_syntax_error = cache(dynamodb._condition_syntax_error)
    with DefaultSelector() as selector:
        selector.register(listening, EVENT_READ)
        while True:
            for key, _ in selector.select():
                if isinstance(key.fileobj, Connection):
                    _answer(key.fileobj, selector)
                else:
                    selector.register(Connection(listening.accept()[0].detach()), EVENT_READ)


def _answer(connection: Connection, selector: BaseSelector) -> None:
    try:
        target, body = connection.recv()
    except (EOFError, ConnectionResetError):
        selector.unregister(connection)
        connection.close()
        return
    service = dynamodb_streams if target.startswith("DynamoDBStreams") else dynamodb
    with suppress(BrokenPipeError):
        connection.send(_finished(service.handle_request("POST", "/", {"x-amz-target": target}, body, {})))


def _finished(coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine that waits for nothing comes to."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return cast(T, done.value)
    raise AssertionError("the emulator waits for something")
