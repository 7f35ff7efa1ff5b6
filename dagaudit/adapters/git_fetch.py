"""Fetches one commit of a repository into a folder of its own; nothing of it is checked out or run.

No configuration of the machine or the user counts, no hooks, no submodules, no prompts. A token goes to git
by its environment, and from there to that one host alone: it stands in no argument and no file.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dagaudit.errors import AccessRefused, SourceMissing, SourceUnreadable

MAX_PACK_BYTES = 1024 * 1024 * 1024
FETCH_SECONDS = 300
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# What leads to the network from here; all else of the environment is left behind.
_KEPT = (
    "PATH", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "SSL_CERT_FILE",
    "SSL_CERT_DIR", "GIT_SSL_CAINFO", "SSH_AUTH_SOCK", "GIT_SSH_COMMAND",
)  # fmt: skip
_HELPER = '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$GIT_USERNAME" "$GIT_TOKEN"; }; f'


@dataclass(frozen=True, slots=True)
class Repository:
    """Where a repository is, and how to get in."""

    url: str
    """https://host/path or ssh://git@host/path, without credentials."""
    ref: str
    """A branch, a tag or a whole commit id; HEAD is the default branch."""
    token: str | None = field(default=None, repr=False)
    username: str = "x-access-token"
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    protocols: tuple[str, ...] = ("https", "ssh")


class Fetched:
    """A bare repository with one commit in it, in a temporary folder that goes with this object."""

    def __init__(self, repository: Repository) -> None:
        """Fetch.

        Raises:
            SourceMissing: no such repository, branch, tag or commit.
            AccessRefused: the credentials are missing or wrong.
            SourceUnreadable: git is missing, the host does not answer, the repository is too large.
        """
        self._repository = repository
        self.folder = Path(tempfile.mkdtemp(prefix="dagaudit-git-"))
        self.remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.run("init", "--quiet", "--bare", "--template=", str(self.folder))
        wanted = repository.ref if COMMIT.fullmatch(repository.ref) else _refspec(repository.ref)
        self._fetch(wanted)
        self.commit = self.run("rev-parse", "--verify", "FETCH_HEAD^{commit}").decode().strip()

    def _fetch(self, wanted: str) -> None:
        options = ("--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance")
        done = self._git(("fetch", *options, "--", self._repository.url, wanted), FETCH_SECONDS)
        if done.returncode:
            raise self._error(done.stderr.decode("utf-8", "replace"))

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """What git answers about the commit, without the network.

        Raises:
            SourceUnreadable: it answers with an error.
        """
        done = self._git(arguments, FETCH_SECONDS, given)
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()
            raise SourceUnreadable(f"git cannot read {self._repository.url}: {said}")
        return done.stdout

    def _git(
        self, arguments: tuple[str, ...], seconds: float, given: bytes = b""
    ) -> "subprocess.CompletedProcess[bytes]":
        # The limit holds for every file that git writes: a pack that grows beyond it ends the fetch.
        blocks = MAX_PACK_BYTES // 512
        command = [
            "sh",
            "-c",
            f'ulimit -f {blocks}; exec git "$@"',
            "git",
            "-C",
            str(self.folder),
            *arguments,
        ]
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment(),
                start_new_session=True,
            )
        except OSError as error:
            raise SourceUnreadable(f"git cannot be started: {error.strerror}; install it") from error
        try:
            out, err = process.communicate(given, timeout=seconds)
        except subprocess.TimeoutExpired as error:
            # Its helper for https would live on and hold the pipes.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise SourceUnreadable(
                f"{self._repository.url} did not come within {seconds:.0f} s; try again later"
            ) from error
        if process.returncode == 127:
            raise SourceUnreadable("git is not installed; install it, or audit a folder that holds the DAGs")
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def _environment(self) -> dict[str, str]:
        repository = self._repository
        kept = {name: value for name, value in repository.environment.items() if name in _KEPT}
        settings = {
            "core.hooksPath": os.devnull,
            "credential.helper": "",
            "fetch.unpackLimit": "1",
            "gc.auto": "0",
            "http.lowSpeedLimit": "1000",
            "http.lowSpeedTime": "30",
            "protocol.version": "2",
        }
        if repository.token:
            settings[f"credential.{_origin(repository.url)}.helper"] = _HELPER
            kept |= {"GIT_TOKEN": repository.token, "GIT_USERNAME": repository.username}
        pairs = enumerate(settings.items())
        for number, (key, value) in pairs:
            kept |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return kept | {
            "PATH": kept.get("PATH") or os.defpath,
            "HOME": str(self.folder),
            "LC_ALL": "C",
            "GIT_ALLOW_PROTOCOL": ":".join(repository.protocols),
            "GIT_CONFIG_COUNT": str(len(settings)),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_SSH_COMMAND": kept.get("GIT_SSH_COMMAND", "ssh -o BatchMode=yes"),
            "GIT_TERMINAL_PROMPT": "0",
        }

    def _error(self, said: str) -> SourceUnreadable:
        """What git says, as an error that names the remedy."""
        url, ref, low = self._repository.url, self._repository.ref, said.lower()
        if "couldn't find remote ref" in low or "not our ref" in low or "unadvertised object" in low:
            return SourceMissing(
                f"{url} has no branch, tag or commit {ref}, or does not hand that commit out; "
                "name a branch or a tag, or give all 40 digits of a commit"
            )
        if any(word in low for word in _REFUSED):
            return AccessRefused(f"{url} refuses access; give a token that may read it in GIT_TOKEN")
        if "not found" in low or "does not appear to be a git repository" in low:
            return SourceMissing(
                f"{url} is no repository, or one that must not be seen without a token in GIT_TOKEN"
            )
        if "file size limit" in low or "index-pack" in low or "file too large" in low:
            mib = MAX_PACK_BYTES // 2**20
            return SourceUnreadable(f"{url} did not come whole, or is larger than {mib} MiB: {_short(said)}")
        return SourceUnreadable(f"{url} cannot be fetched: {_short(said)}; check the address and the network")


_REFUSED = (
    "authentication failed", "could not read username", "could not read password", "permission denied",
    "error: 401", "error: 403",
)  # fmt: skip


def _refspec(ref: str) -> str:
    """The ref, unless git would read it as something else."""
    if ref.startswith(("-", "+", ":", "^")) or ":" in ref or not ref.strip():
        raise SourceMissing(f"{ref!r} is no name of a branch or a tag")
    return ref


def _origin(url: str) -> str:
    return "/".join(url.split("/")[:3])


def _short(said: str) -> str:
    return " ".join(said.split())[:300]
