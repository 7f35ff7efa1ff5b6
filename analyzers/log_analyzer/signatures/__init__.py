"""Signatures: the wordings of known failures, one module of data per category, and how they are matched."""

from analyzers.log_analyzer.signatures.catalogue import SIGNATURES, by_id
from analyzers.log_analyzer.signatures.matcher import Match, match_link, match_text
from analyzers.log_analyzer.signatures.signature import Scope, Signature

__all__ = ["SIGNATURES", "Match", "Scope", "Signature", "by_id", "match_link", "match_text"]
