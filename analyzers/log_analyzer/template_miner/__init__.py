"""The template miner: groups the lines of any text log by the statement that wrote them.

Most lines of a log differ from an earlier one in digits only. So the text with every digit made a zero is
looked up first; only what is new there is masked, all of a chunk at once by polars' regexes, and only what is
new after masking goes through the tree of templates (Drain's: number of tokens, first token, similarity).
"""

from analyzers.log_analyzer.template_miner.miner import Mined, Miner, Template

__all__ = ["Mined", "Miner", "Template"]
