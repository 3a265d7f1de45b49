"""Lambda functions of a user's own on the local stack."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from infra.local.aws import client
from infra.local.stack import Running
from infra.packaging import CLOUD_PYTHON
from infra.parts.layers import ARCHITECTURE

_ASSUMED_BY_LAMBDA = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


@contextmanager
def function_of_a_user(
    stack: Running, name: str, code: str, layers: tuple[str, ...] = (), variables: Mapping[str, str] | None = None
) -> Iterator[str]:
    """A function whose module `index` is `code`, with its `handler`, for as long as the block runs; its name."""
    role = client(stack.settings, "iam").create_role(RoleName=name, AssumeRolePolicyDocument=_ASSUMED_BY_LAMBDA)
    lambdas = client(stack.settings, "lambda")
    lambdas.create_function(
        FunctionName=name,
        Runtime=f"python{CLOUD_PYTHON}",
        Architectures=[ARCHITECTURE.name],
        Handler="index.handler",
        Role=role["Role"]["Arn"],
        Code={"ZipFile": _zipped("index.py", code)},
        Layers=list(layers),
        Environment={"Variables": dict(variables or {})},
        Timeout=20,
    )
    try:
        yield name
    finally:
        lambdas.delete_function(FunctionName=name)


def _zipped(name: str, text: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(name, text)
    return archive.getvalue()
