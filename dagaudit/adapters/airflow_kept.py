"""A run history that keeps what it has read below the reports root, and asks only for what changed since.

What was once seen stays known though Airflow's database is cleaned; a row leaves with the window. A read
that lacked something is not kept: the next one asks from the same moment again.
"""

import gzip
import hashlib
import zlib
from datetime import datetime

from pydantic import ValidationError

from dagaudit.errors import DagAuditError, ReportMissing, ReportUnreadable
from dagaudit.finding import Failure
from dagaudit.ports import ReportStore, RunHistory
from dagaudit.run_history import History, RunRecord

PART = "history"


class KeptHistory:
    """`inner`, with a memory."""

    def __init__(self, inner: RunHistory, store: ReportStore) -> None:
        self.address = inner.address
        self._inner = inner
        self._store = store
        digest = hashlib.sha256(inner.address.encode()).hexdigest()[:16]
        self._key = f"cache/history-v1/{digest}.json.gz"

    def read(self, since: datetime) -> History:
        """Every run and task instance that changed since then, most of it from memory."""
        kept = self._kept()
        # What was read over a shorter window cannot stand for a longer one.
        if kept is None or kept.since > since:
            found = self._inner.read(since)
        else:
            found = _within(kept.followed_by(self._inner.read(kept.next_since)), since)
        return self._keep(found) if found.complete else found

    def _kept(self) -> History | None:
        """What lies there; nothing where it cannot be read, for all of it can be asked for again."""
        try:
            return History.model_validate_json(gzip.decompress(self._store.read(self._key).data))
        except (ReportMissing, ReportUnreadable, OSError, EOFError, zlib.error, ValidationError):
            return None

    def _keep(self, found: History) -> History:
        # These are read whole each time, and a stack trace may show what nobody should keep.
        lasting = found.model_copy(
            update={"import_errors": (), "warnings": (), "unknown_values": {}, "jobs": (), "pools": ()}
        )
        try:
            data = gzip.compress(lasting.model_dump_json().encode(), compresslevel=3, mtime=0)
            self._store.write(self._key, data)
        except DagAuditError as error:
            message = f"what was read cannot be kept, so the next audit reads it all again: {error}"
            said = Failure(part=PART, path=self.address, message=message)
            return found.model_copy(update={"failures": (*found.failures, said)})
        return found


def _within(found: History, since: datetime) -> History:
    """Without the runs that ended before the window, and all that belongs to them."""
    runs = tuple(run for run in found.runs if _last_moment(run, since) >= since)
    keys = {run.key for run in runs}
    return found.model_copy(
        update={
            "since": since,
            "runs": runs,
            "task_instances": tuple(one for one in found.task_instances if (one.dag_id, one.run_id) in keys),
            "tries": tuple(one for one in found.tries if (one.dag_id, one.run_id) in keys),
            "events": tuple(one for one in found.events if one.when is None or one.when >= since),
        }
    )


def _last_moment(run: RunRecord, since: datetime) -> datetime:
    """When it ended; one that has not ended is not over."""
    return run.ended_at or since
