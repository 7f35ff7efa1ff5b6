"""`python -m analyzers.report_merger`: this step of an audit; with arguments, its command."""

import sys

from analyzers.__main__ import main

if __name__ == "__main__":
    sys.exit(main("merge"))
