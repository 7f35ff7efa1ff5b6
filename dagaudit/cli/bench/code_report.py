"""What `dagaudit bench code` shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dagaudit.finding import Finding

if TYPE_CHECKING:
    from analyzers.code_analyzer.planting.bench import BenchResult
    from analyzers.code_analyzer.planting.score import RuleScore, Scores, Share
    from analyzers.code_analyzer.planting.structure import Agreement
    from dagaudit.cli.bench.peers import Speed

SCHEMA_VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class Beside:
    """What others say of the same files."""

    agreement: "Agreement | None" = None
    speeds: "Mapping[str, Speed]" = field(default_factory=dict)
    files: int = 0


def as_json(result: "BenchResult", beside: Beside) -> dict[str, object]:
    """One document; shares with their 95 % intervals, null where nothing was planted."""
    return {
        "schema_version": SCHEMA_VERSION,
        "hosts": result.hosts,
        "cases": result.cases,
        "tuning": _scores(result.tuning),
        "held_out": _scores(result.held_out),
        "misses": [
            {"case": each.case, "rule": each.rule, "what": each.what, "lines": each.lines}
            for each in result.misses
        ],
        "clean_files": {
            "findings": [_clean(each) for each in result.clean],
            "findings_per_file": result.false_per_clean_file,
        },
        "rules_without_cases": result.without_cases,
        "structure": _structure(beside.agreement) if beside.agreement else None,
        "speed": {name: speed.as_json(beside.files) for name, speed in beside.speeds.items()},
        "failures": [
            {"part": each.part, "path": each.path, "message": each.message} for each in result.failures
        ],
    }


def _structure(agreement: "Agreement") -> dict[str, object]:
    return {
        "equal": _share(agreement.equal),
        "exact_and_wrong": agreement.exact_and_wrong,
        "differences": agreement.differences,
    }


def as_text(result: "BenchResult", beside: Beside) -> str:
    """Tables and lists for a terminal, in Markdown."""
    lines = [f"{result.cases} defects planted into {result.hosts} clean files.", ""]
    lines += ["| cases | planted | recall | in renamed twins | precision |", "|---|---|---|---|---|"]
    for name, scores in (("tuning half", result.tuning), ("held-out half", result.held_out)):
        lines.append(f"| {name} | {_row(scores.recall, scores.kept, scores.precision)} |")
    lines += ["", "| rule | planted | recall | in renamed twins | precision |", "|---|---|---|---|---|"]
    for rule in sorted({*result.tuning.rules, *result.held_out.rules}):
        parts = [scores.rules[rule] for scores in (result.tuning, result.held_out) if rule in scores.rules]
        shares = (_added(parts, name) for name in ("recall", "kept", "precision"))
        lines.append(f"| {rule} | {_row(*shares)} |")
    lines += ["", f"Clean files, default profile: {result.false_per_clean_file:.3f} findings per file of"]
    lines[-1] += f" medium or worse ({len(result.clean)} in {result.hosts})."
    lines += [f"- {each.path}:{each.line} {each.rule} {each.message}" for each in result.clean]
    lines += _beside(beside)
    lines += _more(result)
    return "\n".join(lines) + "\n"


def _beside(beside: Beside) -> list[str]:
    lines: list[str] = []
    if beside.agreement is not None:
        equal, wrong = beside.agreement.equal, beside.agreement.exact_and_wrong
        lines += ["", f"Structure as Airflow's own: {equal.part} of {equal.whole} DAGs"]
        lines[-1] += f" ({_shown(equal)}); exact and wrong: {', '.join(wrong) or 'none'}."
        lines += [f"- {each}" for each in beside.agreement.differences]
    if beside.speeds:
        lines += ["", "| program | files/s | files per CPU s |", "|---|---|---|"]
    for name, speed in beside.speeds.items():
        told = speed.as_json(beside.files)
        if speed.problem is None:
            lines.append(f"| {name} | {told['files_per_second']:.0f} | {told['files_per_cpu_second']:.0f} |")
        else:
            lines.append(f"| {name} | {speed.problem} | – |")
    return lines


def _more(result: "BenchResult") -> list[str]:
    lines: list[str] = []
    if result.misses:
        lines += ["", "Of the tuning half:", ""]
        for miss in result.misses:
            lines += [f"- {miss.rule} {miss.what}: {miss.case}", *(f"    {line}" for line in miss.lines[:3])]
    if result.without_cases:
        lines += ["", f"No place to plant: {', '.join(result.without_cases)}."]
    lines += [f"failed: {each.part} {each.path or ''} {each.message}" for each in result.failures]
    return lines


def _added(parts: "list[RuleScore]", name: str) -> "Share":
    shares: list[Share] = [getattr(part, name) for part in parts]
    return sum(shares[1:], shares[0])


def _row(recall: "Share", kept: "Share", precision: "Share") -> str:
    return f"{recall.whole} | {_shown(recall)} | {_shown(kept)} | {_shown(precision)}"


def _shown(share: "Share") -> str:
    if share.value is None:
        return "–"
    low, high = share.interval
    return f"{share.value:.3f} ({low:.2f} to {high:.2f})"


def _scores(scores: "Scores") -> dict[str, Any]:
    return {
        "recall": _share(scores.recall),
        "recall_in_renamed_twins": _share(scores.kept),
        "precision": _share(scores.precision),
        "rules": {
            rule: {
                "recall": _share(score.recall),
                "recall_in_renamed_twins": _share(score.kept),
                "precision": _share(score.precision),
            }
            for rule, score in sorted(scores.rules.items())
        },
    }


def _share(share: "Share") -> dict[str, object]:
    low, high = share.interval
    return {"value": share.value, "of": share.whole, "low": low, "high": high}


def _clean(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "path": finding.path,
        "line": finding.line,
        "message": finding.message,
    }
