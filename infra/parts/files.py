"""The bucket of files: exports, which it removes by itself after some days, and spans too large for the table."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.parts.findings import accept
from watchbill.platform.files import Kind

KEPT = Duration.days(7)
"""As long as an export can be asked for."""


def make_files(scope: Construct) -> s3.Bucket:
    """Create the bucket: over TLS only, nothing in it public, every file removed after `KEPT`."""
    bucket = s3.Bucket(
        scope,
        "Files",
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        lifecycle_rules=[
            s3.LifecycleRule(prefix=f"{Kind.EXPORTS}/", expiration=KEPT),
            s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(1)),
        ],
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        # A bucket that is not empty cannot be removed, and what was recorded is not removed with the stack.
        removal_policy=RemovalPolicy.RETAIN,
    )
    accept(bucket, "AwsSolutions-S1", "Who was given a link is in the API's own access log; files live for days.")
    return bucket
