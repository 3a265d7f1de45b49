"""The CDK app: `cdk deploy` runs it with the stage, and whom the layers are built for, in the context.

Synthesis fails on any finding of cdk-nag's AwsSolutions rules which the code does not accept with a reason.
"""

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import App, Tags, Validations
from cdk_nag import AwsSolutionsChecks

from infra.packaging import Target
from infra.stacks.service import ServiceStack
from infra.stages import DEVELOPMENT, stage_named


def make_app(context: Mapping[str, object] | None = None, folder: Path | None = None) -> App:
    """Return the app for the context's `stage` (default development) and `target` (default the cloud).

    It is synthesised to `folder`, or to where the CDK's command line says.
    """
    app = App(context=context, outdir=str(folder) if folder else None)
    stage = stage_named(app.node.try_get_context("stage") or DEVELOPMENT.name)
    target = Target(app.node.try_get_context("target") or Target.CLOUD)
    stack = ServiceStack(app, stage, target)
    Tags.of(stack).add("service", "watchbill")
    Tags.of(stack).add("stage", stage.name)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return app


if __name__ == "__main__":
    make_app().synth()
