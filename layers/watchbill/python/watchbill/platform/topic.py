"""Publishing to the deployment's SNS topic of alerts, to which its operator subscribes what they like."""

import json
from collections.abc import Mapping
from typing import Any

from watchbill.platform import aws
from watchbill.platform.settings import settings

_MOST_SUBJECT = 100


def publish(subject: str, body: Mapping[str, Any], attributes: Mapping[str, str]) -> None:
    """Publish a message whose attributes subscribers can filter by. Without a topic there is nobody to tell."""
    arn = settings().alert_topic_arn
    if arn:
        aws.sns().publish(
            TopicArn=arn,
            Subject=_subject(subject),
            Message=json.dumps(body, allow_nan=False),
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
        )


def _subject(text: str) -> str:
    """A subject as SNS takes it: at most 100 characters of printable ASCII, beginning with one that is no blank."""
    plain = text.encode("ascii", "replace").decode()
    printable = "".join(sign if sign.isprintable() else " " for sign in plain).strip() or "Watchbill"
    return printable if len(printable) <= _MOST_SUBJECT else printable[: _MOST_SUBJECT - 3] + "..."
