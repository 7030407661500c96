"""What a sweep is, as dataclasses: read once at the door, then passed on piece by piece."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from orchestrator.door import CONF_DIR, PROJECT_ROOT, Composed, options
from orchestrator.rows import JudgeRow, ModelRow, read_judge_row, read_model_row
from records.prompts import read_official_prompt, read_prompt
from schemas.errors import ConfigError
from schemas.protocols import Prompt
from schemas.registry import nearest, parse_config


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetConfig:
    """Say which pairs are asked about."""

    kind: Literal["embedded", "parquet", "hub"]
    """`embedded`: shipped here; `parquet`: a file or folder; `hub`: fetched once, or a local copy at `path`."""
    name: str
    """What tables and console call it."""
    path: str | None = None
    """The file or folder; relative to the working directory."""
    repo: str | None = None
    """Hub repository, for `hub`."""
    revision: str | None = None
    """Hub commit, for `hub`."""

    def __post_init__(self) -> None:
        if self.kind == "embedded" and self.path is not None:
            raise ConfigError(f"dataset.path={self.path} belongs to another dataset: add dataset=parquet")

    def local_path(self) -> Path:
        """Return where the parquet is, fetching it from the hub where the config says so."""
        if self.kind == "embedded":
            return PROJECT_ROOT / "data" / "embedded" / "pairs.parquet"
        if self.path is not None:
            return Path(self.path)
        return self._fetch()

    def _fetch(self) -> Path:
        try:
            from huggingface_hub import snapshot_download
        except ImportError as error:
            raise ConfigError(
                "dataset=diffspot: give dataset.path=FILE, or install huggingface_hub to fetch it"
            ) from error
        try:
            folder = snapshot_download(
                str(self.repo), repo_type="dataset", revision=self.revision, allow_patterns="*.parquet"
            )
        except Exception as error:
            raise ConfigError(
                f"dataset=diffspot: {self.repo} could not be fetched ({type(error).__name__}); "
                "download its parquet elsewhere and give dataset.path=FILE"
            ) from error
        return Path(folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptsConfig:
    """Say what models and LLM judges are asked with."""

    vlm: str = "own"
    """`own`, `official`, `user_query` (each pair's own column), or a file's path."""
    judge: str = "own"
    """`own`, `official`, or a file's path."""
    folder: str | None = None
    """Folder that holds the official `vlm_diff.txt` and `judge.txt`."""

    def read_vlm(self) -> Prompt | None:
        """Return the models' prompt; None where every pair brings its own."""
        return None if self.vlm == "user_query" else self._read(self.vlm, own="vlm.txt", official="vlm_diff.txt")

    def read_judge(self) -> Prompt:
        """Return the LLM judges' prompt."""
        return self._read(self.judge, own="judge.txt", official="judge.txt")

    def _read(self, source: str, *, own: str, official: str) -> Prompt:
        if source == "own":
            return read_prompt(CONF_DIR / "prompts" / own)
        if source == "official":
            if self.folder is None:
                raise ConfigError("official prompts are read from a folder of yours: add prompts.folder=PATH")
            return read_official_prompt(Path(self.folder) / official)
        return read_prompt(Path(source))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterConfig:
    """Say where the work runs. Never part of what a run is."""

    kind: Literal["inline", "local", "ray"]
    """`inline`: this process; `local`: Ray on this machine; `ray`: a cluster that is up."""
    num_cpus: int | None = None
    """CPUs to use; None: all."""
    num_gpus: int | None = None
    """GPUs of this machine to use; None: those that nobody uses, as its driver says."""
    gpu_memory_gb: float | None = None
    """Memory of each GPU, gigabytes; None: what the driver says."""
    address: str | None = None
    """The cluster's address, for `ray`."""
    metrics_port: int | None = None
    """Port at which Ray serves Prometheus metrics, for `local`; None: nowhere. A running cluster has its own."""

    @property
    def has_metrics(self) -> bool:
        """Tell whether Ray may serve metrics."""
        return self.kind == "ray" or self.metrics_port is not None

    def __post_init__(self) -> None:
        if (self.num_gpus or 0) < 0 or (self.gpu_memory_gb is not None and not self.gpu_memory_gb > 0):
            raise ConfigError("cluster: num_gpus must be 0 or more, gpu_memory_gb more than 0")
        if self.kind == "ray" and self.num_gpus is not None:
            raise ConfigError("cluster.num_gpus is for this machine; a Ray cluster knows its own")
        if self.metrics_port is not None and self.kind != "local":
            raise ConfigError("cluster.metrics_port is for cluster=local; `ray start` takes --metrics-export-port")
        if self.metrics_port is not None and not 0 < self.metrics_port < 1 << 16:
            raise ConfigError(f"cluster.metrics_port={self.metrics_port}: a port is 1 to 65535")


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryConfig:
    """Say which rows are tried before they are asked."""

    is_on: bool = True
    """Whether any is."""
    min_calls: int = 20
    """Fewest calls to do for which a row is tried first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepConfig:
    """One sweep, whole."""

    name: str
    dataset: DatasetConfig
    prompts: PromptsConfig
    cluster: ClusterConfig
    limit: int | None
    replay: float
    """Share of the pairs that are asked about and judged again, percent."""
    seed: int
    on_unavailable: Literal["skip", "fail"]
    allow_paid: bool
    max_cost_usd: float | None
    """What this command's calls may cost before it stops, US dollars. Never part of what a run is."""
    details: Literal["none", "preflight"]
    canary: CanaryConfig
    """Which rows are tried with known images before they are asked. Never part of what a run is."""
    runs: Path
    models: tuple[ModelRow, ...]
    judges: tuple[JudgeRow, ...]
    judge_prompt: Prompt
    vlm_prompt: Prompt | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settings:
    """The settings that are not sections of their own."""

    limit: int | None = None
    replay: float = 0
    seed: int = 0
    on_unavailable: Literal["skip", "fail"] = "skip"
    allow_paid: bool = False
    max_cost_usd: float | None = None
    canary: bool = True
    canary_min_calls: int = 20
    details: Literal["none", "preflight"] = "none"
    runs: str = "runs"

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise ConfigError(f"seed={self.seed}: take 0 or more")
        if self.limit is not None and self.limit < 1:
            raise ConfigError(f"limit={self.limit}: ask about at least one pair, or leave it out for all")
        if not 0 <= self.replay <= 100:
            raise ConfigError(f"replay={self.replay:g}: a share of the pairs in percent, 0 to 100")
        if self.max_cost_usd is not None and not self.max_cost_usd > 0:
            raise ConfigError(
                f"max_cost_usd={self.max_cost_usd:g}: must be more than 0; allow_paid=false spends nothing"
            )


_SECTIONS = ("dataset", "prompts", "cluster", "models", "judges")


def read_sweep(composed: Composed, overrides: Sequence[str]) -> SweepConfig:
    """Check everything that was composed; ConfigError names the first thing wrong and the remedy."""
    values = composed.values
    settings = parse_config(
        _Settings, {key: value for key, value in values.items() if key not in _SECTIONS}, where="config"
    )
    prompts = parse_config(PromptsConfig, values["prompts"], where="prompts")
    vlm_prompt, judge_prompt = prompts.read_vlm(), prompts.read_judge()
    models = tuple(
        read_model_row(key, row, vlm_prompt, is_by_hand=_is_by_hand("models", key, overrides))
        for key, row in _rows(values, "models")
    )
    judges = tuple(
        read_judge_row(key, row, judge_prompt, is_by_hand=_is_by_hand("judges", key, overrides))
        for key, row in _rows(values, "judges")
    )
    for group, names in (("models", [row.name for row in models]), ("judges", [row.name for row in judges])):
        _check_names(group, names)
    return SweepConfig(
        name=composed.choices.get("sweep", "sweep"),
        dataset=parse_config(DatasetConfig, values["dataset"], where="dataset"),
        prompts=prompts,
        cluster=_read_cluster(values["cluster"]),
        limit=settings.limit,
        replay=settings.replay,
        seed=settings.seed,
        on_unavailable=settings.on_unavailable,
        allow_paid=settings.allow_paid,
        max_cost_usd=settings.max_cost_usd,
        canary=CanaryConfig(is_on=settings.canary, min_calls=settings.canary_min_calls),
        details=settings.details,
        runs=Path(settings.runs),
        models=models,
        judges=judges,
        judge_prompt=judge_prompt,
        vlm_prompt=vlm_prompt,
    )


def _read_cluster(values: Mapping[str, Any]) -> ClusterConfig:
    if values.get("kind") == "slurm":
        raise ConfigError(
            "a SLURM cluster takes jobs: python -m slurm instead of python -m orchestrator, all else alike"
        )
    return parse_config(ClusterConfig, values, where="cluster")


def _rows(values: dict[str, Any], group: str) -> list[tuple[str, dict[str, Any]]]:
    rows = values.get(group) or {}
    if not rows:
        raise ConfigError(
            f"no {group} to run: name a sweep, +sweep=NAME (known: {', '.join(options('sweep'))}), "
            f"or add a row, +{group.removesuffix('s')}@{group}.KEY=NAME"
        )
    for key, row in rows.items():
        if not isinstance(row, dict) or not ({"adapter", "judge"} & row.keys()):
            group_name = group.removesuffix("s")
            near = nearest(str(key), options(group_name))
            raise ConfigError(f"{group}.{key} is not a row; add one with +{group_name}@{group}.{key}=NAME ({near})")
    return list(rows.items())


def _is_by_hand(group: str, key: str, overrides: Sequence[str]) -> bool:
    added = re.compile(rf"^\+.*(@|\b){group}\.{re.escape(key)}[.=]")
    return any(added.match(word) for word in overrides)


def _check_names(group: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(f"two {group} are called {twice[0]!r}: give one another name with {group}.KEY.name=...")
