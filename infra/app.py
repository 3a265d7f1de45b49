"""The CDK app: `cdk deploy` runs it with the stage, and whom the dependency layer is for, in the context."""

from aws_cdk import App, Tags

from infra.packaging import Target
from infra.stacks.service import ServiceStack
from infra.stages import DEVELOPMENT, stage_named


def make_app(context: dict[str, str] | None = None) -> App:
    """Return the app for the context's `stage` (default development) and `target` (default the cloud)."""
    app = App(context=context)
    stage = stage_named(app.node.try_get_context("stage") or DEVELOPMENT.name)
    target = Target(app.node.try_get_context("target") or Target.CLOUD)
    stack = ServiceStack(app, stage, target)
    Tags.of(stack).add("service", "watchbill")
    Tags.of(stack).add("stage", stage.name)
    return app


if __name__ == "__main__":
    make_app().synth()
