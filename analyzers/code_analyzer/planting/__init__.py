"""Plants defects into clean DAG files, to measure which of them the rules find and what they find besides."""
