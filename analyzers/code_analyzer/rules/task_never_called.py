"""DGA121: a function decorated with `@task` is never called.

The decorator makes a factory; only calling it makes a task. The work that the function describes is not
done.

Bad:

    from airflow.sdk import dag, task

    @dag(schedule="@daily")
    def report():
        @task
        def extract(): ...

        @task
        def load(): ...  # <- here

        extract()

    report()

Good:

    from airflow.sdk import dag, task

    @dag(schedule="@daily")
    def report():
        @task
        def extract(): ...

        @task
        def load(): ...

        extract() >> load()

    report()
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import BundleContext, FileContext
from analyzers.code_analyzer.imported_names import imported_by, is_imported
from analyzers.code_analyzer.rule import Place, Problem, bundle_rule
from dagaudit.finding import Severity

Uncalled = list[tuple[str, int, int]]


def collect(file: FileContext) -> tuple[str, Uncalled, list[str]] | None:
    """The file's module, its task functions that nobody calls, and what it imports from elsewhere."""
    uncalled = [
        (function.name, function.definition.lineno, function.definition.col_offset + 1)
        for function in file.model.uncalled_task_functions
        if file.dags
    ]
    imported = imported_by(file)
    return (file.parsed.module, uncalled, imported) if uncalled or imported else None


@bundle_rule("DGA121", "task-never-called", Severity.MEDIUM, tags=("correctness",), collect=collect)
def check(bundle: BundleContext) -> Iterator[Problem]:
    """Leave those alone that another file imports."""
    kept = bundle.of("DGA121")
    imported = {name for _, _, names in kept.values() for name in names}
    for path, (module, uncalled, _) in kept.items():
        for name, line, column in uncalled:
            if is_imported(module, name, imported):
                continue
            yield Problem(
                Place(line, column, path=path, code=f"def {name}"),
                f"the task function `{name}` is never called, so it is in no DAG",
                suggestion=f"call it where the DAG is made: `{name}()`, or remove it",
            )
