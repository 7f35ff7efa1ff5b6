"""The S3 server that reports are kept on."""

from tests.dagaudit.conftest import aws, bucket, s3, s3_endpoint

__all__ = ["aws", "bucket", "s3", "s3_endpoint"]
