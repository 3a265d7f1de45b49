"""The stack which is the service: what is made, in the order it depends on each other."""

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.declarations import DeadLetters, Direct, Events, Function, Messages, Schedule, Stream
from infra.functions import FUNCTIONS
from infra.packaging import Target
from infra.parts.alarms import Alarms
from infra.parts.alerts import make_alert_channels
from infra.parts.api import make_api
from infra.parts.consumers import consume, make_failures_queue
from infra.parts.functions import FunctionFactory
from infra.parts.layers import make_client_layer, make_layers
from infra.parts.queues import consume_dead_letters, consume_messages, make_queues
from infra.parts.rules import invoke
from infra.parts.schedules import make_schedules
from infra.parts.table import make_table
from infra.stages import Stage
from watchbill.platform.queue import Queue


class ServiceStack(Stack):
    """Watchbill in one stage."""

    def __init__(self, scope: Construct, stage: Stage, target: Target) -> None:
        super().__init__(scope, stage.stack_name, stack_name=stage.stack_name, description=f"Watchbill, {stage.name}")
        self._table = make_table(self, stage)
        self._bus = events.EventBus(self, "Bus", event_bus_name=stage.stack_name)
        self._failures = make_failures_queue(self)
        self._queues = make_queues(self, FUNCTIONS)
        self._alarms = Alarms(self)
        alerts = make_alert_channels(self, stage)
        layers = make_layers(self, target)
        schedules = make_schedules(self, stage, self._queues[Queue.FIRINGS])
        factory = FunctionFactory(self, stage, layers, self._table, self._bus, self._queues, alerts, schedules)
        functions = {declared.name: factory.make(declared) for declared in FUNCTIONS}
        api = make_api(self, stage, functions, FUNCTIONS)
        for declared in FUNCTIONS:
            self._connect(declared, functions[declared.name], stage)
        self._alarms.watch_functions(functions)
        self._alarms.watch_failures(self._failures)
        self._alarms.watch_api(api)
        for name, pair in self._queues.items():
            self._alarms.watch_dead_letters(name, pair.dead_letters)

        (provision,) = (declared.name for declared in FUNCTIONS if isinstance(declared.trigger, Direct))
        self._output("ApiUrl", api.api_endpoint)
        self._output("ApiId", api.api_id)
        self._output("TableName", self._table.table_name)
        self._output("BusName", self._bus.event_bus_name)
        self._output("AlertTopicArn", alerts.topic.topic_arn)
        self._output("ProvisionFunctionName", functions[provision].function_name)
        self._output("ClientLayerArn", make_client_layer(self, target).layer_version_arn)

    def _connect(self, declared: Function, function: lambda_.Function, stage: Stage) -> None:
        """Connect a function with what triggers it, unless that is the API."""
        match declared.trigger:
            case Stream():
                consume(self, self._table, self._failures, function, declared.trigger)
                self._alarms.watch_consumer(declared.name, function)
            case Messages():
                consume_messages(function, declared.trigger, self._queues)
            case DeadLetters():
                consume_dead_letters(function, declared.trigger, self._queues)
            case Schedule() | Events():
                name = f"{stage.stack_name}-{declared.name}"
                invoke(function, declared.trigger, name, self._bus, self._failures)

    def _output(self, name: str, value: str) -> None:
        CfnOutput(self, name, value=value)
