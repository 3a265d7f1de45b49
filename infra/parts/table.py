"""The service's only table: one item collection per access pattern, told apart by `pk` and `sk`."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.parts.findings import accept
from infra.stages import Stage
from watchbill.platform.table import EXPIRES_AT


def make_table(scope: Construct, stage: Stage) -> dynamodb.Table:
    """Create the table: on demand, items expiring at `expires_at`, a stream with both images of every change."""
    table = dynamodb.Table(
        scope,
        "Table",
        partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
        sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
        time_to_live_attribute=EXPIRES_AT,
        deletion_protection=stage.keep_data,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=stage.keep_data
        ),
        removal_policy=RemovalPolicy.RETAIN if stage.keep_data else RemovalPolicy.DESTROY,
    )
    if not stage.keep_data:
        accept(table, "AwsSolutions-DDB3", f"What {stage.name} holds can be made again; only production is restored.")
    return table
