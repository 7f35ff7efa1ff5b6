"""DGA106: a function decorated with `@dag` is never called.

The decorator makes a factory; only calling it makes the DAG. Airflow shows nothing, and no error either.

Bad:

    from airflow.sdk import dag

    @dag(schedule="@daily")
    def report():  # <- here
        ...

Good:

    from airflow.sdk import dag

    @dag(schedule="@daily")
    def report():
        ...

    report()
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import BundleContext, FileContext
from analyzers.code_analyzer.imported_names import imported_by, is_imported
from analyzers.code_analyzer.rule import Place, Problem, bundle_rule
from dagaudit.finding import Severity

Uncalled = list[tuple[str, int, int]]


def collect(file: FileContext) -> tuple[str, Uncalled, list[str]] | None:
    """The file's module, its functions that nobody calls, and what it imports from elsewhere."""
    uncalled = [
        (function.name, function.definition.lineno, function.definition.col_offset + 1)
        for function in file.model.uncalled_dag_functions
    ]
    imported = imported_by(file)
    return (file.parsed.module, uncalled, imported) if uncalled or imported else None


@bundle_rule("DGA106", "dag-never-called", Severity.HIGH, tags=("correctness",), collect=collect)
def check(bundle: BundleContext) -> Iterator[Problem]:
    """Leave those alone that another file imports: it may call them."""
    kept = bundle.of("DGA106")
    imported = {name for _, _, names in kept.values() for name in names}
    for path, (module, uncalled, _) in kept.items():
        for name, line, column in uncalled:
            if is_imported(module, name, imported):
                continue
            yield Problem(
                Place(line, column, path=path, code=f"def {name}"),
                f"the DAG function `{name}` is never called, so Airflow sees no DAG",
                suggestion=f"call it at the end of the file: `{name}()`",
            )
