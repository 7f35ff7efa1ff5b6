"""A real node on this machine: containerd, kubelet, kube-proxy and CoreDNS, without Docker or a registry."""

import io
import json
import os
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import yaml

from tests.cluster import programs
from tests.cluster.certificates import Identity
from tests.cluster.control_plane import ControlPlane
from tests.cluster.sandbox import Sandbox, cgroup, open_sandbox

PAUSE_IMAGE = "dagaudit.io/pause:1"
POD_RANGE = "10.89.0.0/24"
DNS_ADDRESS = "10.89.0.1"
BRIDGE = "cni0"
NEEDS = ("containerd", "runc", "iptables", "ip", "conntrack", "nsenter", "unshare")
CNI_PLUGINS = Path("/usr/lib/cni")


class NodeNeedsMore(RuntimeError):
    """This machine lacks something that a node is made of; the text names it and the remedy."""


@dataclass(frozen=True, slots=True)
class Node:
    """A running node."""

    name: str
    folder: Path
    sandbox: Sandbox

    @property
    def socket(self) -> Path:
        """Where containerd listens."""
        return self.folder / "containerd.sock"


def start(plane: ControlPlane, number: int) -> Node:
    """Start a node of the control plane; its programs run when it returns, Ready follows in seconds.

    Raises:
        StartFailed: a program ended or did not answer.
    """
    bin_folder = programs.build(programs.NODE)
    folder = plane.folder / "node"
    folder.mkdir(exist_ok=True)
    node = Node(f"node-{number}", folder, open_sandbox(plane.processes, bin_folder / "pause", number))
    _make_bridge(node)
    _start_containerd(plane, node)
    _import_pause(node, bin_folder)
    _start_dns(plane, node, bin_folder)
    _start_kubelet(plane, node, bin_folder)
    _start_proxy(plane, node, bin_folder)
    return node


def load_image(node: Node, archive: Path) -> None:
    """Import an image archive (docker save, or ours) into the node."""
    node.sandbox.run(
        "ctr", "--address", node.socket, "--namespace", "k8s.io", "images", "import", "--digests", archive
    )


def tag_image(node: Node, image: str, other: str) -> None:
    """Give an image of the node another name."""
    place = ("ctr", "--address", node.socket, "--namespace", "k8s.io", "images", "tag", "--force")
    node.sandbox.run(*place, f"docker.io/{image}", f"docker.io/{other}")


def check_needs() -> None:
    """Refuse to start where a node cannot run.

    Raises:
        NodeNeedsMore: no root, or a program is missing.
    """
    if os.geteuid() != 0:
        raise NodeNeedsMore("a node needs root; use LAYER=control-plane or KUBECONFIG=<a cluster of yours>")
    missing = [name for name in NEEDS if shutil.which(name) is None]
    if not (CNI_PLUGINS / "bridge").exists():
        missing.append("containernetworking-plugins")
    if missing:
        raise NodeNeedsMore(f"missing: {', '.join(missing)}; run: make deps")


def _make_bridge(node: Node) -> None:
    # Made before the first pod, so that the DNS server has an address to listen on.
    node.sandbox.run("ip", "link", "add", BRIDGE, "type", "bridge")
    node.sandbox.run("ip", "addr", "add", f"{DNS_ADDRESS}/24", "dev", BRIDGE)
    node.sandbox.run("ip", "link", "set", BRIDGE, "up")


def _start_containerd(plane: ControlPlane, node: Node) -> None:
    cni = node.folder / "cni"
    cni.mkdir(exist_ok=True)
    (cni / "10-bridge.conflist").write_text(json.dumps(_network()))
    config = node.folder / "containerd.toml"
    config.write_text(
        f"""version = 2
root = "{node.folder}/root"
state = "{node.folder}/state"
[grpc]
  address = "{node.socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE_IMAGE}"
  # Without it runc cannot lower oom_score_adj where CAP_SYS_RESOURCE is missing, and dies.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{CNI_PLUGINS}"
    conf_dir = "{cni}"
"""
    )
    plane.processes.start(
        "containerd", node.sandbox.command("containerd", "--config", config, "--log-level", "warn")
    )
    plane.processes.wait_for("containerd", lambda: _containerd_answers(node))


def _network() -> dict[str, object]:
    return {
        "cniVersion": "1.0.0",
        "name": BRIDGE,
        "plugins": [
            {
                "type": "bridge",
                "bridge": BRIDGE,
                "isGateway": True,
                "ipMasq": True,
                "hairpinMode": True,
                "ipam": {
                    "type": "host-local",
                    "ranges": [[{"subnet": POD_RANGE}]],
                    "routes": [{"dst": "0.0.0.0/0"}],
                },
            },
            {"type": "portmap", "capabilities": {"portMappings": True}},
        ],
    }


