"""A reports root in a bucket: whole objects by nature, compare-and-swap by conditional writes."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from dagaudit.adapters.s3_errors import (
    CHANGED,
    CONFLICT,
    NOT_FOUND,
    S3_ERRORS,
    S3Error,
    code_of,
    sentence,
    was_repeated,
)
from dagaudit.address import Address
from dagaudit.errors import ReportMissing, ReportUnreadable, StoreUnwritable, SwapLost
from dagaudit.ports import Stored

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CONFLICT_TRIES = 6
_CONTENT_TYPES = {
    "json": "application/json",
    "sarif": "application/json",
    "html": "text/html; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}


class S3Store:
    """Objects below a prefix."""

    def __init__(
        self,
        address: Address,
        client: "S3Client",
        kms_key_id: str | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.address = str(address)
        self._client = client
        self._bucket = address.host
        self._prefix = f"{address.path.rstrip('/')}/" if address.path.rstrip("/") else ""
        self._pause = pause
        self._encryption: dict[str, Any] = (
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key_id} if kms_key_id else {}
        )

    def read(self, key: str) -> Stored:
        """An object and its ETag."""
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=self._full(key))
            return Stored(answer["Body"].read(), answer["ETag"].strip('"'))
        except StoreUnwritable as error:
            raise ReportMissing(str(error)) from error
        except S3_ERRORS as error:
            if code_of(error) in NOT_FOUND:
                raise ReportMissing(f"{self._place(key)} does not exist") from error
            raise ReportUnreadable(self._explained(error, key)) from error

    def write(self, key: str, data: bytes) -> None:
        """Put a whole object."""
        try:
            self._client.put_object(**self._object(key, data))
        except S3_ERRORS as error:
            raise StoreUnwritable(self._explained(error, key)) from error

    def swap(self, key: str, data: bytes, expected: str | None) -> str:
        """Put an object if its ETag still is `expected`."""
        condition: dict[str, Any] = {"IfNoneMatch": "*"} if expected is None else {"IfMatch": f'"{expected}"'}
        repeated = False
        for tried in range(_CONFLICT_TRIES):
            try:
                answer = self._client.put_object(**self._object(key, data), **condition)
                return answer["ETag"].strip('"')
            except S3_ERRORS as error:
                repeated = repeated or was_repeated(error)
                if code_of(error) in CONFLICT and tried < _CONFLICT_TRIES - 1:
                    # Two writers at the same moment: S3 asks both to come again.
                    repeated = True
                    self._pause(0.05 * 2**tried)
                    continue
                return self._after_refusal(error, key, data, repeated=repeated)
        raise AssertionError("unreachable")

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key that starts with `prefix`, sorted."""
        pages = self._client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix + prefix):
                for item in page.get("Contents", ()):
                    if not item["Key"].endswith("/"):
                        yield item["Key"][len(self._prefix) :]
        except S3_ERRORS as error:
            raise ReportUnreadable(self._explained(error, prefix)) from error

    def delete(self, key: str) -> None:
        """Remove an object."""
        try:
            self._client.delete_object(Bucket=self._bucket, Key=self._full(key))
        except S3_ERRORS as error:
            raise StoreUnwritable(self._explained(error, key)) from error

    def _after_refusal(self, error: S3Error, key: str, data: bytes, *, repeated: bool) -> str:
        """The version, where the refusal came after a success of our own; else the error is raised."""
        code = code_of(error)
        lost = code in CHANGED | NOT_FOUND | CONFLICT
        # An answer that got lost on its way makes boto3 ask again, and then our own object is in the way.
        if repeated and code not in NOT_FOUND and (lost or not code):
            stored = self._stored(key)
            if stored is not None and stored.data == data:
                return stored.version
        if lost:
            raise SwapLost(f"{self._place(key)} was changed by somebody else; read it again") from error
        raise StoreUnwritable(self._explained(error, key)) from error

    def _stored(self, key: str) -> Stored | None:
        try:
            return self.read(key)
        except ReportUnreadable:
            return None

    def _object(self, key: str, data: bytes) -> dict[str, Any]:
        kind = _CONTENT_TYPES.get(key.rpartition(".")[2], "application/octet-stream")
        return {
            "Bucket": self._bucket,
            "Key": self._full(key),
            "Body": data,
            "ContentType": kind,
            **self._encryption,
        }

    def _full(self, key: str) -> str:
        if any(part in ("", ".", "..") or "\0" in part for part in key.split("/")):
            raise StoreUnwritable(
                f"{key!r} is no key of a report store: it must be relative and stay below the root"
            )
        return self._prefix + key

    def _place(self, key: str) -> str:
        return f"s3://{self._bucket}/{self._prefix}{key}"

    def _explained(self, error: S3Error, key: str) -> str:
        actions = "s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject"
        return sentence(error, self._place(key), f"{actions} on {self._bucket}/{self._prefix}*")
