"""`s3://`: DAGs and logs in a bucket."""

import io
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from dagaudit.adapters.s3_errors import NOT_FOUND, S3_ERRORS, S3Error, code_of, source_error
from dagaudit.adapters.s3_read_ahead import SMALL_BYTES, ReadAhead
from dagaudit.adapters.s3_store import S3Store
from dagaudit.address import Address
from dagaudit.errors import AccessRefused, SourceMissing, SourceUnreadable
from dagaudit.ports import SourceFile

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["S3Store", "S3Tree", "connect"]

CHUNK_BYTES = 8 * 1024 * 1024
_TRIES = 3


def connect(address: Address) -> "S3Client":
    """A client; the endpoint, the credentials and a default region are boto3's own affair.

    Raises:
        AccessRefused: a profile is named that does not exist.
    """
    config = Config(
        retries={"mode": "adaptive", "total_max_attempts": 5},
        connect_timeout=5,
        read_timeout=60,
        max_pool_connections=32,
        user_agent_extra="dagaudit",
    )
    # Only an S3-compatible store, which ignores it, is used without naming a region anywhere.
    region = address.options.get("region")
    try:
        session = boto3.session.Session(region_name=region)
        return session.client("s3", config=config, region_name=session.region_name or "us-east-1")
    except S3_ERRORS as error:
        raise AccessRefused(str(source_error(error, str(address), "s3:ListBucket"))) from error


class S3Tree:
    """Every object below a prefix, or a single object."""

    def __init__(self, address: Address, client: "S3Client | None" = None) -> None:
        self.address = str(address)
        self._client = client or connect(address)
        self._bucket = address.host
        self._key = address.path
        self._prefix = f"{address.path.rstrip('/')}/" if address.path.rstrip("/") else ""
        self._is_single = False
        # Not a bound method of ours: a circle of references would keep the threads alive.
        self._ahead = ReadAhead(_unbound(self))
        self._version_id = address.options.get("versionId")

    def files(self) -> Iterator[SourceFile]:
        """Every object, sorted by path."""
        found = False
        self._ahead.start()
        if self._version_id is None:
            for file in self._listed():
                found = True
                self._ahead.add(file)
                yield file
        if found or not self._prefix:
            return
        # Only now: a prefix is the usual case, and the question costs a request.
        yield self._single()

    def read(self, file: SourceFile) -> bytes:
        """The content of the version that was listed."""
        if file.size <= SMALL_BYTES:
            return self._ahead.read(file)
        with self.open(file) as stream:
            return stream.read()

    @contextmanager
    def open(self, file: SourceFile) -> Iterator[IO[bytes]]:
        """The content as a stream that holds one chunk at a time."""
        if file.size <= SMALL_BYTES:
            yield io.BytesIO(self._ahead.read(file))
            return
        with io.BufferedReader(_Chunks(self.chunk, file), CHUNK_BYTES) as stream:
            yield stream

    def chunk(self, file: SourceFile, start: int = 0) -> bytes:
        """A part of an object, from `start` on."""
        key = self._key if self._is_single else self._prefix + file.path
        wanted: dict[str, Any] = {"Bucket": self._bucket, "Key": key, "IfMatch": f'"{file.version}"'}
        if self._version_id:
            wanted["VersionId"] = self._version_id
        if file.size > CHUNK_BYTES:
            wanted["Range"] = f"bytes={start}-{min(start + CHUNK_BYTES, file.size) - 1}"
        for left in range(_TRIES - 1, -1, -1):
            try:
                return self._client.get_object(**wanted)["Body"].read()
            except S3_ERRORS as error:
                # boto3 repeats requests, but not the reading of an answer that breaks off.
                if code_of(error) or not left:
                    raise self._explained(error, key) from error
        raise AssertionError("unreachable")

    def _listed(self) -> Iterator[SourceFile]:
        pages = self._client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                for item in page.get("Contents", ()):
                    # A key that ends in / stands for a folder in consoles.
                    if not item["Key"].endswith("/"):
                        yield SourceFile(
                            item["Key"][len(self._prefix) :],
                            item["Size"],
                            item["ETag"].strip('"'),
                            item["LastModified"].timestamp(),
                        )
        except S3_ERRORS as error:
            raise self._explained(error, self._prefix) from error

    def _single(self) -> SourceFile:
        if self._key.endswith("/"):
            raise SourceMissing(f"{self.address}: nothing lies there; check the address")
        wanted: dict[str, Any] = {"Bucket": self._bucket, "Key": self._key}
        if self._version_id:
            wanted["VersionId"] = self._version_id
        try:
            head = self._client.head_object(**wanted)
        except S3_ERRORS as error:
            if code_of(error) in NOT_FOUND:
                raise SourceMissing(f"{self.address}: nothing lies there; check the address") from error
            raise self._explained(error, self._key) from error
        self._is_single = True
        name = self._key.rpartition("/")[2]
        return SourceFile(
            name, head["ContentLength"], head["ETag"].strip('"'), head["LastModified"].timestamp()
        )

    def _explained(self, error: S3Error, key: str) -> SourceUnreadable:
        needs = f"s3:ListBucket on {self._bucket} and s3:GetObject on {self._bucket}/{self._prefix}*"
        return source_error(error, f"s3://{self._bucket}/{key}", needs)


def _unbound(tree: S3Tree) -> Callable[[SourceFile], bytes]:
    weak = weakref.ref(tree)

    def fetch(file: SourceFile) -> bytes:
        alive = weak()
        if alive is None:
            raise SourceUnreadable(f"{file.path} is read by nobody any more")
        return alive.chunk(file)

    return fetch


class _Chunks(io.RawIOBase):
    """An object read chunk by chunk, each of them pinned to the version that was listed."""

    def __init__(self, chunk: Callable[[SourceFile, int], bytes], file: SourceFile) -> None:
        self._read_chunk = chunk
        self._file = file
        self._position = 0
        # Now, so that whoever opens a file that has changed or gone learns it at once.
        self._chunk = chunk(file, 0)

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401, the base class takes any buffer
        """The next bytes; 0 at the end."""
        if not self._chunk and self._position < self._file.size:
            self._chunk = self._read_chunk(self._file, self._position)
        part = self._chunk[: len(buffer)]
        buffer[: len(part)] = part
        self._chunk = self._chunk[len(part) :]
        self._position += len(part)
        return len(part)
