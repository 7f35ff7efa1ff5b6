"""What every test may rely on."""

import os

# A colour or a width of the developer's terminal must not change what a test sees.
os.environ.update({"NO_COLOR": "1", "COLUMNS": "120", "TZ": "UTC"})
