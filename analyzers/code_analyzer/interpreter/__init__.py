"""Reads what a DAG file defines, by abstract interpretation of its AST. Nothing of it is run."""

from analyzers.code_analyzer.interpreter.interpret import interpret
from analyzers.code_analyzer.interpreter.machine import Budget, BundleFiles, NoFiles

__all__ = ["Budget", "BundleFiles", "NoFiles", "interpret"]
