"""Names of log streams as paths: Airflow's handler writes a rendered log path with `_` for every `:`.

That cannot be turned back with certainty. Only a whole timestamp with its offset, as Airflow writes it into
run ids, gets its colons back; a run id that a person gave keeps its underscores.
"""

import re

_TIME = re.compile(
    r"(?<!\d)(\d{4}-\d\d-\d\dT\d\d)_(\d\d)_(\d\d(?:\.\d{1,6})?[+-]\d\d)_(\d\d)(?!\d)", re.ASCII
)
# What MWAA writes beside the task logs; these streams belong to no attempt.
_OTHER_MODULES = ("-DAGProcessing", "-Scheduler", "-WebServer", "-Worker")
# Of those, the ones that tell of attempts: deaths that no task's own log can tell of.
_TELLING_MODULES = ("-Scheduler", "-DAGProcessing")


def path_of(stream: str) -> str:
    """The log path that a stream's name was made from."""
    parts = [_with_colons(part) if _may_hold_run_id(part) else part for part in stream.split("/")]
    return "/".join(parts)


def holds_attempts(group: str) -> bool:
    """Whether task logs may lie in a group, by MWAA's names for the groups of an environment."""
    return not group.endswith(_OTHER_MODULES)


def tells_of_attempts(group: str) -> bool:
    """Whether a group is the scheduler's or the DAG processor's, which tell what task logs cannot."""
    return group.endswith(_TELLING_MODULES)


def _with_colons(part: str) -> str:
    return _TIME.sub(r"\1:\2:\3:\4", part)


def _may_hold_run_id(part: str) -> bool:
    # The older layout names no keys; ids of DAGs and tasks hold no colons.
    return part.startswith("run_id=") or "=" not in part
