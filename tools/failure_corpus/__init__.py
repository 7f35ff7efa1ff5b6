"""A labelled corpus of failures: fault DAGs, run by a real Airflow against services that really fail."""
