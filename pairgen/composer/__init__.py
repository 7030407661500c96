"""Writes self-contained, realistic pages from a seed."""
