"""The schedule that a DAG had in Airflow 2, under whichever name it was given."""

from analyzers.code_analyzer.assets import Schedule
from analyzers.code_analyzer.interpreter.schedules import read_schedule
from analyzers.code_analyzer.model import Dag

OLD_NAMES = ("schedule_interval", "timetable")


def schedule_before(dag: Dag) -> Schedule:
    """As `dag.schedule`, but `schedule_interval` and `timetable` count."""
    if not dag.schedule.explicit:
        for name in OLD_NAMES:
            argument = dag.argument(name)
            if argument is not None:
                return read_schedule(argument.value)
    return dag.schedule
