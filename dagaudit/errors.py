"""Every error that DagAudit raises on purpose."""


class DagAuditError(Exception):
    """The root: its text names the thing and the remedy, and is fit to be shown to a user."""


class SpecInvalid(DagAuditError):
    """The DagAudit or the configuration asks for the impossible; only a person can mend it."""


class AddressInvalid(SpecInvalid):
    """An address has no known scheme, or lacks a part that its scheme needs."""


class SourceUnreadable(DagAuditError):
    """A DAG source, a log source or a run history cannot be read."""


class SourceMissing(SourceUnreadable):
    """What was asked for is not there."""


class SourceChanged(SourceUnreadable):
    """A file changed between being listed and being read."""


class AccessRefused(SourceUnreadable):
    """The credentials at hand do not allow it."""


class StoreUnwritable(DagAuditError):
    """A report could not be written."""


class SwapLost(StoreUnwritable):
    """Somebody else changed the object since it was read."""


class ReportUnreadable(DagAuditError):
    """A report exists, but it is not one that this version can read."""


class ReportMissing(ReportUnreadable):
    """No report lies at this address."""


class LlmUnavailable(DagAuditError):
    """The model cannot be reached, is not loaded or did not answer in time; asking again may help."""


class LlmAnswerInvalid(DagAuditError):
    """The model answered, but not with what was asked for."""
