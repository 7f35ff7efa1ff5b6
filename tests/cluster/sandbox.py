"""Namespaces that a node lives in: when its first process dies, the kernel removes all that it had.

Processes, containers, mounts, bridges and iptables rules all go with the namespaces, so nothing has to be
swept one by one, and several nodes on one machine do not see each other.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.cluster.processes import Processes

HOST_ADDRESS = "10.90.{number}.1"
NODE_ADDRESS = "10.90.{number}.2"
CGROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Namespaces for mounts, network and processes, joined by a virtual cable to the host."""

    number: int
    pid: int
    """The first process, as the host sees it."""
    processes: Processes

    @property
    def address(self) -> str:
        """The node's own address."""
        return NODE_ADDRESS.format(number=self.number)

    def command(self, *words: object) -> list[str]:
        """The command line that runs `words` inside."""
        inside = ["nsenter", "--target", str(self.pid), "--mount", "--net", "--pid", "--"]
        return [*inside, *(str(word) for word in words)]

    def run(self, *words: object) -> str:
        """Run a short command inside; its output."""
        done = subprocess.run(self.command(*words), check=True, capture_output=True, text=True)
        return done.stdout


def plug(number: int) -> None:
    """Make the cable's host end, so that the API server can listen on it before there is a node."""
    host, node = f"dga{number}h", f"dga{number}n"
    subprocess.run(["ip", "link", "delete", host], check=False, capture_output=True)
    _ip("link", "add", host, "type", "veth", "peer", "name", node)
    _ip("addr", "add", f"{HOST_ADDRESS.format(number=number)}/30", "dev", host)
    _ip("link", "set", host, "up")


def open_sandbox(processes: Processes, program: Path, number: int) -> Sandbox:
    """Start the first process and give it the cable's other end."""
    processes.start(
        "sandbox",
        [
            *("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"),
            *("--propagation", "private", program),
        ],
    )
    processes.wait_for("sandbox", lambda: bool(_first_process(processes)))
    sandbox = Sandbox(number, _first_process(processes), processes)
    _ip("link", "set", f"dga{number}n", "netns", str(sandbox.pid))
    sandbox.run("ip", "link", "set", "lo", "up")
    sandbox.run("ip", "addr", "add", f"{sandbox.address}/30", "dev", f"dga{number}n")
    sandbox.run("ip", "link", "set", f"dga{number}n", "up")
    sandbox.run("ip", "route", "add", "default", "via", HOST_ADDRESS.format(number=number))
    sandbox.run("sysctl", "-q", "-w", "net.ipv4.ip_forward=1")
    for folder in ("/run/netns", "/var/lib/cni", "/var/lib/containerd", "/run/containerd"):
        # Private, so that what CNI and containerd write there vanishes with the node.
        sandbox.run("mkdir", "-p", folder)
        sandbox.run("mount", "-t", "tmpfs", "tmpfs", folder)
    for controller in _controllers():
        (controller / cgroup(number)).mkdir(exist_ok=True)
        _inherit_cpus(controller, number)
    return sandbox


def reopen(processes: Processes, number: int) -> Sandbox:
    """The sandbox that runs already."""
    return Sandbox(number, _first_process(processes), processes)


def unplug(number: int) -> None:
    """Remove what outlives the first process: the cable and the control groups."""
    subprocess.run(["ip", "link", "delete", f"dga{number}h"], check=False, capture_output=True)
    for controller in _controllers():
        root = controller / cgroup(number)
        for folder in sorted((path for path in root.rglob("*") if path.is_dir()), reverse=True):
            _remove(folder)
        _remove(root)


def cgroup(number: int) -> str:
    """The control group that all pods of a node are below."""
    return f"dagaudit-{number}"


def _first_process(processes: Processes) -> int:
    unshare = processes.process("sandbox")
    children = unshare.children() if unshare else []
    return children[0].pid if children and children[0].status() != psutil.STATUS_ZOMBIE else 0


def _controllers() -> list[Path]:
    if (CGROUPS / "cgroup.controllers").exists():
        return [CGROUPS]
    return sorted(path for path in CGROUPS.iterdir() if path.is_dir() and not path.is_symlink())


def _inherit_cpus(controller: Path, number: int) -> None:
    # A new cpuset of version 1 is empty, and nothing may run in an empty one.
    for name in ("cpuset.cpus", "cpuset.mems"):
        above, own = controller / name, controller / cgroup(number) / name
        if above.exists() and own.exists() and not own.read_text().strip():
            own.write_text(above.read_text())


def _remove(folder: Path) -> None:
    if folder.is_dir():
        subprocess.run(["rmdir", str(folder)], check=False, capture_output=True)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
