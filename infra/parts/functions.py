"""How a declared function becomes a Lambda function with its own role, log group and grants."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from aws_cdk import ArnFormat, Duration, IgnoreMode, Names, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.declarations import Function
from infra.packaging import ROOT
from infra.parts.alerts import AlertChannels
from infra.parts.findings import accept, accept_grant
from infra.parts.layers import ARCHITECTURE, RUNTIME, Layers
from infra.parts.models import grant_models
from infra.parts.queues import Pair
from infra.parts.roles import Role
from infra.parts.schedules import Schedules
from infra.parts.secrets import Secrets
from infra.parts.sockets import SocketApi
from infra.stages import Stage
from watchbill.platform import settings
from watchbill.platform.files import Kind
from watchbill.platform.queue import Queue

AGENTS = "watchbill-agent-*"
"""The names of the users' functions that are agents."""
AGENTS_FINDING = (
    f"AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:{AGENTS}]"
)


def log_retention(stage: Stage) -> logs.RetentionDays:
    """Return the stage's log retention as CloudWatch Logs names it."""
    return {
        7: logs.RetentionDays.ONE_WEEK,
        30: logs.RetentionDays.ONE_MONTH,
        90: logs.RetentionDays.THREE_MONTHS,
    }[stage.log_retention_days]


def function_code(name: str) -> lambda_.AssetCode:
    """Return the function's own folder with its `functions/` prefix, so that Lambda and tests import it alike."""
    return lambda_.Code.from_asset(
        str(ROOT),
        ignore_mode=IgnoreMode.GIT,
        exclude=[
            "/*",
            "!/functions/",
            "/functions/*",
            "!/functions/__init__.py",
            f"!/functions/{name}/",
            "__pycache__/",
        ],
    )


