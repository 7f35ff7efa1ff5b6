"""Confirmation: what Airflow's event log says of a death that the attempt's own log only hints at."""

from dataclasses import replace

from analyzers.log_analyzer.diagnosis import Diagnosis
from analyzers.log_analyzer.known_runs import HEARTBEAT, KnownRuns
from analyzers.log_analyzer.layout import AttemptKey
from analyzers.log_analyzer.signatures import Match, by_id
from dagaudit.finding import Confidence
from dagaudit.run_history import BY_HAND

# Of these the log alone cannot tell who or what was behind them.
_ENDED_FROM_OUTSIDE = frozenset({"no-longer-running", "externally-set", "received-sigterm", "sigterm"})
_SILENT = frozenset({"log-ends-early"})


def confirmed(diagnosis: Diagnosis, key: AttemptKey, known: KnownRuns) -> Diagnosis:
    """The diagnosis with what history adds.

    A "state mismatch" alone changes nothing that has an explanation of its own: Airflow writes it for
    every death by a signal that will be retried.
    """
    signature = diagnosis.match.signature.id
    fault = known.fault_of(key)
    if signature in _SILENT and fault:
        found = by_id("no-heartbeat" if fault == HEARTBEAT else "state-mismatch")
        return replace(diagnosis, match=Match(found), confidence=Confidence.CONFIRMED)
    hand = known.hand_on(key)
    if signature in _ENDED_FROM_OUTSIDE and hand:
        subject = f"{BY_HAND[hand.event]} by {hand.owner or 'somebody'}"
        return replace(
            diagnosis, match=Match(diagnosis.match.signature, subject), confidence=Confidence.CONFIRMED
        )
    return diagnosis
