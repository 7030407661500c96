"""The analysis tables beyond the leaderboard, as Polars schemas: intervals, comparisons, agreement, behaviour, costs.

Every table that can lack a figure has a `reason`: why the row's figures, or some of them, are null.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

_TEXT, _COUNT, _NUMBER, _FLAG = pl.String(), pl.Int64(), pl.Float64(), pl.Boolean()


def _columns(dtype: pl.DataType, *names: str) -> dict[str, pl.DataType]:
    return dict.fromkeys(names, dtype)


def _with_bounds(*names: str) -> dict[str, pl.DataType]:
    return {name + suffix: _NUMBER for name in names for suffix in ("", "_low", "_high")}


INTERVALS: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge", "model", "rate", "unit"),
        **_columns(_COUNT, "num_clusters", "num_trials", "num_right", "num_unscored"),
        **_columns(_NUMBER, "estimate", "low", "high", "design_effect", "bootstrap_low", "bootstrap_high"),
        **_columns(_NUMBER, "worst", "best"),
        "reason": _TEXT,
    }
)
"""Every leaderboard rate by every unit that may bind pairs; `worst`, `best`: the unscored all wrong, all right."""

RANKS: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge", "model"),
        **_columns(_COUNT, "rank", "rank_low", "rank_high", "rank_best", "rank_worst"),
        **_columns(_NUMBER, "overall_accuracy", "share_first"),
        "reason": _TEXT,
    }
)

COMPARISONS: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge", "model_a", "model_b", "scope_kind", "scope", "unit"),
        **_columns(_COUNT, "num_pairs", "num_clusters", "num_only_a", "num_only_b"),
        **_with_bounds("difference"),
        **_columns(_NUMBER, "design_effect", "p_mcnemar", "p_value", "p_holm"),
        "is_significant": _FLAG,
        "reason": _TEXT,
    }
)

DETECTABLE: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge", "scope_kind", "scope"),
        **_columns(_COUNT, "num_pairs", "num_comparisons"),
        **_columns(_NUMBER, "discordance", "design_effect", "detectable", "detectable_corrected"),
        "reason": _TEXT,
    }
)

RANK_FLIPS: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge_a", "judge_b", "model_a", "model_b"),
        "num_pairs": _COUNT,
        **_columns(_NUMBER, "difference_a", "difference_b", "p_value_a", "p_value_b", "p_holm_a", "p_holm_b"),
        "is_backed": _FLAG,
    }
)

AGREEMENT_BY_SCOPE: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge_a", "judge_b", "scope_kind", "scope"),
        "num_cells": _COUNT,
        **_with_bounds("raw_agreement"),
        **_columns(_NUMBER, "cohen_kappa", "krippendorff_alpha"),
        "reason": _TEXT,
    }
)

AGREEMENT_BY_PAIR: Final = pl.Schema(
    {
        **_columns(_TEXT, "pair_id", "tier"),
        **_columns(_COUNT, "num_models", "num_verdicts", "num_right"),
        **_columns(_NUMBER, "raw_agreement", "krippendorff_alpha"),
    }
)

RECALL_BY_DOMAIN: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge", "model", "operator", "tier", "domain"),
        **_columns(_COUNT, "num_pairs", "num_judged", "num_correct"),
        **_with_bounds("recall"),
    }
)

FAMILIES: Final = pl.Schema(
    {**_columns(_TEXT, "judge", "family", "rate"), "num_models": _COUNT, **_with_bounds("average"), "reason": _TEXT}
)

MAGNITUDE: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge", "model", "operator", "measure"),
        "num_pairs": _COUNT,
        **_with_bounds("correlation"),
        "reason": _TEXT,
    }
)

MAGNITUDE_CURVE: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge", "model", "measure"),
        "bin": _COUNT,
        **_columns(_NUMBER, "measure_from", "measure_to"),
        **_columns(_COUNT, "num_pairs", "num_judged"),
        **_columns(_NUMBER, "num_correct"),
        **_with_bounds("recall"),
    }
)

NAMEABILITY: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge", "model", "operator"),
        **_columns(_COUNT, "num_pairs", "num_named", "num_misnamed", "num_missed", "num_unscored"),
        **_with_bounds("found", "named_when_found"),
        "reason": _TEXT,
    }
)

CLAIMS: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge", "model"),
        **_columns(_COUNT, "num_scored", "num_claims", "num_invented"),
        **_columns(_NUMBER, "claims_per_answer", "inventions_per_answer"),
        **_with_bounds("invention_rate", "partial_rate", "abstention_rate", "no_answer_rate", "precision", "f1"),
        "reason": _TEXT,
    }
)

FALSE_ALARMS: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge", "model", "kind"),
        **_columns(_COUNT, "num_pairs", "num_judged", "num_alarms"),
        **_with_bounds("alarms_per_1000", "recall"),
        "reason": _TEXT,
    }
)
"""Claims about benign controls, by what differs in them, beside recall on changed pairs; empty without controls."""

_LATENCIES: Final = tuple(f"latency_{name}_s" for name in ("mean", "p50", "p90", "p95", "p99", "max", "cold", "cached"))
_TOKENS: Final = ("prompt_tokens", "image_tokens", "completion_tokens")

COSTS: Final = pl.Schema(
    {
        **_columns(_TEXT, "kind", "name"),
        **_columns(_COUNT, "num_rows", "num_calls", "num_reused", "num_attempts", "num_timed"),
        **_columns(_NUMBER, *_LATENCIES),
        **_columns(_COUNT, *_TOKENS),
        **_columns(_NUMBER, "tokens_per_call", "cost_usd", "cost_per_call_usd", "cost_without_reuse_usd"),
        "reason": _TEXT,
    }
)

COST_PER_CORRECT: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge", "model"),
        "num_correct": _COUNT,
        **_columns(_NUMBER, "cost_usd", "cost_per_correct_usd"),
        **_columns(_NUMBER, "cost_without_reuse_usd", "cost_per_correct_without_reuse_usd", "overall_accuracy"),
        "reason": _TEXT,
    }
)

JUDGE_PROBES: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge", "probe", "pair_kind", "scope_kind", "scope", "expected"),
        **_columns(_COUNT, "num_answers", "num_unscored", "num_as_expected", "num_accepted", "num_noticed"),
        **_with_bounds("as_expected", "accepted", "noticed"),
        "reason": _TEXT,
    }
)
"""What each judge makes of each probe, on changed pairs and on unchanged ones, in all and by operator."""

JUDGE_ACCURACY: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge", "source", "pair_kind", "scope_kind", "scope"),
        **_columns(_COUNT, "num_right", "num_wrong", "num_unscored"),
        **_with_bounds("accuracy", "sensitivity", "specificity", "leniency", "youden"),
        "reason": _TEXT,
    }
)
"""How far each judge can be believed, by the run's probes and by the hand-written answers."""

