"""How a function is connected with what it is declared to be triggered by."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.declarations import Api, DeadLetters, Events, Function, Messages, Schedule, Sockets, Stream
from infra.parts.api import GuardedApi
from infra.parts.consumers import consume
from infra.parts.queues import Pair, consume_dead_letters, consume_messages
from infra.parts.rules import deliver, invoke
from infra.parts.sockets import SocketApi
from infra.stages import Stage
from watchbill.platform.queue import Queue


@dataclass(frozen=True)
class Triggers:
    """What wakes functions, and where what they could not handle is kept."""

    stage: Stage
    api: GuardedApi
    table: dynamodb.Table
    bus: events.EventBus
    queues: Mapping[Queue, Pair]
    failures: sqs.Queue
    sockets: SocketApi
    socket_authorizer: lambda_.Function

    def connect(self, scope: Construct, declared: Function, function: lambda_.Function) -> None:
        """Connect a function of the stack `scope`, unless somebody invokes it directly."""
        name = f"{self.stage.stack_name}-{declared.name}"
        match declared.trigger:
            case Api():
                self.api.add_routes(scope, declared.trigger, function)
            case Stream():
                consume(scope, self.table, self.failures, function, declared.trigger)
            case Messages():
                consume_messages(function, declared.trigger, self.queues)
                if wanted := declared.trigger.events:
                    deliver(function, wanted, self.queues[declared.trigger.queue].queue, name, self.bus, self.failures)
            case Sockets():
                self.sockets.add_routes(scope, function, self.socket_authorizer)
            case DeadLetters():
                consume_dead_letters(function, declared.trigger, self.queues)
            case Schedule() | Events():
                invoke(function, declared.trigger, name, self.bus, self.failures)
