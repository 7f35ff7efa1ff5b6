"""Files of which nobody can say that they define no DAG: none was found, and not all could be followed."""

import re

from analyzers.code_analyzer.interpreter.objects import Scope
from analyzers.code_analyzer.values import Made, Value

# make_dag, build_dags, DagBuilder, DAGFactory; of a method its class counts, too.
_MAKES_DAGS = re.compile(r"(?:^|[._ ])dags?(?:[._ ]|$)|(?:^|[._a-z])(?:Dag|DAG)s?(?=[A-Z._]|$)")


def lost_in(scope: Scope, path: str) -> str | None:
    """Why a file in which no DAG was found may define some; None where it certainly defines none."""
    machine = scope.machine
    note = next((note for note in machine.notes if _may_hide_dags(note.text)), None)
    if note is not None:
        place = f"line {note.line}" if note.path == path else f"{note.path} line {note.line}"
        return _told(path, f"{place}: {note.text}")
    if machine.elsewhere is not None:
        line = getattr(machine.elsewhere, "lineno", 1)
        return _told(path, f"line {line}: code that is not in the DAG folder adds global names")
    for name, value in scope.variables.items():
        if _made_elsewhere(value):
            assert isinstance(value, Made)
            return _told(
                path, f"line {value.line}: {name} comes from {value.callee}(), which is not in the DAG folder"
            )
    return None


def _may_hide_dags(reason: str) -> bool:
    # An order takes no DAG away. A star import seldom brings one: its module's name must speak of them.
    return not reason.startswith("the order of ") and (
        reason[0] != "`" or _MAKES_DAGS.search(reason) is not None
    )


def _told(path: str, because: str) -> str:
    return f"{path} may define DAGs that were not found: {because}"


def _made_elsewhere(value: Value) -> bool:
    if not isinstance(value, Made) or value.callee.partition(".")[0] in ("airflow", "unknown", "operator"):
        return False
    return _MAKES_DAGS.search(".".join(value.callee.split(".")[-2:])) is not None
