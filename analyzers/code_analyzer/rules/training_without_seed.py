"""DGA903: a model is trained without a seed.

Two runs on the same data give two models, so nobody can tell whether a better score comes from the change or
from luck, and a failed run cannot be repeated.

Bad:

    from airflow.sdk import task
    from sklearn.ensemble import RandomForestClassifier

    @task
    def train(rows: list, target: list):
        RandomForestClassifier(n_estimators=100).fit(rows, target)  # <- here

Good:

    from airflow.sdk import task
    from sklearn.ensemble import RandomForestClassifier

    @task
    def train(rows: list, target: list):
        RandomForestClassifier(n_estimators=100, random_state=7).fit(rows, target)
"""

import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import argument, has_open_arguments
from dagaudit.finding import Severity

# Those whose training draws random numbers whatever their options are.
_RANDOM = re.compile(
    r"sklearn\.(?:ensemble\.(?:RandomForest|ExtraTrees|GradientBoosting|Bagging|AdaBoost)\w+"
    r"|neural_network\.MLP\w+|linear_model\.SGD\w+|cluster\.(?:MiniBatch)?KMeans"
    r"|model_selection\.(?:train_test_split|ShuffleSplit|StratifiedShuffleSplit|RandomizedSearchCV))"
)
_SEEDS = re.compile(
    r"(?:numpy\.random|random|torch|torch\.cuda|tensorflow\.random|\w+\.utils)\.(?:seed|manual_seed\w*|set_seed|set_random_seed)"
)


@file_rule("DGA903", "training-without-seed", Severity.LOW, tags=("ml", "reproducibility"))
def check(file: FileContext) -> Iterator[Problem]:
    """Estimators that draw random numbers, unless a seed is set for the whole process."""
    if any(_SEEDS.fullmatch(name) for name in file.calls):
        return
    for name, calls in file.calls.items():
        if _RANDOM.fullmatch(name):
            for call in calls:
                if argument(call, "random_state") is None and not has_open_arguments(call):
                    shown = name.rpartition(".")[2]
                    yield Problem(
                        call, f"{shown} draws other random numbers in every run", "give it random_state=…"
                    )
