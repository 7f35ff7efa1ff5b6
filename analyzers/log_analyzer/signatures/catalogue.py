"""The catalogue: every signature, by category and by id."""

from analyzers.log_analyzer.signatures import (
    answers,
    clients,
    code,
    code_commands,
    config,
    data_missing,
    data_quality,
    databases,
    exception_names,
    import_dependency,
    infra_k8s,
    libraries,
    memory_resource,
    permission_credential,
    quota_throttle,
    scheduler_heartbeat,
    timeout,
    unknown,
    upstream_jobs,
    upstream_service,
)
from analyzers.log_analyzer.signatures.signature import Signature

# Among equals the earlier module wins: what names a remote answer comes before what names a Python class.
SIGNATURES: tuple[Signature, ...] = (
    *scheduler_heartbeat.SIGNATURES,
    *infra_k8s.SIGNATURES,
    *memory_resource.SIGNATURES,
    *databases.SIGNATURES,
    *clients.SIGNATURES,
    *quota_throttle.SIGNATURES,
    *permission_credential.SIGNATURES,
    *config.SIGNATURES,
    *import_dependency.SIGNATURES,
    *timeout.SIGNATURES,
    *upstream_service.SIGNATURES,
    *upstream_jobs.SIGNATURES,
    *data_quality.SIGNATURES,
    *data_missing.SIGNATURES,
    *answers.SIGNATURES,
    *libraries.SIGNATURES,
    *code.SIGNATURES,
    *code_commands.SIGNATURES,
    *exception_names.SIGNATURES,
    *unknown.SIGNATURES,
)
_BY_ID = {signature.id: signature for signature in SIGNATURES}


def by_id(signature_id: str) -> Signature:
    """The signature with this id."""
    return _BY_ID[signature_id]
