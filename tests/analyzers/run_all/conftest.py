"""The S3 server that the adapters are tested with."""

from tests.dagaudit.conftest import aws, bucket, s3, s3_endpoint

__all__ = ["aws", "bucket", "s3", "s3_endpoint"]
