"""The running operator: kopf watches, workers reconcile, all of it only while the Lease is ours."""

import asyncio
import contextlib
import logging
import time
from datetime import UTC, datetime

import kopf
from kopf._core.engines.peering import Identity

from controller import metrics
from controller.handlers import register, register_lease, sign_in
from controller.health import Watchdog, serve
from controller.kube import Kube, KubeError, connect
from controller.leadership import LEASE_NAME, lead
from controller.llm_scale import LlmScale
from controller.nothing_kept import NoDiffs, NoProgress
from controller.observed import Key, Observed
from controller.options import FIELD_MANAGER, MANAGED_BY, OperatorOptions
from controller.reconciler import Reconciler
from controller.resync import resync
from controller.work_queue import WorkQueue

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 1.0
LLM_SCALE_SECONDS = 5.0


async def run(options: OperatorOptions, stop: asyncio.Event) -> None:
    """Lead and work until told to stop, or until the Lease is lost."""
    client = await connect(options.kubeconfig)
    watchdog = Watchdog(options.identity)
    server = serve(watchdog, options.port)
    metrics.BUILD_INFO.labels(options.version).set(1)
    beating = asyncio.create_task(_beat(watchdog))
    try:
        kube = Kube(client)
        await lead(client, options, lambda: _work(kube, options, watchdog, stop))
    finally:
        beating.cancel()
        server.shutdown()
        await client.close()  # type: ignore[no-untyped-call]


async def _work(kube: Kube, options: OperatorOptions, watchdog: Watchdog, stop: asyncio.Event) -> None:
    watchdog.starts_to_lead()
    observed = Observed()
    queue: WorkQueue[Key] = WorkQueue(time.monotonic)
    reconciler = Reconciler(kube, observed, options, _utc_now)
    registry, lease = kopf.OperatorRegistry(), kopf.OperatorRegistry()
    for one in (registry, lease):
        sign_in(one, kube.client)
    register(registry, observed, queue)
    register_lease(lease, watchdog)
    await _first_sight(kube, observed, options, queue)
    tasks = [asyncio.create_task(_worker(queue, reconciler)) for _ in range(options.workers)]
    tasks.append(asyncio.create_task(_look_again(kube, observed, options, queue)))
    if options.llm:
        tasks.append(asyncio.create_task(_scale(LlmScale(kube, observed, options.llm, _utc_now))))
    tasks.append(asyncio.create_task(_measure(queue, observed)))
    try:
        await _watch(registry, lease, options, stop)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _watch(
    registry: kopf.OperatorRegistry,
    lease: kopf.OperatorRegistry,
    options: OperatorOptions,
    stop: asyncio.Event,
) -> None:
    # kopf watches every kind in every namespace it is given; of our own namespace, we may see the Lease only.
    watching = [
        asyncio.create_task(_kopf(registry, options, stop, options.watch_namespaces)),
        asyncio.create_task(_kopf(lease, options, stop, (options.namespace,))),
    ]
    try:
        await asyncio.wait(watching, return_when=asyncio.FIRST_COMPLETED)
        # kopf takes signals for itself, and the other one has not heard of it.
        stop.set()
        await asyncio.gather(*watching)
    finally:
        for one in watching:
            one.cancel()


async def _kopf(
    registry: kopf.OperatorRegistry,
    options: OperatorOptions,
    stop: asyncio.Event,
    namespaces: tuple[str, ...],
) -> None:
    chosen = settings()
    chosen.scanning.disabled = bool(namespaces)
    await kopf.operator(
        registry=registry,
        settings=chosen,
        namespaces=namespaces,
        clusterwide=not namespaces,
        standalone=True,
        # Else kopf asks for the user's name, and the image's user has none.
        identity=Identity(options.identity),
        stop_flag=stop,
        memo=kopf.Memo(),
    )


