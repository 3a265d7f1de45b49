"""The bucket of the files that users fetch by links: private, encrypted, and emptied after some days by itself."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.parts.findings import accept

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
        lifecycle_rules=[s3.LifecycleRule(expiration=KEPT, abort_incomplete_multipart_upload_after=Duration.days(1))],
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        # A bucket that is not empty cannot be removed; left behind, it empties itself.
        removal_policy=RemovalPolicy.RETAIN,
    )
    accept(bucket, "AwsSolutions-S1", "Who was given a link is in the API's own access log; files live for days.")
    return bucket
