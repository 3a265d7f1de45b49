"""How the table's stream reaches its consumers, and where what they could not handle is kept."""

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.declarations import Stream
from infra.parts.findings import accept, accept_grant

RETRIES = 10
"""Bisecting a batch of 1,000 down to its one bad record takes ten attempts."""


def make_failures_queue(scope: Construct) -> sqs.Queue:
    """Create the queue which keeps, for 14 days, where in the stream the records are that no attempt could handle."""
    queue = sqs.Queue(
        scope,
        "FailuresQueue",
        enforce_ssl=True,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        retention_period=Duration.days(14),
    )
    accept(queue, "AwsSolutions-SQS3", "This is the dead-letter queue of the stream's consumers.")
    return queue


def consume(
    scope: Construct, table: dynamodb.Table, failures: sqs.Queue, function: lambda_.Function, stream: Stream
) -> None:
    """Let `function` read the stream's matching records, beginning with the oldest when it is first deployed."""
    _grant_reading(table, function)
    lambda_.EventSourceMapping(
        scope,
        f"{function.node.id}Source",
        target=function,
        event_source_arn=table.table_stream_arn,
        starting_position=lambda_.StartingPosition.TRIM_HORIZON,
        filters=[_filter(stream)],
        batch_size=stream.batch_size,
        max_batching_window=Duration.seconds(1),
        tumbling_window=Duration.seconds(stream.window_seconds) if stream.window_seconds else None,
        report_batch_item_failures=True,
        bisect_batch_on_error=True,
        retry_attempts=RETRIES,
        on_failure=event_sources.SqsDlq(failures),
    )


def _filter(stream: Stream) -> dict[str, object]:
    pattern = {"dynamodb": {"Keys": {"sk": {"S": stream.sort_keys}}}}
    return dict(lambda_.FilterCriteria.filter(pattern))


def _grant_reading(table: dynamodb.Table, function: lambda_.Function) -> None:
    """Grant the four actions Lambda polls a stream with, on this table's streams only."""
    if table.table_stream_arn is None:
        raise AssertionError("a table without a stream has no consumers")
    reading = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    function.add_to_role_policy(iam.PolicyStatement(actions=reading, resources=[table.table_stream_arn]))
    function.add_to_role_policy(iam.PolicyStatement(actions=["dynamodb:ListStreams"], resources=["*"]))
    accept_grant(function, "AwsSolutions-IAM5[Resource::*]", "ListStreams cannot be limited; it lists names only.")
