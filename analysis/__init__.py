"""Tables and figures from verdicts: Polars over a run folder."""
