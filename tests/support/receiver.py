"""Somebody on the loopback interface who is sent webhooks: answers as told, and keeps what came."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook

from tests.integration.client.server import Reply, Seen, serving

OK = Reply(204)


@dataclass
class Receiver:
    """Answers with `replies` one after the other, then with `afterwards`."""

    url: str = ""
    replies: list[Reply] = field(default_factory=list)
    afterwards: Reply = OK
    seen: list[Seen] = field(default_factory=list)

    def answer(self, request: Seen) -> Reply:
        """Keep a request, and answer it."""
        self.seen.append(request)
        return self.replies.pop(0) if self.replies else self.afterwards

    def verified(self, secret: str) -> list[Any]:
        """What was sent, each request's signature verified as a receiver does. Raises WebhookVerificationError."""
        return [Webhook(secret).verify(request.body, dict(request.headers)) for request in self.seen]

    @property
    def ids(self) -> list[str]:
        """The deliveries' ids as they came, repeats included."""
        return [request.headers["webhook-id"] for request in self.seen]


@contextmanager
def receiving(*replies: Reply, afterwards: Reply = OK) -> Iterator[Receiver]:
    """A receiver that listens while the block runs."""
    receiver = Receiver(replies=list(replies), afterwards=afterwards)
    with serving(receiver.answer) as url:
        receiver.url = f"{url}/hook"
        yield receiver


Talk = Callable[[socket.socket, threading.Event], None]
"""What a server says on a connection, until the event tells that the test is over."""


@contextmanager
def talking(talk: Talk) -> Iterator[str]:
    """A server that is no HTTP server: does with each connection what it is told; yields its URL."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threads: list[threading.Thread] = []

        def serve() -> None:
            while not over.is_set():
                connection, _ = listener.accept()
                threads.append(threading.Thread(target=_talk, args=(talk, connection, over)))
                threads[-1].start()

        accepting = threading.Thread(target=serve)
        accepting.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            over.set()
            socket.create_connection(listener.getsockname()).close()
            for thread in (accepting, *threads):
                thread.join()


def hanging(connection: socket.socket, over: threading.Event) -> None:
    """Take the request and say nothing."""
    connection.recv(65536)
    over.wait()


def dripping(*parts: bytes) -> Talk:
    """Say these parts, then one byte every 20 ms without end."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        for part in parts:
            connection.sendall(part)
        while not over.wait(0.02):
            connection.sendall(b"x")

    return talk


def saying(parts: Sequence[bytes]) -> Talk:
    """Say these parts and hang up."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        for part in parts:
            connection.sendall(part)

    return talk


def _talk(talk: Talk, connection: socket.socket, over: threading.Event) -> None:
    with connection:
        try:
            talk(connection, over)
        except OSError:
            return  # the caller has gone
