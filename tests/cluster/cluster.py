"""One test cluster by its name: up, down, and sweeping what a killed one left."""

import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import psutil

from tests.cluster import control_plane, node, programs, sandbox
from tests.cluster.control_plane import ControlPlane
from tests.cluster.node import Node
from tests.cluster.processes import Processes, StartFailed

MAX_CLUSTERS = 200


class Layer(StrEnum):
    """How much of a cluster."""

    CONTROL_PLANE = "control-plane"
    NODE = "node"


@dataclass(frozen=True, slots=True)
class Running:
    """A cluster to talk to."""

    kubeconfig: Path
    node: Node | None

    def kubectl(self, *words: str, stdin: str | None = None) -> str:
        """Run kubectl as the administrator; its output."""
        program = programs.build(programs.CONTROL_PLANE) / "kubectl"
        return self._run([str(program), f"--kubeconfig={self.kubeconfig}", *words], stdin)

    def helm(self, *words: str) -> str:
        """Run Helm as the administrator; its output."""
        program = programs.build(programs.HELM) / "helm"
        return self._run([str(program), f"--kubeconfig={self.kubeconfig}", *words], None)

    def _run(self, command: list[str], stdin: str | None) -> str:
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout


@dataclass(frozen=True, slots=True)
class Cluster(Running):
    """A cluster that we started."""

    name: str
    plane: ControlPlane


def folder_of(name: str) -> Path:
    """Where a cluster of that name keeps its files."""
    return Path(tempfile.gettempdir()) / f"dagaudit-cluster-{os.getuid()}" / name


def kubeconfig_of(name: str, on: str = "here") -> Path:
    """Where the kubeconfig of a cluster is."""
    return (
        folder_of(f"kind-{name}") / "kubeconfig"
        if on == "kind"
        else folder_of(name) / "pki" / "admin.kubeconfig"
    )


def up(name: str, layer: Layer) -> Cluster:
    """Start a cluster, after sweeping what one of the same name left.

    Raises:
        NodeNeedsMore: the machine lacks what a node is made of.
        BuildFailed: a program could not be built.
        StartFailed: a program did not start; its log's tail is in the text.
    """
    if layer is Layer.NODE:
        node.check_needs()
    sweep()
    down(name)
    folder = folder_of(name)
    folder.mkdir(parents=True, mode=0o700)
    if layer is Layer.CONTROL_PLANE:
        plane = control_plane.start(folder)
        return Cluster(plane.kubeconfig, None, name, plane)
    number = _take_number(folder)
    sandbox.plug(number)
    plane = control_plane.start(folder, sandbox.HOST_ADDRESS.format(number=number))
    cluster = Cluster(plane.kubeconfig, node.start(plane, number), name, plane)
    _wait_until_ready(cluster)
    return cluster


def attach(name: str) -> Running:
    """A cluster that runs already, by its name.

    Raises:
        StartFailed: no node of that name runs.
    """
    folder = folder_of(name)
    kubeconfig = kubeconfig_of(name)
    processes = Processes(folder)
    if not kubeconfig.exists() or processes.process("kubelet") is None:
        raise StartFailed(f"no cluster {name} with a node runs; run: make cluster-up LAYER=node NAME={name}")
    opened = sandbox.reopen(processes, int((folder / "number").read_text()))
    return Running(kubeconfig, node.Node(f"node-{opened.number}", folder / "node", opened))


def sweep() -> None:
    """End the clusters of test sessions that are gone: their names end with the number of a dead process."""
    for folder in folder_of("any").parent.glob("*-*"):
        owner = folder.name.rpartition("-")[2]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            down(folder.name)


def down(name: str) -> None:
    """End a cluster and remove all that it left; a cluster that is not there is no error."""
    folder = folder_of(name)
    if not folder.exists():
        return
    Processes(folder).stop_all()
    number = folder / "number"
    if number.exists():
        sandbox.unplug(int(number.read_text()))
    shutil.rmtree(folder, ignore_errors=True)


def _take_number(folder: Path) -> int:
    taken = {int(path.read_text()) for path in folder.parent.glob("*/number")}
    number = next(number for number in range(MAX_CLUSTERS) if number not in taken)
    (folder / "number").write_text(str(number))
    return number


def _wait_until_ready(cluster: Cluster, seconds: float = 90) -> None:
    assert cluster.node is not None
    query = "jsonpath={.status.conditions[?(@.type=='Ready')].status}"
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if cluster.kubectl("get", "node", cluster.node.name, "-o", query) == "True":
                return
        except RuntimeError:
            if cluster.plane.processes.process("kubelet") is None:
                break
        time.sleep(0.2)
    raise StartFailed(f"the node is not Ready: {cluster.plane.processes.log_tail('kubelet')}")
