"""One replica leads, by a Lease; the others wait. Whoever loses it ends, and starts again as a follower."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import aiohttp
from kubernetes.aio.client.api_client import ApiClient
from kubernetes.aio.client.exceptions import ApiException
from kubernetes.aio.client.models.v1_lease import V1Lease
from kubernetes.aio.client.models.v1_object_meta import V1ObjectMeta
from kubernetes.aio.leaderelection import electionconfig, leaderelection
from kubernetes.aio.leaderelection.leaderelectionrecord import LeaderElectionRecord
from kubernetes.aio.leaderelection.resourcelock.leaselock import LeaseLock

from controller.options import OperatorOptions

log = logging.getLogger(__name__)

LEASE_NAME = "dagaudit-operator"
_UNREACHABLE = (aiohttp.ClientError, OSError, TimeoutError)


class PatientLock(LeaseLock):
    """A Lease that counts an API server out of reach as a failed try; the library lets that error escape.

    Each call is given a part of the Lease's life only: whoever waited minutes for an answer would go on
    leading long after somebody else does.
    """

    patience_seconds = 3.0

    async def get(
        self, name: str, namespace: str
    ) -> tuple[bool, LeaderElectionRecord] | tuple[bool, Exception] | tuple[bool, None]:
        """The Lease's record, or the error."""
        try:
            async with asyncio.timeout(self.patience_seconds):
                return await super().get(name, namespace)
        except _UNREACHABLE as error:
            return False, ApiException(status=0, reason=f"{type(error).__name__}: {error}")

    async def create(self, name: str, namespace: str, election_record: LeaderElectionRecord) -> bool:
        """Whether it was made."""
        # The library's own method passes pretty=True where its client wants a text, and so always fails.
        lease = V1Lease(metadata=V1ObjectMeta(name=name), spec=self.update_lease(election_record))
        try:
            async with asyncio.timeout(self.patience_seconds):
                await self.api_instance.create_namespaced_lease(namespace, lease)
        except (ApiException, *_UNREACHABLE) as error:
            log.warning("the Lease was not made: %s", error)
            return False
        return True

    async def update(self, name: str, namespace: str, updated_record: LeaderElectionRecord) -> bool:
        """Whether it was renewed."""
        try:
            async with asyncio.timeout(self.patience_seconds):
                return await super().update(name, namespace, updated_record)
        except _UNREACHABLE as error:
            log.warning("the Lease was not renewed: %s", error)
            return False


async def lead(client: ApiClient, options: OperatorOptions, work: Callable[[], Awaitable[None]]) -> None:
    """Wait for the Lease, work while it is ours, return when it is lost or the work ends."""
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def started() -> None:
        log.info("%s leads", options.identity)
        working = asyncio.ensure_future(work())
        working.add_done_callback(lambda done: _hand_on(done, ended))
        try:
            await asyncio.wait({working})
        finally:
            working.cancel()

    async def stopped() -> None:
        log.error("%s lost the Lease", options.identity)

    lock = PatientLock(LEASE_NAME, options.namespace, options.identity, client)
    lock.patience_seconds = options.lease_seconds / 4
    config = electionconfig.Config(
        lock,
        lease_duration=options.lease_seconds,
        renew_deadline=options.lease_seconds * 2 / 3,
        retry_period=max(1.0, options.lease_seconds / 6),
        onstarted_leading=started,
        onstopped_leading=stopped,
    )
    election = asyncio.create_task(leaderelection.LeaderElection(config).run())
    await asyncio.wait({election, ended}, return_when=asyncio.FIRST_COMPLETED)
    for one in (election, ended):
        # An error of the work or of the election ends the process, and says why.
        if one.done() and not one.cancelled():
            one.result()
    election.cancel()


def _hand_on(working: "asyncio.Future[None]", ended: "asyncio.Future[None]") -> None:
    if ended.done():
        return
    if working.cancelled() or working.exception() is None:
        ended.set_result(None)
    else:
        ended.set_exception(working.exception() or RuntimeError("the operator ended"))
