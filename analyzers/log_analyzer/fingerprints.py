"""Fingerprints: what makes two failures the same one, and what makes many the work of one cause.

The fingerprint is exact: the exception chain's types with the user's own functions, and what the remote
side answered. The cause is wider where it may be: an outage of one host is one cause, whichever DAGs it
hits, while a fault in code is as wide as the function it stands in.
"""

import hashlib
from dataclasses import dataclass

from analyzers.log_analyzer.diagnosis import Diagnosis
from analyzers.log_analyzer.frames import frame_key, is_own, telling_frames
from analyzers.log_analyzer.layout import AttemptKey
from analyzers.log_analyzer.remote_fields import code_of, host_of, is_passing_address, parametrised

_VERSION = "v1"
# What ends a process from outside says nothing about a place; each task's is a cause of its own.
_PER_TASK = frozenset(
    {
        "sigkill", "hard-exit", "task-exited", "command-failed", "unknown", "log-ends-early",
        "command-killed", "no-longer-running", "externally-set", "sigterm", "received-sigterm",
        "segmentation-fault", "process-aborted", "sensor-timeout", "task-timeout", "oom-killed",
        "memory-error",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identity:
    """The hashes of a failed attempt, and whom it is about."""

    fingerprint: str
    cause_id: str
    subject: str | None
    place: str
    """The innermost function of the user's own, as `file:function`, or nothing."""


def identify(key: AttemptKey, diagnosis: Diagnosis) -> Identity:
    """Fingerprint, cause and subject of a diagnosis."""
    signature = diagnosis.match.signature
    texts = [link.text for link in diagnosis.chain] + [diagnosis.decisive.text]
    code = next((found for text in texts if (found := code_of(text))), None) or ""
    host = next((found for text in texts if (found := host_of(text))), None)
    subject = diagnosis.match.subject or (host if signature.shared else None)
    fingerprint = _hash("fingerprint", signature.id, code, *_places(key, diagnosis))
    cause = _hash("cause", *_cause_parts(key, diagnosis, subject, code))
    return Identity(fingerprint, f"C{cause}", subject, _deepest_own(diagnosis))


def _places(key: AttemptKey, diagnosis: Diagnosis) -> list[str]:
    parts: list[str] = []
    for link in diagnosis.chain:
        frames = telling_frames(link.frames)
        parts += [link.name, *frames]
        if not any(is_own(frame) for frame in link.frames):
            parts.append(parametrised(link.message))
    if not diagnosis.chain:
        # Without an exception only the task and the words are left.
        parts += [key.dag_id, key.task_id, parametrised(diagnosis.decisive.text)]
    return parts


def _cause_parts(key: AttemptKey, diagnosis: Diagnosis, subject: str | None, code: str) -> list[str]:
    signature = diagnosis.match.signature
    root = diagnosis.root
    if signature.id in _PER_TASK:
        return [signature.id, key.dag_id, key.task_id, root.name if root else ""]
    if signature.shared and subject and not is_passing_address(subject):
        return [signature.id, subject.lower()]
    place = _deepest_own(diagnosis)
    if place:
        return [signature.id, root.name if root else "", code, place]
    if signature.shared:
        return [signature.id, root.name if root else "", code, parametrised(diagnosis.decisive.text)]
    return [signature.id, root.name if root else "", code, key.dag_id, key.task_id]


def _deepest_own(diagnosis: Diagnosis) -> str:
    for link in diagnosis.chain:
        own = [frame for frame in link.frames if is_own(frame)]
        named = [frame for frame in own if not frame[1].startswith("<")]
        if own:
            return frame_key((named or own)[-1])
    return ""


def _hash(kind: str, *parts: str) -> str:
    text = "\0".join([_VERSION, kind, *parts])
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
