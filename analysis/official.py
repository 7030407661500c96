"""The official badge: what a leaderboard must hold to be comparable with the benchmark's, line by line."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import polars as pl

from analysis.tally import Analysis
from records.prompts import OFFICIAL_VERSIONS
from schemas.vocabulary import CHANGED_TIERS, OPERATORS

MET, FAILED, UNKNOWN = "met", "failed", "unknown"
REVISION: Final = "c6dd79d5e1c0cbb4e7ca234c9f53c418a75e30ce"
"""The dataset's commit that the benchmark's figures are taken to rest on."""
NUM_CHANGED: Final = 3_900
NUM_UNCHANGED: Final = 500
_NUM_IN_CELL: Final = 100
_JUDGE_MODEL: Final = "gpt-oss-120b"
_MIN_BUDGET: Final = 16_384
_MIN_THINKING_BUDGET: Final = 32_768
_RESIZING: Final = ("max_pixels", "mm_processor_args", "processor_args", "scale")


class Condition(NamedTuple):
    """Hold one line of the badge."""

    name: str
    state: str
    """`met`, `failed` or `unknown`; only `met` counts."""
    says: str


class Badge(NamedTuple):
    """Hold a judge's badge."""

    judge: str
    conditions: Sequence[Condition]

    @property
    def is_official(self) -> bool:
        """Tell whether every condition is met."""
        return all(one.state == MET for one in self.conditions)

    @property
    def open(self) -> list[Condition]:
        """Return the conditions that are not met."""
        return [one for one in self.conditions if one.state != MET]


def badges(analysis: Analysis) -> list[Badge]:
    """Return the badge of each judge that has verdicts."""
    return [_badge(analysis, judge) for judge in analysis.leaderboard["judge"].unique(maintain_order=True)]


def claims_to_be_official(analysis: Analysis) -> bool:
    """Tell whether a reader might take the run for the benchmark's: by its dataset, or by a judge's prompt."""
    is_benchmark = _at(analysis.facts.config, "dataset", "kind") == "hub"
    return is_benchmark or any(
        kind == "llm" and judge not in analysis.facts.notes for judge, kind in analysis.facts.judge_kinds.items()
    )


def _badge(analysis: Analysis, judge: str) -> Badge:
    config = analysis.facts.config
    board = analysis.leaderboard.filter((pl.col("judge") == judge) & (pl.col("role") == "model"))
    rows = {name: row for name, row in _rows(config, "models") if name in set(board["model"])}
    judging = dict(_rows(config, "judges")).get(judge, {})
    return Badge(
        judge,
        [
            _revision(config), _pairs(analysis), _asked(config, rows),
            _prompt(config, "judge", "v2.0", "judge's prompt"), _judge(judging), _temperature(rows, judging),
            _budget(rows, judging), _images(rows), _unscored(board),
        ],
    )  # fmt: skip


def _revision(config: Mapping[str, Any]) -> Condition:
    name, dataset = "dataset revision", config.get("dataset") or {}
    if dataset.get("kind") != "hub":
        return Condition(name, FAILED, f"the dataset is {dataset.get('name') or 'not named'}, not DiffSpot")
    if dataset.get("path"):
        return Condition(name, UNKNOWN, "read from dataset.path: a file doesn't tell its revision")
    if dataset.get("revision") != REVISION:
        return Condition(name, FAILED, f"revision {dataset.get('revision')}, not {REVISION[:8]}")
    return Condition(name, MET, f"tencent/DiffSpot at {REVISION[:8]}")


def _pairs(analysis: Analysis) -> Condition:
    cells = analysis.recall_by_operator.filter(pl.col("tier").is_in(CHANGED_TIERS))
    sizes = cells.select("operator", "tier", "num_pairs").unique()
    is_balanced = len(sizes) == len(OPERATORS) * len(CHANGED_TIERS) and (sizes["num_pairs"] == _NUM_IN_CELL).all()
    counts = (analysis.num_changed, analysis.num_unchanged)
    is_whole = counts == (NUM_CHANGED, NUM_UNCHANGED) and is_balanced
    said = f"{counts[0]:,} changed and {counts[1]:,} unchanged pairs"
    return Condition("4,400 pairs", MET if is_whole else FAILED, said if is_whole else f"{said}, not 39 x 100 and 500")


def _prompt(config: Mapping[str, Any], kind: str, version: str, name: str) -> Condition:
    read = _at(config, "prompts_read", kind)
    sha256 = read.get("sha256") if isinstance(read, Mapping) else None
    is_met = OFFICIAL_VERSIONS.get(str(sha256)) == version
    if is_met:
        return Condition(name, MET, f"{version}, by SHA-256 {str(sha256)[:8]}")
    said = "the dataset's own column" if read == "user_query" else f"SHA-256 {str(sha256)[:8]}"
    return Condition(name, FAILED, f"{said}, not {version}" if read else f"not recorded, not {version}")


