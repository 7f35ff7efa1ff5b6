"""The migration report: what stands between a folder of DAGs and another major version of Airflow."""

from enum import StrEnum

from pydantic import Field

from dagaudit.dag import Tier
from dagaudit.finding import Confidence, Failure
from dagaudit.section import SCHEMA_VERSION, Coverage, SectionStatus
from dagaudit.wire import Wire


class Effect(StrEnum):
    """What happens where nothing is changed, worst first."""

    BREAKS_AT_PARSE = "breaks_at_parse"
    """Airflow cannot load the file: none of its DAGs exist."""
    BREAKS_AT_RUN = "breaks_at_run"
    """The DAG is there, a task of it fails."""
    CHANGES_SILENTLY = "changes_silently"
    """Nothing fails; the DAG does something else."""
    DEPRECATED = "deprecated"
    """It still works, and warns."""


class Verdict(StrEnum):
    """What a DAG needs."""

    READY = "ready"
    """Nothing but, at most, deprecated names was found, and everything could be read."""
    NEEDS_WORK = "needs_work"
    """Airflow loads it; a task of it fails or does something else."""
    BLOCKED = "blocked"
    """Airflow cannot load its file, or one that this imports."""
    UNKNOWN = "unknown"
    """Nothing was found, but not everything could be read."""


class MigrationChange(Wire):
    """One place that a change is needed at."""

    bundle: int = 0
    path: str
    line: int = Field(ge=1)
    column: int = Field(default=1, ge=1)
    kind: str = Field(description="What kind of change, as `import`; see kinds[].")
    effect: Effect
    rule: str = Field(description="The rule that tells it, as DGA600.")
    message: str
    suggestion: str | None = None
    evidence: str | None = Field(default=None, description="The line's text, secrets masked.")
    task_id: str | None = None
    dag_ids: tuple[str, ...] = Field(
        default=(),
        description="Every DAG that it holds up: its own, or all of the files that import this one.",
    )
    fixed_by: str | None = Field(
        default=None, description="dagaudit or ruff, where one of them can mend it; null: by hand."
    )
    confidence: Confidence = Confidence.CONFIRMED


class Counts(Wire):
    """Places, by what happens there."""

    breaks_at_parse: int = 0
    breaks_at_run: int = 0
    changes_silently: int = 0
    deprecated: int = 0
    fixable: int = Field(default=0, description="Those of them that a tool can mend.")

    @property
    def work(self) -> int:
        """All but the deprecated."""
        return self.breaks_at_parse + self.breaks_at_run + self.changes_silently


class MigrationDag(Wire):
    """One DAG and its verdict."""

    dag_id: str
    bundle: int = 0
    path: str
    line: int
    tier: Tier
    verdict: Verdict
    reasons: tuple[str, ...] = Field(default=(), description="Why this verdict, the weightiest first.")
    blocked_by: tuple[str, ...] = Field(
        default=(), description="The files that must change before Airflow loads it."
    )
    counts: Counts = Counts()
    unread: tuple[str, ...] = Field(
        default=(), description="What of it could not be read, each with its line."
    )


class MigrationFile(Wire):
    """One file that something was found in, or that defines DAGs."""

    bundle: int = 0
    path: str
    loads: bool | None = Field(
        description="Whether Airflow can load it; null: it could not be read far enough to say."
    )
    dags: tuple[str, ...] = Field(default=(), description="The DAGs that it defines.")
    imported_by: tuple[str, ...] = Field(default=(), description="Files that import it, directly or not.")
    counts: Counts = Counts()


class KindOfChange(Wire):
    """All changes of one kind."""

    kind: str
    title: str
    counts: Counts
    files: int
    dags: int


class NeededProvider(Wire):
    """A provider package that the DAGs import from."""

    package: str
    minimum: str | None = Field(default=None, description="The first version that has it; null: not known.")
    modules: tuple[str, ...] = Field(description="What is imported, or will be.")
    files: int
    since_3: bool = Field(
        description="Whether these came with Airflow 2's core and must now be installed beside it."
    )


class Step(Wire):
    """One file to change, in the order that frees DAGs soonest."""

    bundle: int = 0
    path: str
    counts: Counts
    dags: int = Field(description="The DAGs that this file holds up.")
    loads_then: int = Field(description="The DAGs that Airflow loads after this and all steps before it.")


class Totals(Wire):
    """The whole in numbers."""

    dags: int = 0
    ready: int = 0
    needs_work: int = 0
    blocked: int = 0
    unknown: int = 0
    files: int = 0
    files_blocked: int = 0
    files_unread: int = Field(default=0, description="Files of which not even the syntax could be read.")
    changes: Counts = Counts()


class MigrationReport(Wire):
    """What `dagaudit migrate` prints."""

    schema_version: str = SCHEMA_VERSION
    status: SectionStatus
    from_version: str
    to_version: str
    coverage: Coverage
    totals: Totals
    dags: tuple[MigrationDag, ...] = ()
    files: tuple[MigrationFile, ...] = ()
    kinds: tuple[KindOfChange, ...] = ()
    providers: tuple[NeededProvider, ...] = ()
    order: tuple[Step, ...] = ()
    changes: tuple[MigrationChange, ...] = ()
    failures: tuple[Failure, ...] = ()
