"""A run history that is read once for all analyzers of a run."""

from datetime import datetime

from dagaudit.errors import DagAuditError
from dagaudit.ports import RunHistory
from dagaudit.run_history import History


class ReadOnce:
    """`inner`, asked once: what it said, or why it said nothing, is told again to whoever asks later."""

    def __init__(self, inner: RunHistory) -> None:
        self.address = inner.address
        self._inner = inner
        self._found: History | None = None
        self._error: DagAuditError | None = None

    def read(self, since: datetime) -> History:
        """The history since the first asker's moment, which is the longest way back.

        Raises:
            DagAuditError: as the first read did.
        """
        if self._error:
            raise self._error
        if self._found is None:
            try:
                self._found = self._inner.read(since)
            except DagAuditError as error:
                self._error = error
                raise
        return self._found
