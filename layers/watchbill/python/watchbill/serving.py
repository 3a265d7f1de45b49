"""What an API function is made with: the use cases, and its Lambda handler, which keeps the audit log as well."""

from collections.abc import Callable
from typing import Any

from watchbill.platform.http import Api
from watchbill.platform.observability import API_CORRELATION_ID, observed
from watchbill.platform.trail import Deed, End
from watchbill.services import services as services


def api_handler(api: Api) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """What Lambda calls: observed, and with what is changed written down in the audit log of who asks."""
    api.trail = audit_log
    return observed(API_CORRELATION_ID)(api.handle)


def audit_log(deed: Deed) -> Callable[[End], None]:
    """The trail that is kept in the audit log of whose deed it is."""
    return services(deed.who).audit.begin(deed)
