"""What is kept in EventBridge Scheduler: agents' schedules and events' moments, and the role that they send as."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.parts.findings import accept_grant
from infra.parts.queues import Pair
from infra.parts.roles import Role
from infra.stages import Stage
from watchbill.platform import settings
from watchbill.platform.queue import Queue

WRITING = ("scheduler:CreateSchedule", "scheduler:UpdateSchedule", "scheduler:DeleteSchedule")
SERVICE = "scheduler.amazonaws.com"
FED = {Queue.FIRINGS: "", Queue.MOMENTS: "-moments"}
"""The queues that entries send to, with what the name of their group has behind the stage's."""


@dataclass(frozen=True)
class Schedules:
    """Where schedules are kept, and where what comes of them goes."""

    stage: Stage
    role: Role
    queues: Mapping[Queue, Pair]

    def variables(self, firings: Queue) -> dict[str, str]:
        """What a function needs to know to write schedules whose firings go to a queue."""
        return {
            settings.SCHEDULE_GROUP: self.stage.stack_name + FED[firings],
            settings.SCHEDULE_ROLE_ARN: self.role.role_arn,
            settings.FIRINGS_ARN: self.queues[firings].queue.queue_arn,
            settings.FIRINGS_DEAD_LETTERS_ARN: self.queues[firings].dead_letters.queue_arn,
        }

    def grant_writing(self, function: lambda_.Function) -> None:
        """Let a function write the stage's schedules, each with this role and no other."""
        name = f"{self.stage.stack_name}-*"
        # The group's place is open because the emulator takes every schedule for one of the default group; the name,
        # which begins with the stage's, is what limits this to our own.
        arn = Stack.of(function).format_arn(service="scheduler", resource="schedule", resource_name=f"*/{name}")
        function.add_to_role_policy(iam.PolicyStatement(actions=list(WRITING), resources=[arn]))
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["iam:PassRole"],
                resources=[self.role.role_arn],
                conditions={"StringEquals": {"iam:PassedToService": SERVICE}},
            )
        )
        accept_grant(
            function,
            "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/*/"
            f"{name}]",
            "Schedules are made while the service runs; their names begin with the stage's.",
        )


def make_schedules(scope: Construct, stage: Stage, queues: Mapping[Queue, Pair]) -> Schedules:
    """Create the groups of the stage's schedules, and the role that may send firings and nothing else."""
    for queue, suffix in FED.items():
        name = f"{queue.title() if suffix else 'Schedule'}Group"
        scheduler.CfnScheduleGroup(scope, name, name=stage.stack_name + suffix)
    role = Role(
        scope,
        "ScheduleRole",
        iam.ServicePrincipal(SERVICE, conditions={"StringEquals": {"aws:SourceAccount": Stack.of(scope).account}}),
        f"What the schedules of {stage.stack_name} may do",
    )
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["sqs:SendMessage"],
            resources=[each.queue_arn for queue in FED for each in (queues[queue].queue, queues[queue].dead_letters)],
        )
    )
    return Schedules(stage, role, queues)
