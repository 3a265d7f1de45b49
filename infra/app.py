"""The CDK app: `cdk deploy` runs it with the stage, and whom the layers are built for, in the context.

Synthesis fails on any finding of cdk-nag's AwsSolutions rules which the code does not accept with a reason.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from aws_cdk import App, Tags, Validations
from cdk_nag import AwsSolutionsChecks

from infra.functions import STACKS
from infra.packaging import Target
from infra.stacks.service import ServiceStack
from infra.stages import DEVELOPMENT, Stage, on_this_machine, stage_named


def make_app(context: Mapping[str, object] | None = None, folder: Path | None = None) -> App:
    """Return the app for the context's `stage` (default development) and `target` (default the cloud).

    The context's `alert_sender` replaces the stage's, and with `functions` set to `none` there is the service's state
    and no function. It is synthesised to `folder`, or to where the CDK's command line says.
    """
    app = App(context=context, outdir=str(folder) if folder else None)
    target = Target(app.node.try_get_context("target") or Target.CLOUD)
    stage = _stage(app, target)
    functions = {} if app.node.try_get_context("functions") == "none" else STACKS
    stack = ServiceStack(app, stage, target, functions)
    Tags.of(stack).add("service", "watchbill")
    Tags.of(stack).add("stage", stage.name)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return app


def _stage(app: App, target: Target) -> Stage:
    stage = stage_named(app.node.try_get_context("stage") or DEVELOPMENT.name)
    if target is Target.HOST:
        return on_this_machine(stage)
    return replace(stage, alert_sender=app.node.try_get_context("alert_sender") or stage.alert_sender)


if __name__ == "__main__":
    make_app().synth()
