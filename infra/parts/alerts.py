"""How alerts leave the account: the topic they are told to, and the sender of e-mails."""

from dataclasses import dataclass

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.stages import Stage


@dataclass(frozen=True)
class AlertChannels:
    """The topic of alerts, and the stage's sender of e-mails if it has one."""

    topic: sns.Topic
    sender: ses.EmailIdentity | None

    def grant_mail(self, function: lambda_.Function) -> None:
        """Let `function` send e-mail from the stage's sender."""
        if self.sender is not None:
            self.sender.grant_send_email(function)


def make_alert_channels(scope: Construct, stage: Stage) -> AlertChannels:
    """Create the topic, and have SES ask the sender's owner whether the address is theirs."""
    topic = sns.Topic(scope, "AlertTopic", topic_name=f"{stage.stack_name}-alerts", enforce_ssl=True)
    if not stage.alert_sender:
        return AlertChannels(topic, None)
    return AlertChannels(
        topic, ses.EmailIdentity(scope, "AlertSender", identity=ses.Identity.email(stage.alert_sender))
    )
