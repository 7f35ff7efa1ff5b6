"""The figures of `dagaudit bench logs` as Markdown and as JSON."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzers.log_analyzer.grading import Grade, Rate

SCHEMA_VERSION = "1.0.0"


def as_text(grades: "Mapping[str, Grade]", *, wrong: bool = False) -> str:
    """One table over all corpora, then each one's confusion matrix."""
    head = ["", *grades]
    rows = [
        [name, *(_shown(measure(grade)) for grade in grades.values())] for name, measure in _RATES.items()
    ]
    groups = [grade.causes for grade in grades.values()]
    rows.append(
        ["causes, FGA"]
        + [f"{g.f1:.3f} ({g.equal_groups} equal, {g.made_groups} made, {g.true_groups} true)" for g in groups]
    )
    parts = [_table(head, rows)]
    for name, grade in grades.items():
        parts.append(f"\n{name}: true categories down, given ones across\n")
        parts.append(_matrix(grade))
        if wrong:
            parts += ["\n", *(f"- {line}\n" for line in grade.wrong)]
    return "\n".join(part.rstrip("\n") for part in parts) + "\n"


def as_json(grades: "Mapping[str, Grade]") -> dict[str, object]:
    """The same figures for programs."""
    return {
        "schema_version": SCHEMA_VERSION,
        "corpora": {
            name: {
                **{key: _plain(measure(grade)) for key, measure in _KEYS.items()},
                "fga": grade.causes.f1,
                "causes": {
                    "true": grade.causes.true_groups,
                    "made": grade.causes.made_groups,
                    "equal": grade.causes.equal_groups,
                },
                "confusion": [
                    {"true": true, "given": given, "attempts": count}
                    for (true, given), count in sorted(grade.confusion.items())
                ],
            }
            for name, grade in grades.items()
        },
    }


_RATES: "dict[str, Callable[[Grade], Rate]]" = {
    "failed attempts with the right category": lambda grade: grade.category,
    "kinds of fault, all attempts right": lambda grade: grade.category_kinds,
    "retryable told rightly": lambda grade: grade.retryable,
    "first evidence line shows why": lambda grade: grade.evidence,
    "successes called failed": lambda grade: grade.false_convictions,
    "skipped and the like called failed": lambda grade: grade.false_alarms_other,
    "failures not seen": lambda grade: grade.missed,
    "failures of category unknown": lambda grade: grade.unexplained,
}
_KEYS: "dict[str, Callable[[Grade], Rate]]" = {
    "category": lambda grade: grade.category,
    "category_kinds": lambda grade: grade.category_kinds,
    "retryable": lambda grade: grade.retryable,
    "evidence": lambda grade: grade.evidence,
    "false_convictions": lambda grade: grade.false_convictions,
    "false_alarms_other": lambda grade: grade.false_alarms_other,
    "missed": lambda grade: grade.missed,
    "unexplained": lambda grade: grade.unexplained,
}


def _shown(rate: "Rate") -> str:
    low, high = rate.interval
    return f"{rate.value:.3f} ({rate.hits}/{rate.total}; {low:.3f} to {high:.3f})"


def _plain(rate: "Rate") -> dict[str, object]:
    return {"value": rate.value, "hits": rate.hits, "total": rate.total, "interval": list(rate.interval)}


def _matrix(grade: "Grade") -> str:
    trues = sorted({true for true, _ in grade.confusion})
    givens = sorted({given for _, given in grade.confusion})
    rows = [[true, *(str(grade.confusion.get((true, given), "")) for given in givens)] for true in trues]
    return _table(["", *givens], rows)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
