"""Malformed requests to the routes of alerts."""

from typing import Any

from tests.support.bad_requests import NO_CURSOR, PRINTABLE, Bad
from tests.support.steps import A_SUBSCRIPTION, SUBSCRIPTIONS


def subscription(what: str, names: str, status: int = 400, **fields: Any) -> Bad:
    """A wish for a subscription with something wrong in these fields."""
    return Bad(what, "POST", SUBSCRIPTIONS, names, A_SUBSCRIPTION | fields, status=status)


def mail(what: str, target: str) -> Bad:
    """A wish for a subscription of what is no e-mail address."""
    return subscription(f"an e-mail address {what}", "target: an e-mail address looks", channel="email", target=target)


_OF_ONE = f"{SUBSCRIPTIONS}/{{subscription_id}}"

BAD_ALERTS = (
    Bad("a subscription to nothing", "POST", SUBSCRIPTIONS, "channel: field required", {}),
    subscription("a subscription by post", "channel: input should be 'webhook' or 'email'", channel="post"),
    subscription("a subscription to no kind", "kinds: frozenset should have at least 1 item", kinds=[]),
    subscription("a subscription to an unknown kind", "kinds.0: input should be 'critical-performance'", kinds=["all"]),
    subscription("a subscription to tests", "kinds.0: input should be 'critical-performance'", kinds=["test"]),
    subscription("a subscription with its secret", "secret: extra inputs", secret="whsec_AAAA"),
    subscription("a subscription with an empty description", "description: string should have", description=""),
    subscription("a description of two lines", PRINTABLE, description="a\nb"),
    subscription("a subscription to an empty target", "target: string should have at least 1", target=""),
    subscription("a target that is too long", "target: string should have at most 2000", target="h" * 2_001),
    subscription("a target that is no address", "target: this is not an address such as", target="example"),
    subscription("a target that is a file", "target: this is not an address such as", target="file:///etc/passwd"),
    subscription("a target with a line break", "target: an address has 1 to 2,000", target="https://a.b/\r\nX: 1"),
    subscription("a target with a password", "holds no user, password", target="https://me:word@example.com/"),
    subscription("a target with a fragment", "holds no user, password or #fragment", target="https://example.com/#a"),
    subscription("a target of another scheme", "begins with https://", 422, target="ftp://example.com/"),
    subscription("a target without an address", "has no address", 422, target="https://nobody.invalid/"),
    subscription("a target that serves credentials", "is link-local", 422, target="http://169.254.169.254/latest"),
    subscription("a target that is no host", "is no host's", 422, target="http://0.0.0.0/"),
    subscription("a target in disguise", "hides an IPv4 address", 422, target="https://[::ffff:169.254.169.254]/"),
    mail("without a domain", "me"),
    mail("without a dot", "me@example"),
    mail("with a name", "Me <me@example.com>"),
    mail("with a second one", "me@example.com, you@example.com"),
    mail("with a line break", "me@example.com\nBcc: you@example.com"),
    mail("with two dots", "me..you@example.com"),
    mail("with a blank", "me @example.com"),
    mail("of other letters", "m\u0435@example.com"),
    mail("that is too long", f"{'m' * 250}@example.com"),
    mail("that is a web address", "https://example.com/"),
    Bad("a change of nothing in a subscription", "PATCH", _OF_ONE, "target, kinds, enabled or description", {}),
    Bad("a change of a subscription's channel", "PATCH", _OF_ONE, "channel: extra inputs", {"channel": "email"}),
    Bad("a change to no kind", "PATCH", _OF_ONE, "kinds: frozenset should have at least 1 item", {"kinds": []}),
    Bad("a change to perhaps", "PATCH", _OF_ONE, "enabled: input should be a valid boolean", {"enabled": "perhaps"}),
    Bad("an overlap of days", "POST", f"{_OF_ONE}/secret", "overlap_hours: input should", {"overlap_hours": 25}),
    Bad("a negative overlap", "POST", f"{_OF_ONE}/secret", "overlap_hours: input should be", {"overlap_hours": -1}),
    Bad("no body for a secret", "POST", f"{_OF_ONE}/secret", "needs a JSON body", raw=""),
    Bad("a limit of 0 on deliveries", "GET", f"{_OF_ONE}/deliveries?limit=0", "limit: input should be"),
    Bad("a forged cursor on deliveries", "GET", f"{_OF_ONE}/deliveries?cursor=forged", NO_CURSOR),
)
