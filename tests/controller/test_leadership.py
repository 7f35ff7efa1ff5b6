"""The Lease's lock waits for no API server longer than its patience."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from kubernetes.aio.client.api_client import ApiClient
from kubernetes.aio.client.configuration import Configuration
from kubernetes.aio.client.exceptions import ApiException
from kubernetes.aio.client.models.v1_lease import V1Lease
from kubernetes.aio.client.models.v1_lease_spec import V1LeaseSpec
from kubernetes.aio.client.models.v1_object_meta import V1ObjectMeta
from kubernetes.aio.leaderelection.leaderelectionrecord import LeaderElectionRecord

from controller.leadership import LEASE_NAME, PatientLock

T = TypeVar("T")
# Far beyond the patience of the lock, far below that of its library's client.
NEVER_SECONDS = 30
RECORD = LeaderElectionRecord("me", "4", "2026-11-21 02:00:00", "2026-11-21 02:00:00")


@pytest.fixture
def silent_server():
    """Takes connections, and never says a word on them."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def no_server():
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}"


@pytest.fixture(params=["silent_server", "no_server"])
def server(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


def with_lock(server: str, work: Callable[[PatientLock], Awaitable[T]]) -> T:
    async def run() -> T:
        client = ApiClient(Configuration(host=server))
        lock = PatientLock(LEASE_NAME, "dagaudit", "me", client)
        lock.patience_seconds = 0.2
        try:
            return await asyncio.wait_for(work(lock), NEVER_SECONDS)
        finally:
            await client.close()

    return asyncio.run(run())


def test_lease_that_cannot_be_read_is_no_lease_of_ours(server):
    found, error = with_lock(server, lambda lock: lock.get(LEASE_NAME, "dagaudit"))

    assert found is False
    assert isinstance(error, ApiException)
    # Only a body that says 404 lets the library make a Lease; silence must not.
    assert error.body is None


def test_lease_that_cannot_be_made_is_not_ours(server):
    assert with_lock(server, lambda lock: lock.create(LEASE_NAME, "dagaudit", RECORD)) is False


def test_lease_that_cannot_be_renewed_is_not_renewed(server):
    async def renew(lock: PatientLock) -> bool:
        # The library renews the Lease that it read last.
        lock.lease_reference = V1Lease(metadata=V1ObjectMeta(name=LEASE_NAME), spec=V1LeaseSpec())
        return await lock.update(LEASE_NAME, "dagaudit", RECORD)

    assert with_lock(server, renew) is False
