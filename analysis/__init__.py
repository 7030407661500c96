"""Tables and figures from verdicts: Polars over a run's folder. The door is `python -m analysis RUN`."""
