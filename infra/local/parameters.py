"""Leave to read parameters as AWS grants it: of the path that is asked for.

The emulator asks whether a role may read every parameter there is when it wants those below one path, so a role that
may read exactly those gets nothing.
"""

import json
from typing import Any

from ministack.core import iam_actions

_BY_PATH = "AmazonSSM.GetParametersByPath"


def install() -> None:
    """Have the emulator ask for leave to read what is asked for."""
    others = iam_actions.extract_resource_arn

    def resource(service: str, method: str, path: str, headers: dict[str, str], body: bytes, *more: Any) -> Any:
        if service == "ssm" and headers.get("x-amz-target") == _BY_PATH:
            _, region, account = more
            return f"arn:aws:ssm:{region}:{account}:parameter{json.loads(body)['Path']}"
        return others(service, method, path, headers, body, *more)

    iam_actions.extract_resource_arn = resource