def _asked(config: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]) -> Condition:
    found, strange = _prompt(config, "vlm", "v1.0", "question"), _unrecorded(rows)
    if found.state == MET and strange:
        return Condition(found.name, UNKNOWN, f"answered elsewhere: {', '.join(strange)}")
    return found


def _unrecorded(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the models that this run didn't ask itself, such as imported ones: how they were asked isn't known."""
    return [name for name, row in rows.items() if _at(row, "adapter", "kind") != "vlm_chat"]


def _judge(judging: Mapping[str, Any]) -> Condition:
    settings, engine = judging.get("judge") or {}, judging.get("engine") or {}
    effort = _at(settings, "sampling", "reasoning_effort") if "sampling" in settings else "high"
    found = []
    if settings.get("kind") != "llm":
        found.append(f"{settings.get('kind') or 'unknown'}, no language model")
    elif str(engine.get("model", "")).rsplit("/", 1)[-1] != _JUDGE_MODEL:
        found.append(f"{engine.get('model')}, not {_JUDGE_MODEL}")
    if settings.get("kind") == "llm" and effort != "high":
        found.append(f"effort {effort}")
    if settings.get("constrained"):
        found.append("decoding is constrained")
    return Condition("judge", FAILED if found else MET, "; ".join(found) or f"{_JUDGE_MODEL}, effort high")


def _temperature(rows: Mapping[str, Mapping[str, Any]], judging: Mapping[str, Any]) -> Condition:
    warm = [name for name, row in rows.items() if not _is_cold(row, "adapter")]
    warm += ["the judge"] if not _is_cold(judging, "judge") else []
    return _of_rows("temperature 0", rows, warm, "on both sides")


def _is_cold(row: Mapping[str, Any], part: str) -> bool:
    is_sent = "temperature" not in (_at(row, "engine", "omit_fields") or ())
    return is_sent and (_at(row, part, "sampling") or {}).get("temperature", 0.0) == 0


def _budget(rows: Mapping[str, Mapping[str, Any]], judging: Mapping[str, Any]) -> Condition:
    short = [name for name, row in rows.items() if _tokens(row, "adapter") < _least(name, row)]
    short += ["the judge"] if _tokens(judging, "judge") < _MIN_BUDGET else []
    return _of_rows("output budget", rows, short, f"{_MIN_BUDGET:,} tokens, {_MIN_THINKING_BUDGET:,} where one thinks")


def _tokens(row: Mapping[str, Any], part: str) -> int:
    return int((_at(row, part, "sampling") or {}).get("max_output_tokens", _MIN_BUDGET))


def _least(name: str, row: Mapping[str, Any]) -> int:
    is_thinking = "thinking" in name.lower() or bool(_at(row, "adapter", "prompt_opens_thought"))
    return _MIN_THINKING_BUDGET if is_thinking else _MIN_BUDGET


def _images(rows: Mapping[str, Mapping[str, Any]]) -> Condition:
    parts = {name: [row.get("adapter") or {}, row.get("engine") or {}] for name, row in rows.items()}
    resized = [name for name, both in parts.items() if any(part.get(key) for part in both for key in _RESIZING)]
    return _of_rows("images at their stored size", rows, resized, "sent byte for byte")


def _of_rows(name: str, rows: Mapping[str, Any], wrong: Sequence[str], right: str) -> Condition:
    if wrong:
        return Condition(name, FAILED, f"not so: {', '.join(wrong)}")
    strange = _unrecorded(rows)
    if strange or not rows:
        said = f"answered elsewhere: {', '.join(strange)}" if rows else "no model's settings are recorded"
        return Condition(name, UNKNOWN, said)
    return Condition(name, MET, right)


def _unscored(board: pl.DataFrame) -> Condition:
    if board.is_empty():
        return Condition("nothing unscored", FAILED, "no model has verdicts: baselines and probes are not models")
    num_unscored = int(board["num_unscored"].sum())
    said = f"{num_unscored:,} of {int(board['num_pairs'].sum()):,} cells are unscored"
    return Condition("nothing unscored", FAILED if num_unscored else MET, said if num_unscored else "every cell scored")


def _rows(config: Mapping[str, Any], group: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    held = config.get(group) or {}
    for row in held.values() if isinstance(held, Mapping) else held:
        if isinstance(row, Mapping):
            yield str(row.get("name")), row


def _at(value: object, *path: str) -> Any:  # noqa: ANN401 (a config's value)
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
