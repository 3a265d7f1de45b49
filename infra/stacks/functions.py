"""A stack within the service's own: functions of areas that belong together, with all that is only theirs."""

from aws_cdk import NestedStack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.declarations import Direct, Function
from infra.parts.alarms import Alarms
from infra.parts.functions import FunctionFactory
from infra.parts.triggers import Triggers


class FunctionsStack(NestedStack):
    """Functions with their roles, logs, routes, triggers and alarms; `invoked` are those that somebody invokes by name.

    It is given what it needs of the stack around it, and no stack needs it: none waits for another.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        declared: tuple[Function, ...],
        factory: FunctionFactory,
        triggers: Triggers,
        told: sns.ITopic,
    ) -> None:
        super().__init__(scope, name, description=f"Watchbill, {factory.stage.name}: {name.lower()}")
        alarms = Alarms(self, told)
        self.invoked: dict[str, lambda_.Function] = {}
        for each in declared:
            function = factory.make(self, each)
            triggers.connect(self, each, function)
            alarms.watch_function(each, function)
            if isinstance(each.trigger, Direct):
                self.invoked[each.name] = function
