"""The hourly check as messages: one for each organisation becomes one for every few agents, if need be one for each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from watchbill.anomalies.service import AnomalyService
from watchbill.platform import clock
from watchbill.platform.queue import Message, Queue, send

AGENTS_PER_MESSAGE = 25

Send = Callable[[Queue, Sequence[Mapping[str, Any]]], None]


def begin(organisations: Iterable[str], send: Send = send) -> None:
    """Have the hours of every organisation's agents judged that are over by now."""
    until = clock.to_text(clock.now())
    send(Queue.CHECKS, [{"organisation": organisation, "until": until} for organisation in organisations])


def work(message: Message, anomalies: AnomalyService, send: Send = send) -> None:
    """Do what a message says, or divide it into smaller ones.

    Messages of several agents that come again are divided into one for each: whatever made their work fail then keeps
    no other agent from being checked, and is put aside alone. Checks that were done before are found done.
    """
    body, agents = message.body, message.body.get("agents")
    if agents is None:
        send(Queue.CHECKS, _chunks(body, anomalies.agents_to_check(), AGENTS_PER_MESSAGE))
    elif message.receives > 1 and len(agents) > 1:
        send(Queue.CHECKS, _chunks(body, agents, 1))
    else:
        anomalies.check_all(agents, clock.from_text(body["until"]))


def _chunks(body: Mapping[str, Any], agents: Sequence[str], size: int) -> list[dict[str, Any]]:
    parts = [agents[start : start + size] for start in range(0, len(agents), size)]
    return [{**body, "agents": list(part)} for part in parts]