CORRECTED: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge", "model", "role", "rate", "source", "parts"),
        **_columns(_COUNT, "num_pairs", "num_right_answers", "num_wrong_answers", "rank_raw", "rank_corrected"),
        "youden": _NUMBER,
        **_with_bounds("raw", "corrected"),
        "reason": _TEXT,
    }
)

CORRECTED_RANKINGS: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge", "rate", "source"),
        **_columns(_COUNT, "num_models", "num_flips", "num_clear_flips"),
        "kendall_tau": _NUMBER,
        "reason": _TEXT,
    }
)

CORRECTED_FLIPS: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge", "rate", "model_a", "model_b"),
        **_columns(_NUMBER, "raw_difference", "corrected_difference"),
        "is_clear": _FLAG,
    }
)

SELF_FAVOURING: Final = pl.Schema(
    {
        **_columns(_TEXT, "judge", "model", "other_judge", "unit"),
        **_columns(_COUNT, "num_pairs", "num_clusters", "num_only_own", "num_only_other", "num_other_models"),
        **_with_bounds("difference"),
        "p_value": _NUMBER,
        "num_as_favoured": _COUNT,
        **_with_bounds("favour"),
        **_columns(_NUMBER, "p_favour", "p_holm"),
        "is_significant": _FLAG,
        "reason": _TEXT,
    }
)
"""Whether a judge whose weights also answer is kinder to itself than another judge is."""

PAIR_MEASURES: Final = pl.Schema({"pair_id": _TEXT, "measure": _TEXT, "value": _NUMBER})
"""How large each change is, by measures that need the images; made once, read by `magnitude`."""

STATISTICS: Final[Mapping[str, pl.Schema]] = {
    "intervals": INTERVALS,
    "ranks": RANKS,
    "comparisons": COMPARISONS,
    "detectable": DETECTABLE,
    "rank_flips": RANK_FLIPS,
    "agreement_by_scope": AGREEMENT_BY_SCOPE,
    "agreement_by_pair": AGREEMENT_BY_PAIR,
    "recall_by_domain": RECALL_BY_DOMAIN,
    "families": FAMILIES,
    "magnitude": MAGNITUDE,
    "magnitude_curve": MAGNITUDE_CURVE,
    "nameability": NAMEABILITY,
    "claims": CLAIMS,
    "false_alarms": FALSE_ALARMS,
    "costs": COSTS,
    "cost_per_correct": COST_PER_CORRECT,
    "judge_probes": JUDGE_PROBES,
    "judge_accuracy": JUDGE_ACCURACY,
    "corrected": CORRECTED,
    "corrected_rankings": CORRECTED_RANKINGS,
    "corrected_flips": CORRECTED_FLIPS,
    "self_favouring": SELF_FAVOURING,
}
"""Table name to schema: what `python -m analysis RUN` writes beside leaderboard, recall and judge agreement."""
