"""What rules over training code ask: which names hold models, and which calls train them."""

import re

from analyzers.code_analyzer.context import FileContext

LIBRARIES = (
    "sklearn",
    "torch",
    "tensorflow",
    "keras",
    "xgboost",
    "lightgbm",
    "catboost",
    "transformers",
    "statsmodels",
)
_MODEL_CLASS = re.compile(
    r"(?:sklearn|torch\.nn|tensorflow\.keras|keras|xgboost|lightgbm|catboost|transformers|statsmodels)\."
    r"[\w.]*(?:Classifier|Regressor|Regression|Model|Sequential|Pipeline|SVC|SVR|KMeans|Module|Booster|OLS|Forest|NB"
    r"|Ridge|Lasso|Trainer)\(\)(?:\.fit\(\))?"
)
_TRAINED = re.compile(r"(?:xgboost|lightgbm)\.train\(\)")


def uses_ml(file: FileContext) -> bool:
    """Whether the file imports a library that trains models."""
    return any(name.split(".")[0] in LIBRARIES for name in file.parsed.imports.values())


def is_model(name: str | None) -> bool:
    """Whether a value of this name, as `sklearn.linear_model.LogisticRegression()`, is a model."""
    return name is not None and bool(_MODEL_CLASS.fullmatch(name) or _TRAINED.fullmatch(name))
