"""The operator's own metrics, in Prometheus' words."""

import contextlib

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
SEVERITIES = ("critical", "high", "medium", "low")

BUILD_INFO = Gauge("dagaudit_build_info", "1, labelled with the version.", ["version"], registry=REGISTRY)
LEADER = Gauge("dagaudit_leader", "1 while this replica leads.", registry=REGISTRY)
RECONCILES = Counter("dagaudit_reconcile_total", "Reconciles by result.", ["result"], registry=REGISTRY)
RECONCILE_SECONDS = Histogram(
    "dagaudit_reconcile_duration_seconds",
    "Time of one reconcile.",
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
QUEUE_DEPTH = Gauge("dagaudit_queue_depth", "Audits that wait to be reconciled.", registry=REGISTRY)
QUEUE_WAIT_SECONDS = Histogram(
    "dagaudit_queue_wait_seconds", "Time an audit waited to be reconciled.", registry=REGISTRY
)
API_CALLS = Counter(
    "dagaudit_kube_api_calls_total",
    "Calls of the Kubernetes API.",
    ["method", "resource", "status"],
    registry=REGISTRY,
)
WATCH_AGE_SECONDS = Gauge(
    "dagaudit_watch_age_seconds", "Time since our own Lease came back through the watch.", registry=REGISTRY
)
LOOP_LAG_SECONDS = Gauge("dagaudit_event_loop_lag_seconds", "How late the event loop is.", registry=REGISTRY)
AUDITS = Gauge("dagaudit_audits", "DagAudits watched.", registry=REGISTRY)
RUNS = Counter(
    "dagaudit_runs_total", "Finished runs by result.", ["namespace", "audit", "result"], registry=REGISTRY
)
LAST_SUCCESS = Gauge(
    "dagaudit_last_success_timestamp_seconds",
    "When the last successful run ended.",
    ["namespace", "audit"],
    registry=REGISTRY,
)
INTERVAL_SECONDS = Gauge(
    "dagaudit_schedule_interval_seconds",
    "Time between scheduled runs.",
    ["namespace", "audit"],
    registry=REGISTRY,
)
FINDINGS = Gauge(
    "dagaudit_findings",
    "Findings of the last run.",
    ["namespace", "audit", "severity"],
    registry=REGISTRY,
)
REPORT_TIME = Gauge(
    "dagaudit_report_timestamp_seconds",
    "When the last report was made.",
    ["namespace", "audit"],
    registry=REGISTRY,
)


def forget(namespace: str, audit: str) -> None:
    """An audit is gone: what was last known of it must raise no alert for ever."""
    for one in (LAST_SUCCESS, INTERVAL_SECONDS, REPORT_TIME):
        _drop(one, (namespace, audit))
    for severity in SEVERITIES:
        _drop(FINDINGS, (namespace, audit, severity))
    for result in ("succeeded", "failed"):
        _drop(RUNS, (namespace, audit, result))


def _drop(metric: Counter | Gauge, labels: tuple[str, ...]) -> None:
    with contextlib.suppress(KeyError):
        metric.remove(*labels)
