"""From one major version of Airflow to the next: what must change, where, and in which order."""
