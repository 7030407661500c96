"""The only place that knows a file's name under `runs/`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RunsPaths:
    """Name what all runs share, below one folder."""

    root: Path

    @property
    def store(self) -> Path:
        """Return the folder of the store's segments."""
        return self.root / "store"

    @property
    def rates(self) -> Path:
        """Return what runs before have measured of every row's speed."""
        return self.root / "rates.json"

    def image_pack(self, fingerprint: str) -> Path:
        """Return the mapped copy of a dataset, named by its content."""
        return self.root / "datasets" / f"{fingerprint[:16]}.arrow"

    def tables(self) -> list[Path]:
        """Return every table of every run that is there."""
        return sorted(path for path in self.root.glob("*/**/*.parquet") if not path.is_relative_to(self.store))

    def statuses(self) -> list[Path]:
        """Return the status of every run that has one."""
        return list(self.root.glob("*/status.json"))

    def run(self, name: str) -> "RunPaths":
        """Return the paths of one run."""
        return RunPaths(self.root / name)


@dataclass(frozen=True, slots=True)
class RunPaths:
    """Name the files of one run's folder."""

    root: Path

    @property
    def lock(self) -> Path:
        """Return the lock that one driver holds; a file per holder stands beside it, see records/lock.py."""
        return self.root / "lock"

    @property
    def config(self) -> Path:
        """Return the resolved config."""
        return self.root / "config.yaml"

    @property
    def environment(self) -> Path:
        """Return versions, host, GPUs and git revision."""
        return self.root / "environment.json"

    @property
    def pairs(self) -> Path:
        """Return the pairs of the run, without images."""
        return self.root / "pairs.parquet"

    @property
    def predictions(self) -> Path:
        """Return the PREDICTIONS table."""
        return self.root / "predictions.parquet"

    @property
    def verdicts(self) -> Path:
        """Return the VERDICTS table."""
        return self.root / "verdicts.parquet"

    @property
    def analysis_dir(self) -> Path:
        """Return the folder of analysis tables."""
        return self.root / "analysis"

    def analysis(self, table: str) -> Path:
        """Return one analysis table's file."""
        return self.analysis_dir / f"{table}.parquet"

    @property
    def report(self) -> Path:
        """Return the report, one self-contained HTML file."""
        return self.root / "report.html"

    @property
    def status(self) -> Path:
        """Return how far the run is, as its driver wrote it last."""
        return self.root / "status.json"

    @property
    def driver_log(self) -> Path:
        """Return the driver's log, a JSON object per line; older parts end in .1, .2, ..."""
        return self.root / "logs" / "driver.jsonl"

    @property
    def manifest(self) -> Path:
        """Return the completion marker, written last."""
        return self.root / "manifest.json"
