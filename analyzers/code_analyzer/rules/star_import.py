"""DGA407: `from … import *` hides where names come from.

Neither a reader nor a tool can tell which DAGs, operators and defaults the file uses, and a name that the
other module adds tomorrow may replace one of this file's.

Bad:

    from airflow.sdk import *  # <- here

    with DAG("sales", schedule="@daily"):
        pass

Good:

    from airflow.sdk import DAG

    with DAG("sales", schedule="@daily"):
        pass
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity


@file_rule("DGA407", "star-import", Severity.MEDIUM, tags=("correctness",))
def check(file: FileContext) -> Iterator[Problem]:
    """Anywhere in the file; a package's `__init__.py` that gathers its modules is left alone."""
    if file.path.endswith("__init__.py"):
        return
    for node in file.all(ast.ImportFrom):
        if node.names[0].name == "*":
            module = "." * node.level + (node.module or "")
            yield Problem(
                node,
                f"`from {module} import *` hides where names come from",
                "import the names that are used",
            )
