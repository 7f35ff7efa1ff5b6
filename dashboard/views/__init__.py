"""From report models to what a page shows: pure functions, frozen values, no Streamlit."""