def _containerd_answers(node: Node) -> bool:
    command = node.sandbox.command("ctr", "--address", node.socket, "--timeout", "2s", "version")
    done = subprocess.run(command, check=False, capture_output=True)
    return done.returncode == 0


def _import_pause(node: Node, bin_folder: Path) -> None:
    archive = node.folder / "pause.tar"
    archive.write_bytes(_image(PAUSE_IMAGE, (bin_folder / "pause").read_bytes()))
    load_image(node, archive)


def _image(name: str, program: bytes) -> bytes:
    """A docker archive with one layer that holds one program."""
    layer = _tar({"pause": (program, 0o755)})
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Entrypoint": ["/pause"], "User": "65535:65535"},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{sha256(layer).hexdigest()}"]},
        }
    ).encode()
    config_name = f"{sha256(config).hexdigest()}.json"
    manifest = json.dumps([{"Config": config_name, "RepoTags": [name], "Layers": ["layer.tar"]}]).encode()
    return _tar(
        {"manifest.json": (manifest, 0o644), config_name: (config, 0o644), "layer.tar": (layer, 0o644)}
    )


def _tar(members: dict[str, tuple[bytes, int]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, (data, mode) in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), mode
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def _start_dns(plane: ControlPlane, node: Node, bin_folder: Path) -> None:
    kubeconfig = plane.authority.kubeconfig("dns", Identity("dns", ("system:masters",)), plane.server)
    corefile = node.folder / "Corefile"
    corefile.write_text(
        f"""cluster.local:53 {{
  bind {DNS_ADDRESS}
  errors
  kubernetes cluster.local {{
    kubeconfig {kubeconfig}
  }}
  cache 5
}}
.:53 {{
  bind {DNS_ADDRESS}
  errors
  template ANY ANY . {{
    rcode NXDOMAIN
  }}
}}
"""
    )
    plane.processes.start("coredns", node.sandbox.command(bin_folder / "coredns", "-conf", corefile))


def _start_kubelet(plane: ControlPlane, node: Node, bin_folder: Path) -> None:
    identity = Identity(
        f"system:node:{node.name}",
        ("system:nodes",),
        dns=(node.name, "localhost"),
        addresses=("127.0.0.1", node.sandbox.address),
    )
    kubeconfig = plane.authority.kubeconfig("kubelet", identity, plane.server)
    config = node.folder / "kubelet.yaml"
    config.write_text(yaml.safe_dump(_kubelet_config(plane, node)))
    plane.processes.start(
        "kubelet",
        node.sandbox.command(
            bin_folder / "kubelet",
            f"--hostname-override={node.name}",
            f"--node-ip={node.sandbox.address}",
            f"--kubeconfig={kubeconfig}",
            f"--config={config}",
            f"--root-dir={node.folder / 'kubelet'}",
            f"--cert-dir={plane.folder / 'pki'}",
        ),
    )


def _kubelet_config(plane: ControlPlane, node: Node) -> dict[str, object]:
    pki = plane.folder / "pki"
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "containerRuntimeEndpoint": f"unix://{node.socket}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{cgroup(node.sandbox.number)}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "clusterDomain": "cluster.local",
        "clusterDNS": [DNS_ADDRESS],
        "resolvConf": "",
        "tlsCertFile": str(pki / "kubelet.crt"),
        "tlsPrivateKeyFile": str(pki / "kubelet.key"),
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(plane.authority.certificate_path)},
        },
        "authorization": {"mode": "Webhook"},
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "syncFrequency": "10s",
        "nodeStatusUpdateFrequency": "5s",
    }


def _start_proxy(plane: ControlPlane, node: Node, bin_folder: Path) -> None:
    kubeconfig = plane.authority.kubeconfig("proxy", Identity("system:kube-proxy"), plane.server)
    config = node.folder / "proxy.yaml"
    config.write_text(
        yaml.safe_dump(
            {
                "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
                "kind": "KubeProxyConfiguration",
                "clientConnection": {"kubeconfig": str(kubeconfig)},
                "mode": "iptables",
                "hostnameOverride": node.name,
                "conntrack": {"maxPerCore": 0, "min": 0},
            }
        )
    )
    plane.processes.start("kube-proxy", node.sandbox.command(bin_folder / "kube-proxy", f"--config={config}"))
