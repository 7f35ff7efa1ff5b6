"""A report's files, each made only when it is written: a large fleet's are too many to be held together."""

from collections.abc import Callable, Iterator, Mapping

PAGE = "report.html"
SARIF = "report.sarif"
Content = bytes | Callable[[], bytes]


class ReportFiles(Mapping[str, bytes]):
    """Files by key below the report's folder, in the order to write them."""

    def __init__(self, contents: Mapping[str, Content]) -> None:
        self._contents = contents

    def __getitem__(self, key: str) -> bytes:
        content = self._contents[key]
        return content if isinstance(content, bytes) else content()

    def __iter__(self) -> Iterator[str]:
        return iter(self._contents)

    def __len__(self) -> int:
        return len(self._contents)
