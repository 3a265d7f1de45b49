"""Sending e-mail by Amazon SES, from the one address that the deployment sends from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from watchbill.platform import aws
from watchbill.platform.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import AttachmentTypeDef, ContentTypeDef, MessageTypeDef

_BUSY = frozenset({"TooManyRequestsException", "LimitExceededException", "Throttling", "ThrottlingException"})
"""What SES says when it would take the message later."""

_MOST_REASON = 300


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML page that goes with a message as a file."""

    file_name: str
    html: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to one person, as plain text and as HTML, with a page where there is more to see."""

    to: str
    subject: str
    text: str
    html: str
    page: Page | None = None


class MailRefused(Exception):
    """SES refuses the message and would again: the sender is not verified, the address is suppressed or malformed."""


class MailBusy(Exception):
    """SES has a limit, of a second or of a day, which is reached: the message can be sent later."""


def sender() -> str:
    """The address that mail is sent from; empty when the deployment sends none."""
    return settings().alert_sender


def send(mail: Mail, tags: Mapping[str, str]) -> None:
    """Send a message; SES's own figures and events carry the tags. Raises MailRefused, MailBusy."""
    message: MessageTypeDef = {
        "Subject": _content(mail.subject),
        "Body": {"Text": _content(mail.text), "Html": _content(mail.html)},
    }
    if mail.page:
        content = mail.page.html.encode()
        attachment: AttachmentTypeDef = {
            "FileName": mail.page.file_name,
            "RawContent": content,
            "ContentType": "text/html",
        }
        message["Attachments"] = [attachment]
    try:
        aws.ses().send_email(
            FromEmailAddress=sender(),
            Destination={"ToAddresses": [mail.to]},
            Content={"Simple": message},
            EmailTags=[{"Name": name, "Value": value} for name, value in tags.items()],
        )
    except aws.ClientError as error:
        raise _meaning(error) from error


def _content(text: str) -> "ContentTypeDef":
    return {"Data": text, "Charset": "UTF-8"}


def _meaning(error: aws.ClientError) -> Exception:
    """Our word for an error of SES; one of its own making, a 5xx, goes on its way and is retried by the queue."""
    reason = f"{error.response['Error']['Code']}: {error.response['Error'].get('Message', '')}"[:_MOST_REASON]
    if error.response["Error"]["Code"] in _BUSY:
        return MailBusy(reason)
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return error if status >= 500 else MailRefused(reason)
