"""Signatures of resources used up: memory, disk, file handles."""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Scope, Signature
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner

_memory = partial(
    Signature, category=Category.MEMORY_RESOURCE, owner=CauseOwner.DAG_AUTHOR, retryable=False, weight=3
)

SIGNATURES = (
    _memory(
        id="oom-killed",
        pattern=r"OOMKilled|oom-kill(?:er|ed)?|Memory cgroup out of memory|Out of memory: Killed process",
        literals=("oomkilled", "oom-kill", "cgroup out of memory", "out of memory: killed"),
        title="The container was killed because it used more memory than its limit",
        advice="Raise the memory limit, or process the data in smaller parts.",
        positive="Pod phase: Failed, container_reason: OOMKilled, exit_code: 137",
        negative="Process exited normally",
    ),
    _memory(
        id="sigkill",
        scope=Scope.END,
        confidence=Confidence.SUSPECTED,
        pattern=r"Likely out of memory error \(OOM\)|SIGKILL",
        literals=("likely out of memory", "sigkill"),
        title="The task's process was killed by SIGKILL, which is likely, but not surely, for want of memory",
        advice=(
            "Compare the pod's or worker's memory at that time with its limit; a kill by hand looks the same."
        ),
        positive="Process terminated by signal. Likely out of memory error (OOM).",
        negative="Process terminated by signal. signal_name: SIGTERM",
    ),
    _memory(
        id="command-killed",
        confidence=Confidence.SUSPECTED,
        weight=2,
        pattern=(
            r"(?:return code|exit code|exit status|returned|exitcode|status)[ :=]*(?:-9|137)\b"
            r"|died with <Signals\.SIGKILL"
        ),
        literals=("-9", "137", "signals.sigkill"),
        title="A command of the task was killed by SIGKILL, likely for want of memory",
        advice="Compare the worker's memory at that time with its limit.",
        positive="Command exited with return code -9",
        negative="Command exited with return code 1",
    ),
    _memory(
        id="memory-error",
        exceptions=("MemoryError", "_ArrayMemoryError", "ArrowMemoryError"),
        title="The code asked for more memory than there is",
        advice="Read the data in chunks, or raise the worker's memory.",
        positive="MemoryError: Unable to allocate 8.00 GiB",
        negative="RecursionError: deep",
    ),
    _memory(
        id="cannot-allocate",
        pattern=(
            r"Cannot allocate memory|std::bad_alloc|Unable to allocate [\d.]+ [KMGT]iB|CUDA out of memory"
            r"|bad allocation|\bENOMEM\b"
        ),
        literals=(
            "cannot allocate memory",
            "bad_alloc",
            "unable to allocate",
            "cuda out of memory",
            "bad allocation",
            "enomem",
        ),
        title="Memory could not be allocated",
        advice="Read the data in chunks, or raise the worker's memory.",
        positive="OSError: [Errno 12] Cannot allocate memory",
        negative="Cannot allocate task to slot",
    ),
    _memory(
        id="spark-memory",
        pattern=(
            r"java\.lang\.OutOfMemoryError|GC overhead limit exceeded|Java heap space"
            r"|exceeding (?:physical )?memory limits|Container killed (?:by YARN|on request)"
            r"|running beyond (?:physical|virtual) memory"
        ),
        literals=(
            "outofmemoryerror",
            "gc overhead",
            "java heap",
            "memory limits",
            "container killed",
            "running beyond",
        ),
        title="A Java or Spark process ran out of memory",
        advice="Raise executor or driver memory, or use more partitions.",
        positive="java.lang.OutOfMemoryError: Java heap space",
        negative="java.lang.NullPointerException",
    ),
    _memory(
        id="disk-full",
        owner=CauseOwner.PLATFORM,
        pattern=(
            r"No space left on device|Disk quota exceeded|database or disk is full|\bENOSPC\b"
            r"|exceeds? (?:the )?ephemeral[- ]storage"
        ),
        literals=("no space left", "disk quota exceeded", "disk is full", "enospc", "ephemeral"),
        title="The disk is full",
        advice="Clean up or enlarge the volume; write large intermediate files to object storage.",
        positive="OSError: [Errno 28] No space left on device: '/data/out.parquet'",
        negative="No such file or directory",
    ),
    _memory(
        id="too-many-files",
        pattern=(
            r"Too many open files|fork: (?:retry: )?Resource temporarily unavailable"
            r"|can't start new thread"
        ),
        literals=("too many open files", "resource temporarily unavailable", "can't start new thread"),
        title="The process has used up its file handles or threads",
        advice="Close files and connections; raise the limits where the use is meant.",
        positive="OSError: [Errno 24] Too many open files",
        negative="Too many arguments",
    ),
    _memory(
        id="segmentation-fault",
        confidence=Confidence.LIKELY,
        pattern=(
            r"Received SIGSEGV|Segmentation fault"
            r"|(?:return code|exit code|exit status|signal)[ :=]*(?:-11|139)\b|SIGSEGV"
        ),
        literals=("sigsegv", "segmentation fault", "-11", "139"),
        title="A native library crashed (segmentation fault)",
        advice="Find the library with PYTHONFAULTHANDLER=true and use a version built for this image.",
        positive="Segmentation fault (core dumped)",
        negative="Fault domain 11",
    ),
    _memory(
        id="process-aborted",
        scope=Scope.END,
        confidence=Confidence.LIKELY,
        pattern=r"SIGABRT|SIGBUS|SIGILL|SIGFPE",
        literals=("sigabrt", "sigbus", "sigill", "sigfpe"),
        title="A native library aborted the task's process",
        advice="Read what it printed last; check the library's build and its memory.",
        positive="Process terminated by signal. signal_name: SIGABRT",
        negative="Process terminated by signal. signal_name: SIGTERM",
    ),
)
