"""The stack which is the service: what is made, in the order it depends on each other."""

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_events as events
from constructs import Construct

from infra.functions import FUNCTIONS, Direct, Stream
from infra.packaging import Target
from infra.parts.alarms import Alarms
from infra.parts.api import make_api
from infra.parts.consumers import consume, make_failures_queue
from infra.parts.functions import FunctionFactory
from infra.parts.layers import make_client_layer, make_layers
from infra.parts.table import make_table
from infra.stages import Stage


class ServiceStack(Stack):
    """Watchbill in one stage."""

    def __init__(self, scope: Construct, stage: Stage, target: Target) -> None:
        super().__init__(scope, stage.stack_name, stack_name=stage.stack_name, description=f"Watchbill, {stage.name}")
        table = make_table(self, stage)
        bus = events.EventBus(self, "Bus", event_bus_name=stage.stack_name)
        failures = make_failures_queue(self)
        factory = FunctionFactory(self, stage, make_layers(self, target), table, bus)
        functions = {declared.name: factory.make(declared) for declared in FUNCTIONS}
        api = make_api(self, stage, functions, FUNCTIONS)

        alarms = Alarms(self)
        alarms.watch_functions(functions)
        alarms.watch_failures(failures)
        alarms.watch_api(api)
        for declared in FUNCTIONS:
            if isinstance(declared.trigger, Stream):
                consume(self, table, failures, functions[declared.name], declared.trigger)
                alarms.watch_consumer(declared.name, functions[declared.name])

        (provision,) = (declared.name for declared in FUNCTIONS if isinstance(declared.trigger, Direct))
        self._output("ApiUrl", api.api_endpoint)
        self._output("ApiId", api.api_id)
        self._output("TableName", table.table_name)
        self._output("BusName", bus.event_bus_name)
        self._output("ProvisionFunctionName", functions[provision].function_name)
        self._output("ClientLayerArn", make_client_layer(self, target).layer_version_arn)

    def _output(self, name: str, value: str) -> None:
        CfnOutput(self, name, value=value)
