"""How the commands reach a cluster: the kubeconfig of the user, and refusals as sentences."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from dagaudit.errors import DagAuditError, SpecInvalid

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

GROUP = "dagaudit.io"
VERSION = "v1alpha1"
EXTRA = "pip install 'dagaudit[operator]'"
# Connecting and answering.
TIMEOUT_SECONDS = (5, 20)
Object = dict[str, Any]


class ClusterError(DagAuditError):
    """The API server does not answer, or refuses."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster and the namespace that is meant."""

    client: "ApiClient"
    namespace: str
    server: str

    def call(
        self, method: str, path: str, body: Object | None = None, query: dict[str, str] | None = None
    ) -> Object:
        """One call of the API; plain dicts in, plain dicts out.

        Raises:
            ClusterError: with the API server's own words, or status 0 where it does not answer.
        """
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        self.client.update_params_for_auth(headers, [], ["BearerToken"], "", "", None)
        url = f"{self.server}{path}" + (f"?{urlencode(query)}" if query else "")
        with _explained(f"{method} {path}", self.server):
            answer = self.client.call_api(
                method, url, header_params=headers, body=body, _request_timeout=TIMEOUT_SECONDS
            )
            data = bytes(answer.read())  # type: ignore[no-untyped-call]
        if answer.status >= 400:
            raise ClusterError(int(answer.status), f"{method} {path}: {_words(data) or answer.reason}")
        document: Object = json.loads(data)
        return document

    def ours(self, plural: str, name: str = "") -> str:
        """The path of our own kinds in the namespace."""
        path = f"/apis/{GROUP}/{VERSION}/namespaces/{self.namespace}/{plural}"
        return f"{path}/{name}" if name else path


def connect(kubeconfig: Path | None, namespace: str | None) -> Cluster:
    """The cluster of a kubeconfig, else of KUBECONFIG or ~/.kube/config.

    Raises:
        SpecInvalid: the library is missing, or there is no usable kubeconfig.
    """
    try:
        from kubernetes import config
        from kubernetes.config.config_exception import ConfigException
    except ImportError as error:
        raise SpecInvalid(f"this command talks to Kubernetes and needs its library: {EXTRA}") from error
    file = str(kubeconfig) if kubeconfig else None
    try:
        _, context = config.list_kube_config_contexts(config_file=file)  # type: ignore[no-untyped-call]
        client = config.new_client_from_config(config_file=file)  # type: ignore[no-untyped-call]
    except (ConfigException, OSError, TypeError, KeyError) as error:
        named = file or "KUBECONFIG or ~/.kube/config"
        raise SpecInvalid(
            f"{named} is no usable kubeconfig ({error}); name one by --kubeconfig or KUBECONFIG"
        ) from error
    # One try: a person waits, and a wrong address stays wrong.
    client.configuration.retries = False
    client.rest_client.pool_manager.connection_pool_kw["retries"] = False
    here = namespace or context["context"].get("namespace") or "default"
    return Cluster(client, here, client.configuration.host)


@contextmanager
def _explained(call: str, server: str) -> Iterator[None]:
    from kubernetes.client.exceptions import ApiException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except ApiException as error:
        raise ClusterError(int(error.status or 0), f"{call}: {_words(error.body) or error.reason}") from error
    except (HTTPError, OSError) as error:
        raise ClusterError(0, f"{server} does not answer: {error}") from error


def _words(body: str | bytes | None) -> str:
    try:
        return str(json.loads(body or "{}").get("message", ""))
    except (ValueError, AttributeError):
        return ""
