"""Where DAGs, logs and run history come from."""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from dagaudit.spec.base import (
    IN_CLUSTER_HTTP,
    SET,
    ObjectName,
    Region,
    RelativePath,
    S3Uri,
    SecretRef,
    ServiceUrl,
    SpecModel,
    SpecRule,
    exactly_one,
)


def is_private(url: str) -> bool:
    """Whether a URL is encrypted or stays in the cluster."""
    return url.startswith("https://") or re.fullmatch(IN_CLUSTER_HTTP, url) is not None


def https_or_in_cluster(field: str) -> SpecRule:
    """The rule of every service that we talk to."""
    pattern = IN_CLUSTER_HTTP.replace("\\", "\\\\")
    return SpecRule(
        cel=f"!has(self.{field}) || self.{field}.startsWith('https://') || self.{field}.matches('{pattern}')",
        message=f"{field} must be https, or http to a service of the cluster (http://name.namespace.svc)",
        holds=lambda model: getattr(model, field) is None or is_private(getattr(model, field)),
    )


class S3Source(SpecModel):
    """DAGs as objects of a bucket."""

    uri: S3Uri = Field(description="s3://bucket/prefix, as MWAA's DAG folder.")
    region: Region | None = Field(default=None, description="The bucket's region; default: the pod's.")
    version_id: str | None = Field(
        default=None, min_length=1, max_length=1024, description="Of a single zip of DAGs: this version."
    )
    exclude: tuple[Annotated[str, Field(min_length=1, max_length=256)], ...] = Field(
        default=(), max_length=64, description="Globs of paths to leave out.", json_schema_extra=SET
    )


class GitSource(SpecModel):
    """DAGs in a git repository."""

    url: str = Field(
        min_length=9,
        max_length=1024,
        pattern=r"^(https://[^/@?#]+|ssh://([A-Za-z0-9_.-]+@)?[^/@?#]+)/[^@?#]+$",
        description="https or ssh; credentials come from secretRef.",
    )
    ref: str = Field(default="main", min_length=1, max_length=255, description="Branch, tag or commit.")
    path: RelativePath = Field(default="", description="The DAG folder in the repository.")
    secret_ref: SecretRef | None = Field(
        default=None, description="A Secret with `token`, and `username` where the host wants one."
    )


class ConfigMapSource(SpecModel):
    """DAGs as keys of a ConfigMap."""

    name: ObjectName = Field(description="The ConfigMap's name.")


class VolumeSource(SpecModel):
    """DAGs on a volume."""

    name: ObjectName = Field(description="The PersistentVolumeClaim's name.")
    path: RelativePath = Field(default="", description="The DAG folder on it.")


class ChangeDetection(StrEnum):
    """Whether unchanged files are looked at again."""

    NONE = "None"
    FINGERPRINT = "Fingerprint"


class Source(SpecModel):
    """Where the DAG files are: exactly one place."""

    RULES = (exactly_one("s3", "git", "config_map", "persistent_volume_claim"),)

    s3: S3Source | None = Field(default=None, description="A bucket.")
    git: GitSource | None = Field(default=None, description="A repository.")
    config_map: ConfigMapSource | None = Field(default=None, description="A ConfigMap.")
    persistent_volume_claim: VolumeSource | None = Field(default=None, description="A volume.")
    change_detection: ChangeDetection = Field(
        default=ChangeDetection.FINGERPRINT, description="Fingerprint: unchanged files keep their findings."
    )


class ApiVersion(StrEnum):
    """Airflow's REST API: V1 of Airflow 2, V2 of Airflow 3."""

    AUTO = "Auto"
    V1 = "V1"
    V2 = "V2"


class Mwaa(SpecModel):
    """An environment of Amazon's managed Airflow, asked by InvokeRestApi with the pod's AWS role."""

    region: Region = Field(description="The environment's region.")
    environment: str = Field(
        min_length=1, max_length=80, pattern=r"^[a-zA-Z][0-9a-zA-Z_-]*$", description="Its name."
    )


class AirflowApi(SpecModel):
    """Airflow's REST API, for the run history."""

    RULES = (exactly_one("url", "mwaa"), https_or_in_cluster("url"))

    url: ServiceUrl | None = Field(default=None, description="The API server's base URL.")
    mwaa: Mwaa | None = Field(default=None, description="An environment of Amazon MWAA.")
    auth_secret_ref: SecretRef | None = Field(
        default=None, description="A Secret with `token`, or `username` and `password`."
    )
    version: ApiVersion = Field(default=ApiVersion.AUTO, description="Auto asks the server.")
    timeout_seconds: int = Field(default=30, ge=1, le=600, description="Per request.")


class LogGroup(SpecModel):
    """CloudWatch log groups by name or by prefix."""

    RULES = (exactly_one("name", "prefix"),)

    name: str | None = Field(
        default=None, min_length=1, max_length=512, pattern=r"^[-._/#A-Za-z0-9]+$", description="One group."
    )
    prefix: str | None = Field(
        default=None,
        min_length=1,
        max_length=512,
        pattern=r"^[-._/#A-Za-z0-9]+$",
        description="Every group whose name starts so.",
    )


class CloudWatchLogs(SpecModel):
    """Task logs in CloudWatch, as MWAA writes them."""

    region: Region = Field(description="The region of the log groups.")
    log_groups: tuple[LogGroup, ...] = Field(
        min_length=1, max_length=20, description="Where the task logs are."
    )
    lookback_hours: int = Field(default=24, ge=1, le=720, description="How far back to read.")
    max_events: int | None = Field(
        default=None, ge=1, le=100_000_000, description="Stop after so many events; default: read all."
    )


class S3Logs(SpecModel):
    """Task logs in a bucket, in Airflow's path layout."""

    uri: S3Uri = Field(description="s3://bucket/prefix of Airflow's remote_base_log_folder.")
    region: Region | None = Field(default=None, description="The bucket's region; default: the pod's.")


class ApiLogs(SpecModel):
    """Logs of failed attempts through `airflow.api`, where the logs themselves cannot be read."""

    lookback_hours: int = Field(default=24, ge=1, le=720, description="How far back to read.")


class AirflowLogs(SpecModel):
    """Where the task logs are: exactly one place."""

    RULES = (exactly_one("cloud_watch", "s3", "api"),)

    cloud_watch: CloudWatchLogs | None = Field(default=None, description="CloudWatch Logs.")
    s3: S3Logs | None = Field(default=None, description="A bucket.")
    api: ApiLogs | None = Field(default=None, description="Airflow itself; of failed attempts alone.")


class Airflow(SpecModel):
    """The Airflow that runs the DAGs."""

    RULES = (
        SpecRule(
            cel="!has(self.logs) || !has(self.logs.api) || (has(self.api) && has(self.api.url))",
            message="logs.api needs api.url, the address of Airflow's API server",
            holds=lambda airflow: (
                airflow.logs is None
                or airflow.logs.api is None
                or (airflow.api is not None and airflow.api.url is not None)
            ),
        ),
    )

    target_version: str = Field(
        default="3.3",
        min_length=3,
        max_length=5,
        pattern=r"^[23]\.[0-9]{1,2}$",
        description="The version that the DAGs must work with.",
    )
    api: AirflowApi | None = Field(default=None, description="Its REST API.")
    logs: AirflowLogs | None = Field(default=None, description="Its task logs.")
