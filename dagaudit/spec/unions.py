"""The spec's unions as addresses and back: on a laptop an address replaces a union's member."""

from dagaudit.address import Address, Use, parse
from dagaudit.errors import SpecInvalid
from dagaudit.spec.input import (
    Airflow,
    AirflowApi,
    AirflowLogs,
    ApiLogs,
    ApiVersion,
    CloudWatchLogs,
    GitSource,
    LogGroup,
    Mwaa,
    S3Logs,
    S3Source,
    Source,
)
from dagaudit.spec.llm import Llm, LlmMode, LlmProvider
from dagaudit.spec.output import Destination, S3Destination


def source_address(source: Source, mounted: str | None = None) -> Address:
    """Where the DAGs are; `mounted` is the folder that a ConfigMap or volume is mounted at.

    Raises:
        SpecInvalid: they are on the cluster, and nothing is mounted here.
    """
    if source.s3:
        return _s3(source.s3.uri, region=source.s3.region, versionId=source.s3.version_id)
    if source.git:
        options = {"ref": source.git.ref, "path": source.git.path}
        return parse(f"git+{source.git.url}", Use.DAGS).with_options(options)
    return _mounted(mounted, "source", "the DAGs", "DAGS")


def logs_address(logs: AirflowLogs, api: AirflowApi | None = None) -> Address:
    """Where the task logs are; `api` is the Airflow that gives them where nothing else does."""
    if logs.s3:
        return _s3(logs.s3.uri, region=logs.s3.region)
    if logs.api:
        assert api is not None  # the spec's own rule
        return _api(api, lookbackHours=str(logs.api.lookback_hours))
    assert logs.cloud_watch is not None  # exactly one member
    groups = ",".join(group.name or f"{group.prefix}*" for group in logs.cloud_watch.log_groups)
    options = {"lookbackHours": str(logs.cloud_watch.lookback_hours)}
    if logs.cloud_watch.max_events is not None:
        options["maxEvents"] = str(logs.cloud_watch.max_events)
    return Address("cloudwatch", logs.cloud_watch.region, path=groups, options=options)


def history_address(airflow: Airflow | None) -> Address | None:
    """Where the run history is, if the spec says so."""
    if airflow is None or airflow.api is None:
        return None
    return _api(airflow.api)


def llm_address(llm: Llm | None) -> Address:
    """Where the model is; `null://` where none is wanted."""
    if llm is None or llm.mode is LlmMode.DISABLED or llm.endpoint is None or llm.model is None:
        return Address("null")
    if llm.provider is LlmProvider.OPENAI_COMPATIBLE:
        return parse(f"openai+{llm.endpoint}?model={llm.model}", Use.LLM)
    scheme = "ollama+https" if llm.endpoint.startswith("https://") else "ollama"
    return parse(f"{scheme}://{llm.endpoint.partition('://')[2].rstrip('/')}/{llm.model}", Use.LLM)


def destination_address(destination: Destination, mounted: str | None = None) -> Address:
    """Where the reports are kept; `mounted` is the folder that a volume is mounted at.

    Raises:
        SpecInvalid: on a volume of the cluster, and nothing is mounted here.
    """
    if destination.s3:
        return _s3(destination.s3.uri)
    return _mounted(mounted, "report.destination", "reports", "--reports")


def source_at(address: Address) -> Source:
    """The union's member for an address."""
    if address.scheme == "s3":
        options = address.options
        return Source(
            s3=S3Source(uri=_bare(address), region=options.get("region"), version_id=options.get("versionId"))
        )
    if address.scheme in ("git+https", "git+ssh"):
        ref, path = address.options.get("ref", "main"), address.options.get("path", "")
        return Source(git=GitSource(url=_bare(address).removeprefix("git+"), ref=ref, path=path))
    raise _no_member(address, "source", "s3:// or git+https://")


def logs_at(address: Address) -> AirflowLogs:
    """The union's member for an address."""
    if address.scheme == "s3":
        return AirflowLogs(s3=S3Logs(uri=_bare(address), region=address.options.get("region")))
    if address.scheme == "cloudwatch":
        groups = tuple(
            LogGroup(prefix=name[:-1]) if name.endswith("*") else LogGroup(name=name)
            for name in address.path.split(",")
        )
        most = address.options.get("maxEvents")
        return AirflowLogs(
            cloud_watch=CloudWatchLogs(
                region=address.host,
                log_groups=groups,
                lookback_hours=_number(address, "lookbackHours", 24),
                max_events=_number(address, "maxEvents", 0) if most else None,
            )
        )
    if address.scheme.startswith("airflow+"):
        return AirflowLogs(api=ApiLogs(lookback_hours=_number(address, "lookbackHours", 24)))
    raise _no_member(address, "airflow.logs", "s3://, cloudwatch:// or airflow+https://")


def api_at(address: Address) -> AirflowApi:
    """Airflow's API for an address."""
    if address.scheme == "mwaa":
        url, mwaa = None, Mwaa(region=address.host, environment=address.path)
    elif address.scheme.startswith("airflow+"):
        url, mwaa = _bare(address).removeprefix("airflow+"), None
    else:
        raise _no_member(address, "airflow.api", "airflow+https:// or mwaa://")
    return AirflowApi(
        url=url,
        mwaa=mwaa,
        version=ApiVersion(address.options.get("version", "Auto")),
        timeout_seconds=_number(address, "timeoutSeconds", 30),
    )


def llm_at(address: Address) -> Llm:
    """The model for an address."""
    server = f"{address.host}{f':{address.port}' if address.port else ''}"
    if address.scheme == "null":
        return Llm(mode=LlmMode.DISABLED)
    if address.scheme in ("ollama", "ollama+https"):
        web = "https" if address.scheme == "ollama+https" else "http"
        return Llm(endpoint=f"{web}://{server}", model=address.path)
    if address.scheme.startswith("openai+"):
        web = address.scheme.removeprefix("openai+")
        path = f"/{address.path}" if address.path else ""
        return Llm(
            provider=LlmProvider.OPENAI_COMPATIBLE,
            endpoint=f"{web}://{server}{path}",
            model=address.options["model"],
        )
    raise _no_member(address, "llm", "ollama://, openai+https:// or null://")


def destination_at(address: Address) -> Destination:
    """The union's member for an address."""
    if address.scheme == "s3":
        return Destination(s3=S3Destination(uri=_bare(address)))
    raise _no_member(address, "report.destination", "s3://")


def _api(api: AirflowApi, **more: str) -> Address:
    options = {"timeoutSeconds": str(api.timeout_seconds), "version": api.version.value, **more}
    where = f"mwaa://{api.mwaa.region}/{api.mwaa.environment}" if api.mwaa else f"airflow+{api.url}"
    return parse(where, Use.HISTORY).with_options(options)


def _s3(uri: str, **options: str | None) -> Address:
    return parse(uri).with_options({name: value for name, value in options.items() if value})


def _bare(address: Address) -> str:
    return str(address.with_options({}))


def _mounted(folder: str | None, field: str, what: str, option: str) -> Address:
    if folder is None:
        raise SpecInvalid(
            f"spec.{field} is on a cluster and cannot be reached from here; give {what} by {option}"
        )
    return Address("file", path=folder)


def _no_member(address: Address, field: str, valid: str) -> SpecInvalid:
    return SpecInvalid(f"{address}: spec.{field} has no member for {address.scheme}://; use {valid}")


def _number(address: Address, name: str, default: int) -> int:
    text = address.options.get(name, str(default))
    if not text.isdecimal():
        raise SpecInvalid(f"{address}: {name} is {text}, which is no whole number")
    return int(text)
