"""The groups of scheduler and DAG processor: of their events only those that tell of attempts' deaths."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dagaudit.adapters.cloudwatch_calls import Calls
from dagaudit.adapters.cloudwatch_events import Lines

if TYPE_CHECKING:
    from mypy_boto3_logs.type_defs import FilteredLogEventTypeDef

FILE = "found.log"
# CloudWatch's pattern of alternatives, which minds the case; the analyzer looks again, and closely.
_TERMS = (
    "heartbeat", "zombie", "Zombie", "although the task says", "finished with state", "failed in pod",
    "OOMKilled", "Evicted", "Preempted", "NodeLost", "stuck in queued", "non-existent pool", "has timed-out",
)  # fmt: skip
PATTERN = " ".join(f'?"{term}"' for term in _TERMS)


def found_in(calls: Calls, group: str, since: float, until: float) -> Iterator[tuple[bytes, int]]:
    """The matching events as lines in order of time, with how many they are; each event once.

    All of them are held at once: pages come by stream, and a page may repeat events of another.
    """
    events: dict[str, FilteredLogEventTypeDef] = {}
    for page in calls.matching(group, PATTERN, since, until):
        for event in page:
            events.setdefault(_identity(event), event)
        yield b"", len(page)
    ordered = sorted(events.values(), key=lambda event: (event.get("timestamp", 0), event.get("eventId", "")))
    text = Lines()
    for event in ordered:
        # One line each, so that a record of one stream never goes on in a line of another.
        yield text.of([{"timestamp": event.get("timestamp", 0), "message": _joined(event)}]), 0


def _identity(event: "FilteredLogEventTypeDef") -> str:
    stream, when = event.get("logStreamName", ""), event.get("timestamp", 0)
    return event.get("eventId") or f"{stream}/{when}/{event.get('message', '')}"


def _joined(event: "FilteredLogEventTypeDef") -> str:
    return " ".join(event.get("message", "").split("\n"))
