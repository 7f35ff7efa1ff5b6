"""Where each region keeps its data."""

REGIONS = {
    "eu": {"bucket": "usage-eu", "timezone": "Europe/Berlin"},
    "us": {"bucket": "usage-us", "timezone": "America/New_York"},
    "apac": {"timezone": "Asia/Singapore"},
}


def bucket_for(region: str) -> str:
    return REGIONS[region]["bucket"]
