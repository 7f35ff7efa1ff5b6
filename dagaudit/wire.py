"""The base of every value that crosses a process border."""

from pydantic import BaseModel, ConfigDict


class Wire(BaseModel):
    """A frozen value that we write and that older or newer versions of ourselves read.

    Unknown fields are ignored on the way in, so that a newer writer does not break an older reader.
    What people write (a DagAudit, a configuration) is stricter: see `dagaudit.spec`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)
