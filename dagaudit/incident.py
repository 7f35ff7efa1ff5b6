"""Incidents: causes of earlier reports that are remembered, with what people wrote of them."""

from datetime import datetime

from pydantic import Field

from dagaudit.task_attempt import Category
from dagaudit.wire import Wire

INCIDENTS = "incidents/known.json"
NOTES = "incidents/notes"
"""Below the reports root: a text file per cause, `incidents/notes/<cause_id>.txt`."""
MAX_NOTE = 2000


class Incident(Wire):
    """A cause as the reports so far knew it."""

    cause_id: str
    category: Category
    title: str
    text: str = Field(default="", description="What similarity is counted on: masked, without values.")
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    reports: int = Field(default=1, description="In how many reports it was.")


class Incidents(Wire):
    """`incidents/known.json` below a reports root."""

    incidents: tuple[Incident, ...] = ()


def note_key(cause_id: str) -> str:
    """Where the note of a cause lies, below the reports root."""
    return f"{NOTES}/{cause_id}.txt"
