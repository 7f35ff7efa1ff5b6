"""Which sensors wait for a moment, and which wait in the triggerer."""

from analyzers.code_analyzer.model import Task

WAITS_BY_CLOCK = frozenset(
    {"DateTimeSensor", "DateTimeSensorAsync", "DayOfWeekSensor", "TimeDeltaSensor", "TimeDeltaSensorAsync",
     "TimeSensor", "TimeSensorAsync", "WaitSensor"}
)  # fmt: skip
"""The moment surely comes."""


def is_async(task: Task) -> bool:
    """Whether its class always defers."""
    return task.operator.endswith("Async")
