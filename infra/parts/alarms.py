"""The alarms, each one a thing a person must look at, all told to one SNS topic."""

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as http
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.declarations import Function, Stream

PERIOD = Duration.minutes(5)
LATE = Duration.minutes(2)
"""Figures are current within seconds, so a stream this far behind is broken or swamped."""


def make_alarm_topic(scope: Construct) -> sns.Topic:
    """Create the topic that all alarms of a stage notify."""
    return sns.Topic(scope, "AlarmTopic", enforce_ssl=True)


class Alarms:
    """Adds alarms to a stack, which all notify the topic `topic`."""

    def __init__(self, scope: Construct, topic: sns.ITopic) -> None:
        self._scope = scope
        self.topic = topic
        self._action = actions.SnsAction(topic)

    def watch_function(self, declared: Function, function: lambda_.Function) -> None:
        name = declared.name
        self._add(f"{_title(name)}Errors", function.metric_errors(period=PERIOD), 1, f"{name} raised or timed out")
        if isinstance(declared.trigger, Stream):
            self._watch_consumer(name, function)

    def watch_account(self) -> None:
        # Without dimensions this is the whole account's, whose functions share what they are throttled by.
        throttles = cloudwatch.Metric(
            namespace="AWS/Lambda", metric_name="Throttles", period=PERIOD, statistic=cloudwatch.Stats.SUM
        )
        self._add("Throttles", throttles, 1, "functions of this account were throttled")

    def watch_failures(self, queue: sqs.Queue) -> None:
        waiting = queue.metric_approximate_number_of_messages_visible(period=PERIOD, statistic=cloudwatch.Stats.MAXIMUM)
        self._add("FailuresWaiting", waiting, 1, "a consumer gave up; run a rebuild after the repair")

    def watch_dead_letters(self, name: str, queue: sqs.Queue) -> None:
        waiting = queue.metric_approximate_number_of_messages_visible(period=PERIOD, statistic=cloudwatch.Stats.MAXIMUM)
        self._add(f"{_title(name)}DeadLetters", waiting, 1, f"messages of the queue {name} failed at every attempt")

    def watch_api(self, api: http.HttpApi) -> None:
        self._add("ApiServerErrors", api.metric_server_error(period=PERIOD), 1, "the API answered with a 5xx")

    def _watch_consumer(self, name: str, function: lambda_.Function) -> None:
        age = function.metric("IteratorAge", period=PERIOD, statistic=cloudwatch.Stats.MAXIMUM)
        limit = LATE.to_milliseconds()
        self._add(f"{_title(name)}IteratorAge", age, limit, f"{name} is behind the table's stream")

    def _add(self, name: str, metric: cloudwatch.IMetric, threshold: float, description: str) -> None:
        alarm = cloudwatch.Alarm(
            self._scope,
            f"{name}Alarm",
            metric=metric,
            threshold=threshold,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=description,
        )
        alarm.add_alarm_action(self._action)


def _title(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
