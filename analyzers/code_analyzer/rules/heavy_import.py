"""DGA406: a heavy library is imported at the top of the file, though only tasks use it.

Every parse pays for the import: a second or more of CPU and often hundreds of MB, for each file, all day
long. Inside the task function it is paid once, by the worker that needs it.

Bad:

    import pandas as pd  # <- here
    from airflow.sdk import dag, task

    @dag(schedule="@daily")
    def report():
        @task
        def build():
            print(pd.read_csv("s3://exports/sales.csv").describe())

        build()

    report()

Good:

    from airflow.sdk import dag, task

    @dag(schedule="@daily")
    def report():
        @task
        def build():
            import pandas as pd

            print(pd.read_csv("s3://exports/sales.csv").describe())

        build()

    report()

Good:

    from typing import TYPE_CHECKING
    from airflow.sdk import task

    if TYPE_CHECKING:
        import pandas as pd

    @task
    def build(frame: "pd.DataFrame"):
        print(frame.describe())
"""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity

_HEAVY = [
    "catboost", "cv2", "dask", "datasets", "gensim", "great_expectations", "jax", "keras", "lightgbm",
    "matplotlib", "mlflow", "nltk", "numpy", "pandas", "plotly", "polars", "prophet", "pyspark", "ray",
    "scipy", "seaborn", "sklearn", "snowflake.snowpark", "spacy", "statsmodels", "tensorflow", "torch",
    "torchvision", "transformers", "xgboost",
]  # fmt: skip


@file_rule(
    "DGA406",
    "heavy-import",
    Severity.MEDIUM,
    tags=("parse-time", "performance"),
    options={"modules": _HEAVY},
)
def check(file: FileContext) -> Iterator[Problem]:
    """An import whose every use lies in task code; what parsing needs is left alone."""
    heavy = tuple(file.settings.option("DGA406", "modules"))
    first_parts = {name.partition(".")[0] for name in heavy}
    imports: list[ast.Import | ast.ImportFrom] = [*file.all(ast.Import), *file.all(ast.ImportFrom)]
    for node in imports:
        for alias in node.names:
            base = f"{node.module or ''}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
            if base.partition(".")[0] not in first_parts:
                continue
            library = next((name for name in heavy if base == name or base.startswith(f"{name}.")), None)
            if library is None or not file.scopes.at_parse(node) or file.scopes.function(node) is not None:
                continue
            local = alias.asname or alias.name.partition(".")[0]
            uses = [name for name in file.all(ast.Name) if name.id == local]
            if uses and all(file.scopes.in_task(use) and not file.scopes.at_parse(use) for use in uses):
                yield Problem(
                    node,
                    f"{library} is imported at every parse of the file, but only tasks use it",
                    "import it inside the functions that use it",
                )
