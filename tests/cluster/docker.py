"""Docker for building images: the daemon that is there, else one of our own with its layers in the cache."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.golang import cache_folder

BASE = "dagaudit/base:bookworm"
NOT_NEEDED = (
    "var/cache/apt/archives",
    "var/lib/apt/lists",
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
)
CA_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


class DockerMissing(RuntimeError):
    """No daemon answers and none can be started; the text names the remedy."""


@dataclass(frozen=True, slots=True)
class Docker:
    """A daemon that answers."""

    program: str
    host: str | None

    def run(self, *words: object, context: Path | None = None) -> str:
        """Run the client; its output.

        Raises:
            subprocess.CalledProcessError: it failed; stderr tells.
        """
        command = [
            self.program,
            *(["--host", self.host] if self.host else []),
            *(str(word) for word in words),
        ]
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd=context,
            env={**os.environ, "DOCKER_BUILDKIT": "1"},
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr[-3000:]}")
        return done.stdout.strip()

    def has(self, image: str) -> bool:
        """Whether an image is there."""
        return bool(self.run("images", "--quiet", image))

    def build(self, tag: str, context: Path, *options: object) -> None:
        """Build an image; packages come through the machine's own CA bundle, which reaches no layer."""
        secret = ["--secret", f"id=ca,src={CA_BUNDLE}"] if CA_BUNDLE.exists() else []
        self.run("build", "--quiet", "--network", "host", *secret, "--tag", tag, *options, context)


@contextmanager
def docker() -> Iterator[Docker]:
    """A daemon for as long as it is needed."""
    for program in ("/usr/bin/docker", shutil.which("docker")):
        if program and _answers(Docker(program, None)):
            yield Docker(program, None)
            return
    with _own_daemon() as own:
        yield own


def base_image(daemon: Docker) -> str:
    """What images are built on: $BASE where it is set, else a Debian with Python made without a registry."""
    wanted = os.environ.get("BASE")
    if wanted:
        return wanted
    if not daemon.has(BASE):
        if shutil.which("debootstrap") is None or os.geteuid() != 0:
            raise DockerMissing("no base image: set BASE=<a Python 3.11 image>, or run: make deps (as root)")
        with tempfile.TemporaryDirectory(prefix="dagaudit-base-") as folder:
            root = Path(folder) / "root"
            subprocess.run(
                [
                    "debootstrap",
                    "--variant=minbase",
                    "--include=python3,ca-certificates",
                    "bookworm",
                    str(root),
                ],
                check=True,
                capture_output=True,
            )
            for left in (
                "var/cache/apt/archives",
                "var/lib/apt/lists",
                "usr/share/doc",
                "usr/share/man",
                "usr/share/locale",
            ):
                shutil.rmtree(root / left, ignore_errors=True)
            (root / "var/cache/apt/archives/partial").mkdir(parents=True)
            (root / "var/lib/apt/lists/partial").mkdir(parents=True)
            packed = Path(folder) / "base.tar"
            subprocess.run(
                ["tar", "--create", "--file", str(packed), "--directory", str(root), "."], check=True
            )
            # The interpreter is python3 on Debian and python in the official images.
            daemon.run("import", "--change", "ENV PATH=/usr/local/bin:/usr/bin:/bin", packed, BASE)
    return BASE


def _answers(daemon: Docker) -> bool:
    try:
        daemon.run("info", "--format", "{{.ServerVersion}}")
    except (RuntimeError, OSError):
        return False
    return True


@contextmanager
def _own_daemon() -> Iterator[Docker]:
    if shutil.which("dockerd") is None or os.geteuid() != 0:
        raise DockerMissing(
            "no Docker daemon answers, and none can be started here; run: make deps (as root)"
        )
    data = cache_folder() / "docker"
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="dagaudit-docker-") as folder:
        run = Path(folder)
        daemon = Docker("/usr/bin/docker", f"unix://{run / 'docker.sock'}")
        log = (run / "log").open("wb")
        process = subprocess.Popen(
            [
                *("dockerd", "--data-root", str(data), "--exec-root", str(run / "exec")),
                *(
                    "--host",
                    str(daemon.host),
                    "--pidfile",
                    str(run / "pid"),
                    "--bridge",
                    "none",
                    "--iptables=false",
                ),
            ],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            deadline = time.monotonic() + 60
            while not _answers(daemon):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise DockerMissing(f"dockerd did not start: {(run / 'log').read_text()[-2000:]}")
                time.sleep(0.2)
            yield daemon
        finally:
            process.terminate()
            process.wait(timeout=30)
            log.close()
