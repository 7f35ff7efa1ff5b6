"""DGA510: everybody may change or delete the DAG.

`access_control` gives the rights of a DAG to roles of the UI. Edit rights for Public or Viewer let everybody
who can sign in start, pause and delete it.

Bad:

    from airflow.sdk import DAG

    with DAG("payroll", schedule="@daily", access_control={"Public": {"can_read", "can_edit"}}):  # <- here
        pass

Good:

    from airflow.sdk import DAG

    with DAG("payroll", schedule="@daily", access_control={"payroll": {"can_read", "can_edit"}}):
        pass
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity

_EVERYBODY = frozenset({"Public", "Viewer", "*"})
_CHANGES = frozenset({"can_edit", "can_delete", "can_create", "edit", "delete", "create", "PUT", "DELETE"})


@file_rule("DGA510", "broad-access", Severity.LOW, tags=("security",))
def check(file: FileContext) -> Iterator[Problem]:
    """Literal dictionaries only."""
    for keyword in file.all(ast.keyword):
        if keyword.arg != "access_control" or not isinstance(keyword.value, ast.Dict):
            continue
        for role, rights in zip(keyword.value.keys, keyword.value.values, strict=True):
            given = {each.value for each in ast.walk(rights) if isinstance(each, ast.Constant)}
            if isinstance(role, ast.Constant) and role.value in _EVERYBODY and given & _CHANGES:
                names = ", ".join(sorted(str(each) for each in given & _CHANGES))
                yield Problem(
                    keyword, f"the role {role.value} gets {names}", "give it to the owning team's role"
                )
