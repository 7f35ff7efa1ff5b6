"""The judge: shows a model each candidate finding, and moves its confidence by the verdict."""

from analyzers.code_analyzer.llm_judge.allowance import Allowance
from analyzers.code_analyzer.llm_judge.judge import Asking, Judged, judge
from analyzers.code_analyzer.llm_judge.redaction import redactor
from analyzers.code_analyzer.llm_judge.section import judge_section
from analyzers.code_analyzer.llm_judge.verdict import Verdict

__all__ = ["Allowance", "Asking", "Judged", "Verdict", "judge", "judge_section", "redactor"]
