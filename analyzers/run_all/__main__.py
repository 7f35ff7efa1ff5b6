"""`python -m analyzers.run_all`: all analyzers and the report; with arguments, `dagaudit audit`."""

import sys

from analyzers.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
