"""How well failures are explained, against a corpus whose answers are known."""

from analyzers.log_analyzer.grading.grade import Grade, Rate, grade
from analyzers.log_analyzer.grading.grouping import Grouping, fga, grouping_accuracy
from analyzers.log_analyzer.grading.labels import Label, Labels

__all__ = ["Grade", "Grouping", "Label", "Labels", "Rate", "fga", "grade", "grouping_accuracy"]
