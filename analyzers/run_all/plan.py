"""What a run is to do: the DagAudit, the environment's names and the command line made into one plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from analyzers.code_analyzer.options import CodeOptions
from analyzers.report_merger.files import PAGE, SARIF
from analyzers.report_merger.retention import Keep
from dagaudit.address import Address, Use, parse
from dagaudit.errors import SpecInvalid
from dagaudit.report import FINAL
from dagaudit.spec import (
    Analyzer,
    AnalyzerName,
    AuditSpec,
    Budget,
    ChangeDetection,
    Gpu,
    Llm,
    LlmMode,
    ReportFormat,
    RuleProfile,
    Thresholds,
)
from dagaudit.spec.unions import (
    destination_address,
    history_address,
    llm_address,
    logs_address,
    source_address,
)

NO_LLM = "null://"
DEFAULT_MODEL = "llama3.2"
OLLAMA_PORT = 11434
# The report's further forms and their files; its JSON is always there, for everything reads it.
FORMS = {ReportFormat.HTML: PAGE, ReportFormat.SARIF: SARIF}
# What an analyzer needs at least one of.
INPUTS = {
    AnalyzerName.CODE: ("dags",),
    AnalyzerName.LOGS: ("logs",),
    AnalyzerName.STATS: ("dags", "logs", "history"),
    AnalyzerName.DRIFT: (),
}


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed, or what environment names say; None leaves it to the spec."""

    dags: tuple[str, ...] = ()
    logs: str | None = None
    history: str | None = None
    llm: str | None = None
    reports: str | None = None
    copy_to: str | None = None
    """A document beside the reports, as DASHBOARD_DATA_PATH names it."""
    profile: RuleProfile | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a run needs to know before it opens anything."""

    reports: str
    dags: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    logs: str | None = None
    history: str | None = None
    llm: str = NO_LLM
    model: Llm | None = None
    """How the model is asked; None where the spec does not say or another model was given."""
    gpu: Gpu = field(default_factory=Gpu)
    analyzers: tuple[Analyzer, ...] = ()
    target: str | None = None
    """None leaves it to the configuration, and that to the newest version known."""
    profile: RuleProfile | None = None
    code: CodeOptions | None = None
    """What a configuration file beside the DAGs says; the spec's own choices go over it."""
    thresholds: Thresholds | None = None
    keep: Keep = field(default_factory=Keep)
    forms: tuple[str, ...] = tuple(FORMS.values())
    """The report's files for people and other tools."""
    remembers: bool = True
    """Whether an unchanged file keeps what an earlier run found in it."""
    kms_key_id: str | None = None
    """Encrypts what goes to S3."""
    name: str = "local"
    namespace: str | None = None
    copy_to: str | None = None

    def asked(self, name: AnalyzerName) -> Analyzer | None:
        """The analyzer's options, or None where it is not to run."""
        return next((one for one in self.analyzers if one.name is name), None)

    @property
    def llm_mode(self) -> LlmMode:
        """What a run does when the model does not answer."""
        return self.model.mode if self.model else LlmMode.BEST_EFFORT

    @property
    def budget(self) -> Budget:
        """What the run may spend."""
        return self.model.budget if self.model else Budget()

    def missing_input(self, name: AnalyzerName) -> bool:
        """Whether there is nothing that the analyzer could read."""
        return bool(INPUTS[name]) and not any(getattr(self, each) for each in INPUTS[name])


@dataclass(frozen=True, slots=True)
class Named:
    """A spec and the name of the resource that it stands in."""

    spec: AuditSpec
    name: str = "local"
    namespace: str | None = None


def plan(audit: Named | None, given: Given) -> Plan:
    """One plan; what is given replaces the spec's member.

    Raises:
        SpecInvalid: something is missing, unreachable from here or contradictory; only a person can mend it.
    """
    spec = audit.spec if audit else None
    source, airflow = (spec.source, spec.airflow) if spec else (None, None)
    dags = given.dags or ((str(source_address(source)),) if source else ())
    logs = given.logs or _text(logs_address(airflow.logs, airflow.api) if airflow and airflow.logs else None)
    history = given.history or _text(history_address(airflow)) or _history_beside(logs)
    return Plan(
        reports=given.reports or _destination(audit),
        dags=tuple(str(parse(each, Use.DAGS)) for each in dags),
        exclude=source.s3.exclude if source and source.s3 and not given.dags else (),
        logs=str(parse(logs, Use.LOGS)) if logs else None,
        history=str(parse(history, Use.HISTORY)) if history else None,
        llm=str(parse(given.llm, Use.LLM)) if given.llm else str(llm_address(spec.llm if spec else None)),
        model=spec.llm if spec and not given.llm else None,
        gpu=spec.gpu if spec else Gpu(),
        analyzers=_analyzers(spec, dags=bool(dags), logs=bool(logs), history=bool(history)),
        target=given.target or (airflow.target_version if airflow else None),
        profile=given.profile,
        thresholds=spec.thresholds if spec else None,
        forms=tuple(FORMS[one] for one in spec.report.formats if one in FORMS)
        if spec
        else tuple(FORMS.values()),
        keep=Keep(spec.report.retention.runs, spec.report.retention.days) if spec else Keep(),
        remembers=source is None or source.change_detection is not ChangeDetection.NONE,
        kms_key_id=_kms_key(spec, given),
        name=audit.name if audit else "local",
        namespace=audit.namespace if audit else None,
        copy_to=given.copy_to,
    )


