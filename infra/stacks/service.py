"""The stack which is the service: its state, its API, and within it the stacks of its functions."""

from collections.abc import Mapping

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_events as events
from constructs import Construct

from infra.declarations import Function
from infra.functions import AUTHORIZER, FUNCTIONS
from infra.live import SOCKET_AUTHORIZER
from infra.packaging import Target
from infra.parts.alarms import Alarms, make_alarm_topic
from infra.parts.alerts import make_alert_channels
from infra.parts.api import make_api
from infra.parts.consumers import make_failures_queue
from infra.parts.files import make_files
from infra.parts.functions import FunctionFactory
from infra.parts.layers import make_client_layer, make_layers
from infra.parts.queues import make_queues
from infra.parts.schedules import make_schedules
from infra.parts.secrets import make_secrets
from infra.parts.sockets import make_sockets
from infra.parts.table import make_table
from infra.parts.triggers import Triggers
from infra.stacks.functions import FunctionsStack
from infra.stages import Stage


class ServiceStack(Stack):
    """Watchbill in one stage, with `stacks` of functions by name."""

    def __init__(
        self, scope: Construct, stage: Stage, target: Target, stacks: Mapping[str, tuple[Function, ...]]
    ) -> None:
        super().__init__(scope, stage.stack_name, stack_name=stage.stack_name, description=f"Watchbill, {stage.name}")
        table = make_table(self, stage)
        bus = events.EventBus(self, "Bus", event_bus_name=stage.stack_name)
        failures = make_failures_queue(self)
        queues = make_queues(self, FUNCTIONS)
        alerts = make_alert_channels(self, stage)
        layers = make_layers(self, target)
        schedules = make_schedules(self, stage, queues)
        files = make_files(self)
        sockets = make_sockets(self, stage)
        secrets = make_secrets(self, stage)
        factory = FunctionFactory(stage, layers, table, bus, queues, alerts, schedules, files, sockets, secrets)
        authorizer, socket_authorizer = factory.make(self, AUTHORIZER), factory.make(self, SOCKET_AUTHORIZER)
        api = make_api(self, stage, authorizer)

        alarms = Alarms(self, make_alarm_topic(self))
        alarms.watch_function(AUTHORIZER, authorizer)
        alarms.watch_function(SOCKET_AUTHORIZER, socket_authorizer)
        alarms.watch_account()
        alarms.watch_failures(failures)
        alarms.watch_api(api.api)
        for queue, pair in queues.items():
            alarms.watch_dead_letters(queue, pair.dead_letters)

        triggers = Triggers(stage, api, table, bus, queues, failures, sockets, socket_authorizer)
        for name, declared in stacks.items():
            made = FunctionsStack(self, name, declared, factory, triggers, alarms.topic)
            for invoked, function in made.invoked.items():
                self._output(f"{invoked.title()}FunctionName", function.function_name)
        self._output("ApiUrl", api.api.api_endpoint)
        self._output("ApiId", api.api.api_id)
        self._output("SocketApiId", sockets.api.api_id)
        self._output("TableName", table.table_name)
        self._output("BusName", bus.event_bus_name)
        self._output("AlertTopicArn", alerts.topic.topic_arn)
        self._output("ClientLayerArn", make_client_layer(self, target).layer_version_arn)

    def _output(self, name: str, value: str) -> None:
        CfnOutput(self, name, value=value)
