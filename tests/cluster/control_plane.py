"""A real control plane: etcd, kube-apiserver, kube-controller-manager and kube-scheduler on loopback."""

import socket
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.cluster import programs
from tests.cluster.certificates import Authority, Identity, service_account_keys
from tests.cluster.processes import Processes, free_ports

SERVICE_RANGE = "10.96.0.0/24"
FIRST_SERVICE = "10.96.0.1"
# Who did what, of those that sign in as a service account of their own: a test compares it with their rights.
AUDIT_POLICY = """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: None
    userGroups: ["system:serviceaccounts:kube-system"]
  - level: Metadata
    userGroups: ["system:serviceaccounts"]
  - level: None
"""


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """A running control plane."""

    folder: Path
    server: str
    kubeconfig: Path
    authority: Authority
    processes: Processes
    api_port: int
    etcd_port: int
    listens_at: str

    @property
    def audit_log(self) -> Path:
        """What service accounts asked of the API server, an event a line."""
        return self.folder / "audit.log"


def host_address() -> str:
    """An address of the host's own: the API server refuses to advertise a loopback one."""
    addresses = [
        one.address
        for name, found in sorted(psutil.net_if_addrs().items())
        for one in found
        if one.family is socket.AF_INET and not one.address.startswith("127.") and not name.startswith("dga")
    ]
    return addresses[0] if addresses else "192.0.2.10"


def start(folder: Path, address: str | None = None) -> ControlPlane:
    """Start one in the folder; ready when it returns.

    With an address it listens there, so that a node can reach it; else on loopback.

    Raises:
        StartFailed: a program ended or did not answer; its log's tail is in the text.
    """
    bin_folder = programs.build(programs.CONTROL_PLANE)
    etcd_port, peer_port, api_port, manager_port, scheduler_port = free_ports(5)
    authority = Authority(folder / "pki")
    listens_at = address or "127.0.0.1"
    server = f"https://{listens_at}:{api_port}"
    plane = ControlPlane(
        folder=folder,
        server=server,
        kubeconfig=authority.kubeconfig("admin", Identity("admin", ("system:masters",)), server),
        authority=authority,
        processes=Processes(folder),
        api_port=api_port,
        etcd_port=etcd_port,
        listens_at=listens_at,
    )
    start_etcd(plane, bin_folder, peer_port)
    start_api_server(plane, bin_folder)
    _start_controllers(plane, bin_folder, manager_port, scheduler_port)
    return plane


def start_etcd(plane: ControlPlane, bin_folder: Path, peer_port: int) -> None:
    """Start etcd on its port, on the data that is there."""
    client = f"http://127.0.0.1:{plane.etcd_port}"
    peer = f"http://127.0.0.1:{peer_port}"
    plane.processes.start(
        "etcd",
        [
            bin_folder / "etcd",
            f"--data-dir={plane.folder / 'etcd'}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            "--unsafe-no-fsync",
            "--log-level=error",
        ],
    )
    plane.processes.wait_for("etcd", lambda: _answers(f"{client}/readyz"))


def start_api_server(plane: ControlPlane, bin_folder: Path) -> None:
    """Start the API server on its port."""
    pki = plane.folder / "pki"
    certificate, key = plane.authority.issue(
        "api-server",
        Identity(
            "kube-apiserver",
            dns=("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"),
            addresses=("127.0.0.1", plane.listens_at, FIRST_SERVICE),
        ),
    )
    kubelet_certificate, kubelet_key = plane.authority.issue(
        "api-server-kubelet-client", Identity("kube-apiserver-kubelet-client", ("system:masters",))
    )
    if not (pki / "service-accounts.key").exists():
        service_account_keys(pki)
    policy = plane.folder / "audit-policy.yaml"
    policy.write_text(AUDIT_POLICY)
    ca = plane.authority.certificate_path
    advertised = host_address() if plane.listens_at == "127.0.0.1" else plane.listens_at
    plane.processes.start(
        "kube-apiserver",
        [
            bin_folder / "kube-apiserver",
            f"--etcd-servers=http://127.0.0.1:{plane.etcd_port}",
            f"--bind-address={plane.listens_at}",
            f"--advertise-address={advertised}",
            f"--secure-port={plane.api_port}",
            f"--client-ca-file={ca}",
            f"--tls-cert-file={certificate}",
            f"--tls-private-key-file={key}",
            f"--audit-policy-file={policy}",
            f"--audit-log-path={plane.audit_log}",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            f"--service-cluster-ip-range={SERVICE_RANGE}",
            f"--service-account-key-file={pki / 'service-accounts.pub'}",
            f"--service-account-signing-key-file={pki / 'service-accounts.key'}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--kubelet-client-certificate={kubelet_certificate}",
            f"--kubelet-client-key={kubelet_key}",
            "--kubelet-preferred-address-types=InternalIP",
            "--allow-privileged=true",
            "--endpoint-reconciler-type=lease",
            "--profiling=false",
        ],
    )
    plane.processes.wait_for("kube-apiserver", lambda: _answers(f"{plane.server}/readyz", ca))


def _start_controllers(plane: ControlPlane, bin_folder: Path, manager_port: int, scheduler_port: int) -> None:
    authority, pki = plane.authority, plane.folder / "pki"
    manager = authority.kubeconfig(
        "controller-manager", Identity("system:kube-controller-manager"), plane.server
    )
    plane.processes.start(
        "kube-controller-manager",
        [
            bin_folder / "kube-controller-manager",
            f"--kubeconfig={manager}",
            f"--authentication-kubeconfig={manager}",
            f"--authorization-kubeconfig={manager}",
            f"--service-account-private-key-file={pki / 'service-accounts.key'}",
            f"--root-ca-file={authority.certificate_path}",
            f"--cluster-signing-cert-file={authority.certificate_path}",
            f"--cluster-signing-key-file={authority.key_path}",
            "--use-service-account-credentials",
            "--leader-elect=false",
            "--bind-address=127.0.0.1",
            f"--secure-port={manager_port}",
        ],
    )
    scheduler = authority.kubeconfig("scheduler", Identity("system:kube-scheduler"), plane.server)
    plane.processes.start(
        "kube-scheduler",
        [
            bin_folder / "kube-scheduler",
            f"--kubeconfig={scheduler}",
            f"--authentication-kubeconfig={scheduler}",
            f"--authorization-kubeconfig={scheduler}",
            "--leader-elect=false",
            "--bind-address=127.0.0.1",
            f"--secure-port={scheduler_port}",
        ],
    )
    for name, port in (("kube-controller-manager", manager_port), ("kube-scheduler", scheduler_port)):
        plane.processes.wait_for(name, lambda port=port: _answers(f"https://127.0.0.1:{port}/healthz"))


def _answers(url: str, ca: Path | None = None) -> bool:
    context = ssl.create_default_context(cafile=ca) if ca else ssl._create_unverified_context()
    try:
        with urllib.request.urlopen(url, timeout=2, context=context) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