def settings() -> kopf.OperatorSettings:
    """kopf as a watcher only: it writes nothing, and a silent watch is opened again."""
    made = kopf.OperatorSettings()
    made.posting.enabled = False
    made.watching.server_timeout = 300
    made.watching.client_timeout = 310
    made.watching.connect_timeout = 30
    made.networking.request_timeout = 30
    made.watching.chunk_size = 500
    # Filtered by the API server: else every Job of the cluster would stream through here.
    for plural in ("cronjobs", "jobs", "pods"):
        made.watching.label_selectors[plural] = f"{MANAGED_BY}={FIELD_MANAGER}"
    made.watching.field_selectors["leases"] = f"metadata.name={LEASE_NAME}"
    # Each object has a task of its own until it is quiet for so long: a thousand at once take memory.
    made.queueing.idle_timeout = 0.5
    made.process.ultimate_exiting_timeout = 25
    made.peering.standalone = True
    made.persistence.diffbase_storage = NoDiffs()
    made.persistence.progress_storage = NoProgress()
    # It never sets a finalizer with our handlers; should it ever, then under our own name.
    made.persistence.finalizer = f"{FIELD_MANAGER}/never"
    return made


async def _worker(queue: WorkQueue[Key], reconciler: Reconciler) -> None:
    while True:
        key, waited = await queue.get()
        metrics.QUEUE_WAIT_SECONDS.observe(waited)
        started = time.monotonic()
        # In a task of its own: a fault of ours over one audit must not end the worker of all the others.
        working = asyncio.create_task(reconciler.reconcile(key))
        try:
            await asyncio.wait({working})
        finally:
            working.cancel()
        metrics.RECONCILE_SECONDS.observe(time.monotonic() - started)
        _conclude(queue, key, working)
        queue.done(key)


def _conclude(queue: WorkQueue[Key], key: Key, done: "asyncio.Task[float | None]") -> None:
    error = done.exception()
    if error is not None:
        delay = queue.retry(key)
        metrics.RECONCILES.labels("error").inc()
        # A refusal explains itself; anything else is a bug, and its traceback is wanted.
        trace = None if isinstance(error, KubeError) else error
        log.warning("%s/%s: again in %.0f s: %s", *key, delay, error, exc_info=trace)
        return
    queue.forget_failures(key)
    metrics.RECONCILES.labels("ok").inc()
    again = done.result()
    if again is not None:
        queue.add_after(key, again)


async def _first_sight(
    kube: Kube, observed: Observed, options: OperatorOptions, queue: WorkQueue[Key]
) -> None:
    """Everything is seen before anything is judged: kopf's watches start one after the other."""
    while True:
        try:
            changed = await resync(kube, observed, options)
        except KubeError as error:
            log.warning("what there is cannot be listed yet: %s", error)
            await asyncio.sleep(HEARTBEAT_SECONDS)
            continue
        for key in sorted(changed):
            queue.add(key)
        return


async def _look_again(
    kube: Kube, observed: Observed, options: OperatorOptions, queue: WorkQueue[Key]
) -> None:
    while True:
        await asyncio.sleep(options.resync_seconds)
        try:
            changed = await resync(kube, observed, options)
        except KubeError as error:
            log.warning("what there is cannot be listed: %s", error)
            continue
        for key in sorted(changed):
            queue.add(key)


async def _beat(watchdog: Watchdog) -> None:
    while True:
        watchdog.beat()
        await asyncio.sleep(HEARTBEAT_SECONDS)


async def _scale(llm: LlmScale) -> None:
    while True:
        await llm.step()
        await asyncio.sleep(LLM_SCALE_SECONDS)


async def _measure(queue: WorkQueue[Key], observed: Observed) -> None:
    while True:
        metrics.QUEUE_DEPTH.set(len(queue))
        metrics.AUDITS.set(len(observed.audits))
        with contextlib.suppress(ValueError):
            await asyncio.sleep(HEARTBEAT_SECONDS)


def _utc_now() -> datetime:
    return datetime.now(UTC)
