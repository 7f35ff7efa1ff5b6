"""Runs fixes as the command does, without a disk."""

from dataclasses import replace
from datetime import date

from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.fixes.mend import Mended, mend
from analyzers.code_analyzer.options import CodeOptions
from tests.fakes import MemorySource

STRICT = CodeOptions(profile="strict", today=date(2026, 11, 21))


def mended(files, options=STRICT, *, unsafe=False, refuse=lambda bundle, path: None) -> Mended:
    """What the fixes make of the files of one bundle; a single file is read whatever it holds."""
    source = MemorySource(files, address=f"memory://{next(iter(files))}" if len(files) == 1 else "memory://")

    def told(sources, scope):
        return analyze(list(sources.values()), replace(options, scope=scope)).findings

    return mend([source], told, options, refuse, unsafe=unsafe)


def after(text, options=STRICT, *, unsafe=False):
    """The text of one file after its fixes."""
    data = text if isinstance(text, bytes) else text.encode()
    made = mended({"a.py": data}, options, unsafe=unsafe).files[0].get("a.py", data)
    return made if isinstance(text, bytes) else made.decode()