@dataclass(frozen=True)
class FunctionFactory:
    """Makes every function of a stage with the same layers, table, bus, queues, alerts, and whatever it may use."""

    stage: Stage
    layers: Layers
    table: dynamodb.Table
    bus: events.EventBus
    queues: Mapping[Queue, Pair]
    alerts: AlertChannels
    schedules: Schedules
    files: s3.Bucket
    sockets: SocketApi
    secrets: Secrets

    def make(self, scope: Construct, declared: Function) -> lambda_.Function:
        """Create the function in the stack `scope` with exactly the grants it declares."""
        title = "".join(word.capitalize() for word in declared.name.split("_"))
        log_group = self._log_group(scope, declared, title)
        function = lambda_.Function(
            scope,
            f"{title}Function",
            function_name=f"{self.stage.stack_name}-{declared.name}",
            code=function_code(declared.name),
            handler=f"functions.{declared.name}.handler.lambda_handler",
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            memory_size=declared.memory,
            timeout=Duration.seconds(declared.timeout),
            layers=self.layers.of(declared),
            environment=self._environment(declared),
            tracing=lambda_.Tracing.ACTIVE,
            log_group=log_group,
            role=self._role(scope, title),
        )
        self._grant(declared, function, log_group)
        return function

    def _log_group(self, scope: Construct, declared: Function, title: str) -> logs.LogGroup:
        return logs.LogGroup(
            scope,
            f"{title}Logs",
            log_group_name=f"/aws/lambda/{self.stage.stack_name}-{declared.name}",
            retention=log_retention(self.stage),
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _role(self, scope: Construct, title: str) -> Role:
        # Not the role CDK would make, which brings a managed policy allowing logs of every function.
        role = Role(
            scope,
            f"{title}Role",
            iam.ServicePrincipal("lambda.amazonaws.com"),
            f"What the {title.lower()} function of {self.stage.stack_name} may do",
        )
        accept(
            role,
            "AwsSolutions-IAM5[Resource::*]",
            "X-Ray's PutTraceSegments and PutTelemetryRecords cannot be limited to a resource.",
        )
        return role

    def _environment(self, declared: Function) -> dict[str, str]:
        return {
            settings.STAGE: self.stage.name,
            settings.TABLE_NAME: self.table.table_name,
            settings.BUS_NAME: self.bus.event_bus_name,
            settings.RETENTION_DAYS: str(self.stage.run_retention_days),
            "POWERTOOLS_SERVICE_NAME": declared.name,
            "POWERTOOLS_METRICS_NAMESPACE": "Watchbill",
            "POWERTOOLS_LOG_LEVEL": self.stage.log_level,
            **self._channels(declared),
        }

    def _channels(self, declared: Function) -> dict[str, str]:
        """What a function needs to know of the queues and channels it has a part in."""
        urls = {settings.QUEUE_URL + queue.upper(): self.queues[queue].queue.queue_url for queue in declared.queues}
        topic = {settings.ALERT_TOPIC_ARN: self.alerts.topic.topic_arn} if declared.tells_alerts else {}
        checks = declared.checks_targets
        sender = {settings.ALERT_SENDER: self.stage.alert_sender} if declared.sends_mail or checks else {}
        private = {settings.PRIVATE_TARGETS: "true" if self.stage.private_targets else ""}
        private = private if declared.calls_out or checks else {}
        delays = {settings.WEBHOOK_DELAYS: self.stage.webhook_delays} if declared.calls_out else {}
        models = self._models() if declared.asks_models else {}
        schedules = self.schedules.variables(declared.keeps_schedules) if declared.keeps_schedules else {}
        fetched = declared.writes_files or declared.links_files or declared.spans
        files = {settings.FILES_BUCKET: self.files.bucket_name} if fetched else {}
        sockets = self.sockets.variables() if declared.sends_through_sockets else {}
        address = self.sockets.address() if declared.tells_sockets_address else {}
        known = self.secrets.knowing() if declared.knows_platforms else {}
        sealing = self.secrets.sealing() if declared.sealing else {}
        returning = self.secrets.returning() if declared.asks_for_tokens else {}
        given = sender | private | delays | models | schedules | files | sockets | address | known | sealing | returning
        return urls | topic | {name: value for name, value in given.items() if value}

    def _models(self) -> dict[str, str]:
        return {settings.MODELS: ",".join(self.stage.models), settings.MODEL_REGION: self.stage.model_region}

    def _grant(self, declared: Function, function: lambda_.Function, log_group: logs.LogGroup) -> None:
        log_group.grant_write(function)
        if declared.table:
            self.table.grant(function, *(f"dynamodb:{action}" for action in declared.table))
        if declared.puts_events:
            self.bus.grant_put_events_to(function)
        for queue in declared.sends_to:
            self.queues[queue].queue.grant_send_messages(function)
            # On AWS whoever may send a message may send ten at once; the emulator asks for that by its own name.
            self.queues[queue].queue.grant(function, "sqs:SendMessageBatch")
        if declared.tells_alerts:
            self.alerts.topic.grant_publish(function)
        if declared.sends_mail:
            self.alerts.grant_mail(function)
        if declared.invokes_agents:
            self._grant_invoking(function)
        if declared.asks_models:
            grant_models(function, self.stage)
        if declared.keeps_schedules:
            self.schedules.grant_writing(function)
        if declared.writes_files:
            self._grant_files(function, Kind.EXPORTS, "PutObject")
        if declared.links_files:
            # Whoever follows a link has what its maker may do, and no more.
            self._grant_files(function, Kind.EXPORTS, "GetObject")
        if declared.spans:
            self._grant_files(function, Kind.SPANS, *declared.spans)
        if declared.sends_through_sockets:
            self.sockets.grant_sending(function)
        if declared.knows_platforms:
            self.secrets.grant_knowing(function)
        if declared.sealing:
            self.secrets.grant_sealing(function, *declared.sealing)

    def _grant_files(self, function: lambda_.Function, kind: Kind, *actions: str) -> None:
        every = self.files.arn_for_objects(f"{kind}/*")
        granted = [f"s3:{action}" for action in actions]
        function.add_to_role_policy(iam.PolicyStatement(actions=granted, resources=[every]))
        # The function's stack is given the bucket by a parameter, and cdk-nag knows it by that one's name.
        bucket = Names.node_unique_id(cast(s3.CfnBucket, self.files.node.default_child).node)
        finding = f"AwsSolutions-IAM5[Resource::<referenceto{bucket}Arn>/{kind}/*]"
        accept_grant(function, finding, "Files have names made while the service runs, in their own bucket.")

    @staticmethod
    def _grant_invoking(function: lambda_.Function) -> None:
        agents = Stack.of(function).format_arn(
            service="lambda",
            resource="function",
            resource_name=AGENTS,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        function.add_to_role_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[agents]))
        accept_grant(function, AGENTS_FINDING, "Users' agents are functions named watchbill-agent-…, and no others.")
