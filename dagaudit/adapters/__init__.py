"""The outside world, one module per address scheme; only composition roots open adapters."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dagaudit.adapters.llm_options import LlmOptions, llm_options
from dagaudit.adapters.watermark import Watermark
from dagaudit.address import FORMS, Address, Use, parse
from dagaudit.errors import SpecInvalid
from dagaudit.ports import AnswerCache, AuditCache, DagSource, Llm, LogSource, ReportStore, RunHistory

if TYPE_CHECKING:
    from dagaudit.adapters.airflow_client import Credentials

__all__ = [
    "LlmOptions",
    "llm_options",
    "open_answer_cache",
    "open_audit_cache",
    "open_dag_source",
    "open_llm",
    "open_log_source",
    "open_report_store",
    "open_run_history",
]


def open_dag_source(address: str | Address, environment: Mapping[str, str] | None = None) -> DagSource:
    """The DAG source at an address: a path, `file://`, `s3://` or `git+https://`.

    GIT_TOKEN of the environment, with GIT_USERNAME where the host asks for one, opens private repositories.
    """
    place = _parsed(address, Use.DAGS)
    if place.scheme == "git+https":
        return _open_repository(place, environment or {})
    return _open_source(place, Use.DAGS)


def _open_repository(place: Address, environment: Mapping[str, str]) -> DagSource:
    from dagaudit.adapters.git import GitRepository
    from dagaudit.adapters.git_fetch import Repository

    url = str(Address("https", place.host, place.port, place.path))
    token = environment.get("GIT_TOKEN", "").strip() or None
    username = environment.get("GIT_USERNAME", "").strip() or "x-access-token"
    ref = place.options.get("ref", "HEAD")
    repository = Repository(url, ref, token, username, environment)
    return GitRepository(str(place), repository, place.options.get("path", ""))


def open_log_source(
    address: str | Address, keep: ReportStore | None = None, environment: Mapping[str, str] | None = None
) -> LogSource:
    """The log source at an address: a path, `file://`, `s3://`, `cloudwatch://` or `airflow+https://`.

    With a store to keep a watermark in, CloudWatch and Airflow are read from where the last report ended. The
    environment signs in to Airflow, as for the run history.
    """
    place = _parsed(address, Use.LOGS)
    if place.scheme in ("airflow+https", "airflow+http"):
        from dagaudit.adapters.airflow_logs import AirflowLogs

        marks = Watermark(keep, str(place.with_options({}))) if keep else None
        return AirflowLogs(place, _airflow_credentials(environment or {}), marks=marks)
    if place.scheme == "cloudwatch":
        from dagaudit.adapters.cloudwatch import CloudWatchTree

        return CloudWatchTree(place, marks=Watermark(keep, str(place.with_options({}))) if keep else None)
    return _open_source(place, Use.LOGS)


def open_report_store(address: str | Address, kms_key_id: str | None = None) -> ReportStore:
    """The reports root at an address: a path, `file://` or `s3://`; the key encrypts what goes to S3."""
    place = _parsed(address, Use.REPORTS)
    if place.scheme == "file":
        from dagaudit.adapters.file import FileStore

        return FileStore(place.path)
    if place.scheme == "s3":
        from dagaudit.adapters.s3 import S3Store, connect

        return S3Store(place, connect(place), kms_key_id)
    raise _unsupported(place, Use.REPORTS)


def open_llm(address: str | Address, options: LlmOptions | None = None) -> Llm:
    """The model at an address: `ollama://` or `null://`."""
    place = _parsed(address, Use.LLM)
    if place.scheme == "null":
        from dagaudit.adapters.null import NullLlm

        return NullLlm()
    if place.scheme in ("ollama", "ollama+https"):
        from dagaudit.adapters.ollama import OllamaLlm

        return OllamaLlm(place, options)
    raise _unsupported(place, Use.LLM)


def open_run_history(
    address: str | Address, environment: Mapping[str, str], keep: ReportStore | None = None
) -> RunHistory:
    """The run history at an address: `airflow+https://` or `mwaa://`.

    AIRFLOW_TOKEN, or AIRFLOW_USERNAME and AIRFLOW_PASSWORD of the environment sign in; at MWAA the AWS
    credentials do. With a store to keep in, a read asks only for what changed since the one before.
    """
    from dagaudit.adapters.airflow import AirflowHistory

    place = _parsed(address, Use.HISTORY)
    if "lookbackHours" in place.options:
        raise SpecInvalid(f"{place}: lookbackHours= is for logs; a run history has its own window")
    if place.scheme == "mwaa":
        from dagaudit.adapters.airflow_mwaa import MwaaTransport, connect

        history = AirflowHistory(place, transport=lambda: MwaaTransport(place, connect(place)))
    elif place.scheme in ("airflow+https", "airflow+http"):
        history = AirflowHistory(place, _airflow_credentials(environment))
    else:
        raise _unsupported(place, Use.HISTORY)
    if keep is None:
        return history
    from dagaudit.adapters.airflow_kept import KeptHistory

    return KeptHistory(history, keep)


def _airflow_credentials(environment: Mapping[str, str]) -> "Credentials":
    from dagaudit.adapters.airflow_client import Credentials

    names = ("AIRFLOW_USERNAME", "AIRFLOW_PASSWORD", "AIRFLOW_TOKEN")
    user, password, token = (environment.get(name, "").strip("\r\n") or None for name in names)
    return Credentials(user, password, token)


def open_answer_cache(address: str | Address | None, kms_key_id: str | None = None) -> AnswerCache:
    """Answers kept below a reports root, in `cache/v1/`; None keeps nothing."""
    if address is None:
        from dagaudit.adapters.null import NoCache

        return NoCache()
    from dagaudit.adapters.answer_cache import StoredAnswers

    return StoredAnswers(open_report_store(address, kms_key_id))


def open_audit_cache(address: str | Address, kms_key_id: str | None = None) -> AuditCache:
    """What was found in DAG files, kept below a reports root, in `cache/code/`."""
    from dagaudit.adapters.stored_audits import StoredAudits

    return StoredAudits(open_report_store(address, kms_key_id))


def _parsed(address: str | Address, use: Use) -> Address:
    return parse(str(address), use)


def _open_source(place: Address, use: Use) -> DagSource:
    if place.scheme == "file":
        from dagaudit.adapters.file import FileTree

        return FileTree(place.path)
    if place.scheme == "s3":
        from dagaudit.adapters.s3 import S3Tree

        return S3Tree(place)
    raise _unsupported(place, use)


def _unsupported(place: Address, use: Use) -> SpecInvalid:
    known = ", ".join(scheme for scheme in FORMS if scheme in _OPENED[use])
    return SpecInvalid(
        f"{place}: this version cannot open a {use} at {place.scheme}:// yet; use one of {known}"
    )


_OPENED = {
    Use.DAGS: ("file", "s3", "git+https"),
    Use.LOGS: ("file", "s3", "cloudwatch", "airflow+https", "airflow+http"),
    Use.HISTORY: ("airflow+https", "airflow+http", "mwaa"),
    Use.REPORTS: ("file", "s3"),
    Use.LLM: ("ollama", "ollama+https", "null"),
}
