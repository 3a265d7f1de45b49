"""How alerts leave the account: the topic they are told to, and the sender of e-mails."""

from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.stages import Stage


@dataclass(frozen=True)
class AlertChannels:
    """The topic of alerts, and the address that e-mails come from, "" where none are sent."""

    topic: sns.Topic
    sender: str

    def grant_mail(self, function: lambda_.Function) -> None:
        """Let `function` send e-mail from the stage's sender, to anybody.

        The condition says it, not the resource: SES also asks about the identity of a recipient that it knows, as in
        its sandbox. It always names the address a mail comes from; the emulator does not.
        """
        if self.sender:
            function.add_to_role_policy(
                iam.PolicyStatement(
                    actions=["ses:SendEmail"],
                    resources=["*"],
                    conditions={"StringEqualsIfExists": {"ses:FromAddress": self.sender}},
                )
            )


def make_alert_channels(scope: Construct, stage: Stage) -> AlertChannels:
    """Create the topic, and have SES ask the sender's owner whether the address is theirs."""
    topic = sns.Topic(scope, "AlertTopic", topic_name=f"{stage.stack_name}-alerts", enforce_ssl=True)
    if stage.alert_sender:
        ses.EmailIdentity(scope, "AlertSender", identity=ses.Identity.email(stage.alert_sender))
    return AlertChannels(topic, stage.alert_sender)
