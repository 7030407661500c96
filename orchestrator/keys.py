"""Content keys: what a call reads decides its key, and nothing else does.

Same content, same key: across sweeps, runs, machines and model names. See design.md, "Keys".
"""

from collections.abc import Mapping

from orchestrator.canary import VERSION as CANARY_VERSION
from orchestrator.rows import EngineRow, JudgeRow, ModelRow
from records.datasets import Dataset
from schemas.digest import digest, digest_text, digest_truth
from schemas.protocols import Json

KEY_VERSION = 1


class Keys:
    """Give the content keys of one dataset's cells."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        frame = dataset.frame.select("id", "before_sha256", "after_sha256")
        self._images: dict[str, list[Json]] = {pair_id: [before, after] for pair_id, before, after in frame.iter_rows()}
        self._pairs: dict[str, str] = {}

    def prompt_sha256(self, row: ModelRow, pair_id: str) -> str | None:
        """Return the SHA-256 of the prompt a model row sends for a pair; None where it sends none."""
        if not row.adapter.uses_prompt:
            return None
        return row.prompt.sha256 if row.prompt else digest_text(self._dataset.user_queries[pair_id])

    def is_stated(self, pair_id: str) -> bool:
        """Tell whether the pair has a truth; without one there is nothing to judge by."""
        return self._dataset.truths[pair_id].is_stated

    def prediction(self, row: ModelRow, pair_id: str, repeat: int) -> str:
        """Return the key of one call of a model row."""
        told: list[Json] = [digest_truth(truth) for truth in row.adapter.told(pair_id, self._dataset.truths)]
        return digest(
            {
                "v": KEY_VERSION,
                "images": self._images[pair_id],
                "pair_id": pair_id if row.adapter.reads_pair_id else None,
                "told": told,
                "prompt": self.prompt_sha256(row, pair_id),
                "adapter": _component(row.adapter.identity()),
                "engine": _engine(row),
                "repeat": repeat,
            }
        )

    def verdict(self, row: JudgeRow, pair_id: str, text: str, repeat: int) -> str:
        """Return the key of one call of a judge row."""
        return digest(
            {
                "v": KEY_VERSION,
                "pair": self._pair(pair_id),
                "text": text,
                "judge": _component(row.judge.identity()),
                "prompt": row.prompt.sha256 if row.prompt else None,
                "engine": _engine(row),
                "repeat": repeat,
            }
        )

    def canary(self, row: ModelRow) -> str:
        """Return the key of a model row's canary: the row's identity, and nothing of the dataset."""
        return digest(
            {
                "v": KEY_VERSION,
                "canary": CANARY_VERSION,
                "adapter": _component(row.adapter.identity()),
                "engine": _engine(row),
                "prompt": row.prompt.sha256 if row.prompt else None,
            }
        )

    def _pair(self, pair_id: str) -> str:
        """Return the digest of a pair: images, whole truth, boxes."""
        if pair_id not in self._pairs:
            content: list[Json] = [*self._images[pair_id], digest_truth(self._dataset.truths[pair_id])]
            self._pairs[pair_id] = digest(content)
        return self._pairs[pair_id]


def _engine(row: EngineRow) -> Json:
    return _component(row.engine.identity()) if row.engine else None


def _component(identity: Mapping[str, Json]) -> Json:
    return dict(identity)
