"""Reads and writes the records: datasets, the store, a run folder."""
