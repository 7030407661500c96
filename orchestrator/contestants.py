"""Which judges also stand among the judged: their word on themselves is to be read with care."""

from collections.abc import Mapping, Sequence

from orchestrator.rows import EngineRow, JudgeRow, ModelRow
from schemas.protocols import Json


def find_contestants(models: Sequence[ModelRow], judges: Sequence[JudgeRow]) -> dict[str, list[str]]:
    """Return judge name to the names of model rows with its weights; judges without such a row are left out.

    The same weights: the engines name the same model, or the rows have the same name. Capitals don't count.
    """
    found = {judge.name: [model.name for model in models if _is_same(model, judge)] for judge in judges}
    return {judge: names for judge, names in found.items() if names}


def contestant_notes(contestants: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], dict[str, Json]]:
    """Say of each such judge which rows have its weights, and of each such row which judges do, for the manifest."""
    notes: dict[tuple[str, str], dict[str, Json]] = {}
    for judge, names in contestants.items():
        notes["judge", judge] = {"contestants": [*names]}
        for name in names:
            judges = notes.setdefault(("model", name), {"also_judges_as": []})["also_judges_as"]
            assert isinstance(judges, list)
            judges.append(judge)
    return notes


def _is_same(model: ModelRow, judge: JudgeRow) -> bool:
    if judge.engine is None:
        return False
    served = _served(model)
    return model.name.casefold() == judge.name.casefold() or (served is not None and served == _served(judge))


def _served(row: EngineRow) -> str | None:
    served = row.engine.identity().get("model") if row.engine else None
    return served.casefold() if isinstance(served, str) else None
