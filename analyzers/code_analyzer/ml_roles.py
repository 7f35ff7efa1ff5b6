"""Which part of a machine-learning pipeline a task plays, told by its name."""

import re
from enum import StrEnum
from functools import lru_cache

from analyzers.code_analyzer.model import Task


class Role(StrEnum):
    """The parts that rules ask for."""

    VALIDATE = "validate"
    TRAIN = "train"
    EVALUATE = "evaluate"
    DEPLOY = "deploy"


# Whole words of the id; the first that matches decides. "train_test_split" is no training.
_WORDS = {
    Role.EVALUATE: {"evaluate", "evaluation", "eval", "score", "backtest", "benchmark", "metrics"},
    Role.VALIDATE: {"validate", "validation", "check", "quality", "expectations", "verify", "assert"},
    Role.DEPLOY: {"deploy", "deployment", "promote", "rollout", "serve", "release"},
    Role.TRAIN: {"train", "training", "retrain", "finetune", "fit"},
}
_NOT_TRAINING = {"split", "data", "dataset", "features", "set", "trains"}


def role_of(task: Task) -> Role | None:
    """The task's part, None where its name tells none."""
    return _role_of_name((task.task_id or "").rpartition(".")[2])


@lru_cache(maxsize=4096)
def _role_of_name(own: str) -> Role | None:
    words = [word for word in re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", own).lower()) if word]
    for role, known in _WORDS.items():
        if known & set(words) and not (role is Role.TRAIN and _NOT_TRAINING & set(words)):
            return role
    return None
