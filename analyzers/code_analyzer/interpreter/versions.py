"""What differs between Airflow's versions, as data."""

Version = tuple[int, int]

# Modules that a version lacks: (prefix, first version that has it, first version that no longer has it).
_MODULES: tuple[tuple[str, Version | None, Version | None], ...] = (
    ("airflow.sdk", (3, 0), None),
    ("airflow.assets", (3, 0), None),
    ("airflow.timetables.trigger", (2, 4), None),
    ("airflow.datasets", (2, 4), None),
    ("airflow.operators.subdag", None, (3, 0)),
    ("airflow.operators.dummy", None, (3, 0)),
    ("airflow.operators.dummy_operator", None, (3, 0)),
    ("airflow.operators.bash_operator", None, (3, 0)),
    ("airflow.operators.python_operator", None, (3, 0)),
    ("airflow.contrib", None, (2, 0)),
    ("airflow.decorators.setup_teardown", (2, 7), None),
)


def absent(module: str, target: Version) -> bool:
    """Whether the target version has no such module."""
    for prefix, since, until in _MODULES:
        if (module == prefix or module.startswith(prefix + ".")) and (
            (since and target < since) or (until and target >= until)
        ):
            return True
    return False


def catchup_default(target: Version) -> bool:
    """`[scheduler] catchup_by_default`."""
    return target < (3, 0)


def default_schedule(target: Version) -> tuple[str, str | float | None]:
    """Kind and value of the schedule of a DAG that names none."""
    return ("none", None) if target >= (3, 0) else ("timedelta", 86400.0)


def schedule_argument_names(target: Version) -> tuple[str, ...]:
    """The arguments that may hold the schedule, the strongest first."""
    return ("schedule",) if target >= (3, 0) else ("schedule", "schedule_interval", "timetable")


def teardown_trigger_rule() -> str:
    """What a teardown waits for."""
    return "all_done_setup_success"
