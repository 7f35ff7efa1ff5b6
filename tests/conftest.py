"""What every test may rely on."""

import os

from hypothesis import HealthCheck, settings

# A colour or a width of the developer's terminal must not change what a test sees.
os.environ.update({"NO_COLOR": "1", "COLUMNS": "120", "TZ": "UTC"})

# How fast examples are made depends on the machine; no test may.
settings.register_profile("dagaudit", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dagaudit")
