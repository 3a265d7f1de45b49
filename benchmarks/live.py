"""How soon everybody in a crowded room is told: `python -m benchmarks.live [--clients 200] [--events 50]`.

A local stack of the benchmark's own; so many sockets in the room `runs`, one of which never reads. A run is posted
at a time, and each of the others notes when it was told of it. The clock starts when the post was answered.
"""

import argparse
import asyncio
import json
import math
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

import httpx
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.tables import show
from infra.local.stack import Running, running

AGENT = "live-agent"
RUNS = f"/api/v1/agents/{AGENT}/versions/1.0.0/runs"
CONNECTING_AT_ONCE = 8
SPACED, PATIENCE = 0.5, 120.0
"""Seconds between two runs, and for what is expected."""


@dataclass
class Guest:
    """A client in the room: when it was told of each run, by the run, and the numbers of what it was told, in order."""

    socket: ClientConnection
    told: dict[str, float] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)

    async def listen(self, runs: int) -> None:
        """Note what comes, until so many runs were told of."""
        while len(self.told) < runs:
            frame = json.loads(await self.socket.recv())
            if frame["event"] == "run_recorded":
                self.numbers.append(frame["seq"])
                self.told |= dict.fromkeys((run["run_id"] for run in frame["data"]["runs"]), time.perf_counter())


def main() -> None:
    """Connect, post, print."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--clients", type=int, default=200)
    asked.add_argument("--events", type=int, default=50)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as stack:
        asyncio.run(crowd(stack, options.clients, options.events))


async def crowd(stack: Running, clients: int, events: int) -> None:
    """Fill the room, post runs, and print how soon they were known to everybody who reads."""
    async with AsyncExitStack() as open_, httpx.AsyncClient(base_url=stack.url, timeout=PATIENCE) as http:
        await _prepare(http)
        sockets = await _enter(http, open_, clients)
        stalled, *others = sockets
        stalled.transport.pause_reading()
        guests = [Guest(socket) for socket in others]
        listening = [asyncio.create_task(guest.listen(events)) for guest in guests]
        answered = {}
        for number in range(events):
            run = await _post(http, number)
            answered[run] = time.perf_counter()
            await asyncio.sleep(SPACED)
        _, late = await asyncio.wait(listening, timeout=PATIENCE)
        for task in late:
            task.cancel()
        report(guests, answered)


def report(guests: list[Guest], answered: dict[str, float]) -> None:
    """Print how long it took each guest, and the last of them, and whether anything was missing or twice."""
    never = math.inf
    each = sorted(guest.told.get(run, never) - at for run, at in answered.items() for guest in guests)
    last = sorted(max(guest.told.get(run, never) for guest in guests) - at for run, at in answered.items())
    show(
        f"Seconds until {len(guests)} clients are told of a run, {len(answered)} runs, beside one that never reads",
        ("", "p50", "p95", "longest"),
        [("a client", *_figures(each)), ("the last of them", *_figures(last))],
    )
    missing = sum(len(set(answered) - guest.told.keys()) for guest in guests)
    repeated = sum(len(guest.numbers) - len(set(guest.numbers)) for guest in guests)
    disorder = sum(guest.numbers != sorted(guest.numbers) for guest in guests)
    print(f"Missing: {missing}, told twice: {repeated}, clients told in another order: {disorder}")


def _figures(seconds: list[float]) -> Iterator[float]:
    cut = quantiles(seconds, n=100, method="inclusive")
    yield from (cut[49], cut[94], seconds[-1])


async def _prepare(http: httpx.AsyncClient) -> None:
    for path, body in (
        (f"/api/v1/agents/{AGENT}/register", {"project": "live"}),
        (f"/api/v1/agents/{AGENT}/versions", {"version": "1.0.0"}),
    ):
        (await http.post(path, json=body)).raise_for_status()


async def _enter(http: httpx.AsyncClient, open_: AsyncExitStack, clients: int) -> list[ClientConnection]:
    """So many sockets, each in the room."""
    gate, began = asyncio.Semaphore(CONNECTING_AT_ONCE), time.perf_counter()

    async def enter() -> ClientConnection:
        async with gate:
            ticket = (await http.post("/api/realtime/tickets", json={})).raise_for_status().json()
            address = f"{ticket['url']}?ticket={ticket['ticket']}"
            socket = await open_.enter_async_context(
                connect(address, proxy=None, open_timeout=PATIENCE, ping_interval=None)
            )
            await socket.send(json.dumps({"action": "join_room", "room": "runs"}))
            async with asyncio.timeout(PATIENCE):
                while json.loads(await socket.recv())["event"] != "room_joined":
                    pass
        return socket

    sockets = await asyncio.gather(*(enter() for _ in range(clients)))
    print(f"{clients} sockets are in the room after {math.ceil(time.perf_counter() - began)} s")
    return sockets


async def _post(http: httpx.AsyncClient, number: int) -> str:
    body = {"id": number, "created": "2026-03-10T12:00:00Z", "status": "completed"}
    return str((await http.post(RUNS, json=body)).raise_for_status().json()["run_id"])


if __name__ == "__main__":
    main()
