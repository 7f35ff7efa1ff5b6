"""The pieces of a page: besides the pages, the only users of Streamlit."""
