"""What the operator has seen: the newest version of each object, and the audit that it belongs to."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from controller.options import AUDIT_LABEL, MERGE_LABEL

Object = dict[str, Any]
Key = tuple[str, str]
"""Namespace and name of a DagAudit."""


@dataclass(frozen=True, slots=True)
class Children:
    """What belongs to one audit."""

    cron_job: Object | None = None
    jobs: tuple[Object, ...] = ()
    """Each is a run."""
    pods: tuple[Object, ...] = ()
    runs: tuple[Object, ...] = ()
    merges: tuple[Object, ...] = ()
    """Jobs that merge what the shards of a run found."""


@dataclass(slots=True)
class Observed:
    """A plain cache that watch events fill."""

    audits: dict[Key, Object] = field(default_factory=dict)
    _children: dict[str, dict[Key, dict[str, Object]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(dict))
    )

    def see(self, kind: str, body: Object, *, deleted: bool) -> Key | None:
        """Remember or forget an object; the audit that it concerns, or None where it is no news to any."""
        meta = body["metadata"]
        namespace, name = meta["namespace"], meta["name"]
        if kind == "DagAudit":
            news = _put(self.audits, (namespace, name), body, deleted=deleted)
            return (namespace, name) if news else None
        audit = audit_of(kind, body)
        if audit is None:
            return None
        key = (namespace, audit)
        news = _put(self._children[kind][key], name, body, deleted=deleted)
        if not self._children[kind][key]:
            del self._children[kind][key]
        return key if news else None

    def replace(self, kind: str, namespace: str | None, found: list[Object], version: int) -> set[Key]:
        """Take a list for what there is, and forget what is not on it; the audits that this changed."""
        names = {(one["metadata"]["namespace"], one["metadata"]["name"]) for one in found}
        gone = [
            one
            for one in self._all(kind)
            if namespace in (None, one["metadata"]["namespace"])
            and (one["metadata"]["namespace"], one["metadata"]["name"]) not in names
            and _version(one) <= version
        ]
        known = {_uid(one): _version(one) for one in self._all(kind)}
        changed = [one for one in found if known.get(_uid(one), -1) < _version(one)]
        keys = {self.see(kind, slim(kind, one), deleted=False) for one in changed}
        keys |= {self.see(kind, one, deleted=True) for one in gone}
        return {key for key in keys if key is not None}

    def forget(self, kind: str, key: Key, name: str) -> None:
        """We deleted it: it is gone, however late the watch tells so."""
        self._children[kind].get(key, {}).pop(name, None)

    def children(self, key: Key) -> Children:
        """Everything that belongs to an audit."""
        crons, jobs = self._of("CronJob", key), self._of("Job", key)
        return Children(
            cron_job=next((one for one in crons if one["metadata"]["name"] == key[1]), None),
            jobs=tuple(one for one in jobs if not _is_merge(one)),
            pods=self._of("Pod", key),
            runs=self._of("DagAuditRun", key),
            merges=tuple(one for one in jobs if _is_merge(one)),
        )

    def _all(self, kind: str) -> list[Object]:
        if kind == "DagAudit":
            return list(self.audits.values())
        return [one for found in self._children[kind].values() for one in found.values()]

    def _of(self, kind: str, key: Key) -> tuple[Object, ...]:
        found = self._children[kind].get(key, {})
        return tuple(found[name] for name in sorted(found))


def slim(kind: str, body: Object) -> Object:
    """Of a watched object, only what is read: a thousand audits must fit into a small pod."""
    meta = {key: value for key, value in body["metadata"].items() if key != "managedFields"}
    return {**body, "metadata": meta} | ({"spec": {}} if kind == "Pod" else {})


def audit_of(kind: str, body: Object) -> str | None:
    """The name of the audit that an object belongs to."""
    if kind == "DagAuditRun":
        name = body.get("spec", {}).get("auditRef")
    else:
        name = (body["metadata"].get("labels") or {}).get(AUDIT_LABEL)
    return str(name) if name else None


def _put(where: dict[Any, Object], key: Any, body: Object, *, deleted: bool) -> bool:  # noqa: ANN401
    """Whether it is news: our own writes come back through the watch, and are known by then."""
    known = where.get(key)
    if deleted:
        # A late word of a namesake's end must not take away what was made since.
        if known is not None and _uid(known) == _uid(body):
            del where[key]
        return known is None or _uid(known) == _uid(body)
    if known is not None and _version(body) <= _version(known):
        return False
    where[key] = body
    return True


def _is_merge(job: Object) -> bool:
    return MERGE_LABEL in (job["metadata"].get("labels") or {})


def _uid(body: Object) -> str:
    return str(body["metadata"].get("uid", ""))


def _version(body: Object) -> int:
    text = str(body["metadata"].get("resourceVersion", "0"))
    return int(text) if text.isdigit() else 0
