"""Assets, and the schedules that wait for them or for a time."""

from dataclasses import dataclass, field
from enum import StrEnum

from analyzers.code_analyzer.values import Argument, Value


@dataclass(slots=True, eq=False)
class Asset(Value):
    """An asset, or a reference or alias to one."""

    name: str | None
    uri: str | None
    kind: str = "asset"
    """asset, alias, name_ref, uri_ref."""
    known_id: bool = True
    """Whether name and uri are known."""
    arguments: dict[str, Argument] = field(default_factory=dict, repr=False)

    @property
    def known(self) -> bool:
        """Whether it is known which asset it is."""
        return self.known_id


@dataclass(slots=True, eq=False)
class AssetExpression(Value):
    """Assets joined by & (all) or | (any)."""

    kind: str
    """all or any."""
    items: list[Value]

    @property
    def known(self) -> bool:
        """Whether every asset in it is."""
        return all(item.known for item in self.items)


class ScheduleKind(StrEnum):
    """The forms of a schedule."""

    NONE = "none"
    CRON = "cron"
    """An expression or a preset, as written."""
    TIMEDELTA = "timedelta"
    ASSETS = "assets"
    TIMETABLE = "timetable"
    UNKNOWN = "unknown"


@dataclass(slots=True, eq=False)
class Schedule:
    """When a DAG runs."""

    kind: ScheduleKind
    value: Value | None = None
    """As given; None where it is Airflow's default."""
    text: str | None = None
    """The cron expression or preset, the timetable's class, the asset expression."""
    seconds: float | None = None
    """Of a timedelta."""
    assets: tuple[Asset, ...] = ()
    """All that are named in it."""
    explicit: bool = True
    """False where the DAG does not say and Airflow's default holds."""
    reason: str | None = None
    """Why it is unknown."""