def _history_beside(logs: str | None) -> str | None:
    """Where Airflow gives logs it gives failures alone: what they are failures of, its history tells."""
    place = parse(logs, Use.LOGS) if logs else None
    if place is None or not place.scheme.startswith("airflow+"):
        return None
    return str(place.with_options({k: v for k, v in place.options.items() if k != "lookbackHours"}))


def _destination(audit: Named | None) -> str:
    if audit is None:
        raise SpecInvalid("no reports address is given; name one by --reports or DASHBOARD_DATA_PATH")
    root = str(destination_address(audit.spec.report.destination))
    # On the cluster many audits share a bucket.
    below = [part for part in (audit.namespace, audit.name) if part]
    return "/".join([root.rstrip("/"), *below])


def _kms_key(spec: AuditSpec | None, given: Given) -> str | None:
    place = spec.report.destination.s3 if spec and not given.reports else None
    return place.kms_key_id if place else None


def _analyzers(spec: AuditSpec | None, **inputs: bool) -> tuple[Analyzer, ...]:
    """Those listed, or every one whose input is given."""
    if spec and spec.analyzers is not None:
        listed = spec.analyzers
        for one in listed:
            if INPUTS[one.name] and not any(inputs[each] for each in INPUTS[one.name]):
                needs = " or ".join(INPUTS[one.name])
                raise SpecInvalid(f"spec.analyzers lists {one.name}, but its input is missing: {needs}")
        return listed
    return tuple(
        Analyzer(name=name)
        for name, needs in INPUTS.items()
        if not needs or any(inputs[each] for each in needs)
    )


def _text(address: Address | None) -> str | None:
    return str(address) if address else None


def given_by_environment(environment: Mapping[str, str]) -> Given:
    """What OLLAMA_HOST, S3_DAGS_DIR, LOG_GROUP_PREFIX, LOG_GROUP_NAME and DASHBOARD_DATA_PATH say."""
    dags = environment.get("S3_DAGS_DIR")
    path = environment.get("DASHBOARD_DATA_PATH")
    reports, copy_to = _reports(path) if path else (None, None)
    return Given(
        dags=(dags,) if dags else (),
        logs=_log_groups(environment),
        llm=_ollama(environment),
        reports=reports,
        copy_to=copy_to,
    )


def _reports(path: str) -> tuple[str, str | None]:
    """A finished document's path also tells the root: its folder. Anything else is a root."""
    if not path.endswith(".json"):
        return path, None
    folder, _, name = path.rpartition("/")
    if not name.removesuffix(".json"):
        raise SpecInvalid(f"DASHBOARD_DATA_PATH is {path}; name a file as …/{FINAL}, or a reports root")
    return folder or ("/" if path.startswith("/") else "."), path


def _log_groups(environment: Mapping[str, str]) -> str | None:
    name, prefix = environment.get("LOG_GROUP_NAME"), environment.get("LOG_GROUP_PREFIX")
    groups = [*([name] if name else []), *([f"{prefix}*"] if prefix else [])]
    if not groups:
        return None
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    if not region:
        raise SpecInvalid("LOG_GROUP_NAME or LOG_GROUP_PREFIX is set, but no region; set AWS_REGION")
    return f"cloudwatch://{region}/{','.join(groups)}"


def _ollama(environment: Mapping[str, str]) -> str | None:
    host = environment.get("OLLAMA_HOST")
    if not host:
        return None
    web, _, server = host.rpartition("://")
    server = server.rstrip("/")
    if ":" not in server and web != "https":
        server += f":{OLLAMA_PORT}"
    scheme = "ollama+https" if web == "https" else "ollama"
    return f"{scheme}://{server}/{environment.get('OLLAMA_MODEL') or DEFAULT_MODEL}"


def filled(spec: Named | None, environment: Given) -> Given:
    """The environment's names fill what the spec leaves open, and no more."""
    if spec is None:
        return environment
    source, airflow = spec.spec.source, spec.spec.airflow
    elsewhere = source is not None and (source.s3 or source.git)
    return replace(
        environment,
        # What the cluster mounts has no address in the spec: the environment says where it is mounted.
        dags=() if elsewhere else environment.dags,
        logs=None if airflow and airflow.logs else environment.logs,
        llm=None if spec.spec.llm else environment.llm,
        reports=None if spec.spec.report.destination.s3 else environment.reports,
    )
