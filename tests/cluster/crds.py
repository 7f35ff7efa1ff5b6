"""`python -m tests.cluster.crds`: the CRDs into the cluster that KUBECONFIG names."""

import os
import subprocess
import sys

import yaml

from controller.crd import definitions
from tests.cluster import programs


def main() -> int:
    """Apply them and wait until they are served."""
    if not os.environ.get("KUBECONFIG"):
        sys.stderr.write("error: KUBECONFIG is not set; make cluster-up prints it\n")
        return 1
    kubectl = str(programs.build(programs.CONTROL_PLANE) / "kubectl")
    made = definitions()
    names = [f"crd/{one['metadata']['name']}" for one in made]
    apply = [kubectl, "apply", "--server-side", "--force-conflicts", "-f", "-"]
    subprocess.run(apply, input=yaml.safe_dump_all(made), text=True, check=True)
    return subprocess.run(
        [kubectl, "wait", "--for=condition=Established", *names, "--timeout=30s"], check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
