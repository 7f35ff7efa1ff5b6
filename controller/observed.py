"""What the operator has seen: the newest version of each object, and the audit that it belongs to."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from controller.options import AUDIT_LABEL

Object = dict[str, Any]
Key = tuple[str, str]
"""Namespace and name of a DagAudit."""


@dataclass(frozen=True, slots=True)
class Children:
    """What belongs to one audit."""

    cron_job: Object | None = None
    jobs: tuple[Object, ...] = ()
    pods: tuple[Object, ...] = ()
    runs: tuple[Object, ...] = ()


@dataclass(slots=True)
class Observed:
    """A plain cache that watch events fill."""

    audits: dict[Key, Object] = field(default_factory=dict)
    _children: dict[str, dict[Key, dict[str, Object]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(dict))
    )

    def see(self, kind: str, body: Object, *, deleted: bool) -> Key | None:
        """Remember or forget an object; the audit that it concerns, or None where it concerns none."""
        meta = body["metadata"]
        namespace, name = meta["namespace"], meta["name"]
        if kind == "DagAudit":
            _put(self.audits, (namespace, name), body, deleted=deleted)
            return (namespace, name)
        audit = audit_of(kind, body)
        if audit is None:
            return None
        key = (namespace, audit)
        _put(self._children[kind][key], name, body, deleted=deleted)
        if not self._children[kind][key]:
            del self._children[kind][key]
        return key

    def children(self, key: Key) -> Children:
        """Everything that belongs to an audit."""
        crons = self._of("CronJob", key)
        return Children(
            cron_job=next((one for one in crons if one["metadata"]["name"] == key[1]), None),
            jobs=self._of("Job", key),
            pods=self._of("Pod", key),
            runs=self._of("DagAuditRun", key),
        )

    def _of(self, kind: str, key: Key) -> tuple[Object, ...]:
        found = self._children[kind].get(key, {})
        return tuple(found[name] for name in sorted(found))


def audit_of(kind: str, body: Object) -> str | None:
    """The name of the audit that an object belongs to."""
    if kind == "DagAuditRun":
        name = body.get("spec", {}).get("auditRef")
    else:
        name = (body["metadata"].get("labels") or {}).get(AUDIT_LABEL)
    return str(name) if name else None


def _put(where: dict[Any, Object], key: Any, body: Object, *, deleted: bool) -> None:  # noqa: ANN401
    if deleted:
        where.pop(key, None)
        return
    known = where.get(key)
    if known is None or _version(body) >= _version(known):
        where[key] = body


def _version(body: Object) -> int:
    text = str(body["metadata"].get("resourceVersion", "0"))
    return int(text) if text.isdigit() else 0
