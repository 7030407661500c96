"""The rows of a sweep: a model or a judge, with its components' configs, buildable in any worker."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self, TypeVar

from judge import JUDGES
from model_adapters import ADAPTERS
from model_adapters.engines import ENGINES
from orchestrator.canary import ask_step
from orchestrator.tasks import CanaryTask, JudgeTask, PredictTask
from records.datasets import Dataset
from schemas.errors import ConfigError
from schemas.protocols import (
    AdapterConfig,
    Engine,
    EngineConfig,
    Json,
    Judge,
    JudgeConfig,
    ModelAdapter,
    Needs,
    Prompt,
    Sampling,
)
from schemas.records import Answer, Case, Judgement, Question
from schemas.registry import nearest
from schemas.vocabulary import ROLES

ComponentT = TypeVar("ComponentT")
TaskT_contra = TypeVar("TaskT_contra", contravariant=True)
ResultT_co = TypeVar("ResultT_co", covariant=True)


class Row(Protocol[ComponentT, TaskT_contra, ResultT_co]):
    """What a worker needs of a row."""

    @property
    def key(self) -> str:
        """Return the row's key within its group of the sweep."""
        ...

    def build_engine(self) -> Engine | None:
        """Return a fresh engine, or None where the row needs none."""
        ...

    def build(self, engine: Engine | None) -> ComponentT:
        """Return a fresh component."""
        ...

    async def ask(self, component: ComponentT, dataset: Dataset, task: TaskT_contra) -> ResultT_co:
        """Hand a task to the component."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRow:
    """Hold what model rows and judge rows share."""

    key: str
    name: str
    engine: EngineConfig | None
    engine_kind: str | None
    prompt: Prompt | None
    is_by_hand: bool
    """Whether the user named this row on the command line, so that skipping it is an error."""

    def build_engine(self) -> Engine | None:
        """Return a fresh engine, or None where the row needs none."""
        if self.engine is None or self.engine_kind is None:
            return None
        return ENGINES.load(self.engine_kind)(self.engine)

    def over_nodes(self, num_nodes: int) -> Self:
        """Return the row with an engine whose replica is spread over nodes; only for engines that can be."""
        spread: EngineConfig = self.engine.over_nodes(num_nodes)  # type: ignore[union-attr]
        return replace(self, engine=spread)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow(EngineRow):
    """One model, baseline or probe of a sweep."""

    role: str
    adapter: AdapterConfig
    adapter_kind: str

    @property
    def is_replayed(self) -> bool:
        """Tell whether it may answer otherwise when asked again: behind an engine, or scripted. Probes are left out."""
        return self.role != "probe" and (self.engine is not None or self.adapter_kind == "scripted")

    @property
    def component(self) -> AdapterConfig:
        """Return the config of what answers."""
        return self.adapter

    def needs(self) -> tuple[Needs, ...]:
        """Return what adapter and engine need."""
        return tuple(config.needs() for config in (self.adapter, self.engine) if config is not None)

    def build(self, engine: Engine | None) -> ModelAdapter:
        """Return a fresh adapter."""
        return ADAPTERS.load(self.adapter_kind)(self.adapter, engine=engine, prompt=self.prompt)

    async def ask_step(self, component: ModelAdapter, engine: Engine, dataset: Dataset, task: CanaryTask) -> Answer:
        """Make one call of the row's canary."""
        sampling = getattr(self.adapter, "sampling", Sampling())
        return await ask_step(task.step, component, engine, sampling, dataset.user_queries[task.pair_id])

    async def ask(self, component: ModelAdapter, dataset: Dataset, task: PredictTask) -> Answer:
        """Ask the adapter about one pair."""
        images = dataset.images(task.pair_id)
        question = Question(
            pair_id=task.pair_id,
            before=images.before,
            after=images.after,
            user_query=dataset.user_queries[task.pair_id],
            told=self.adapter.told(task.pair_id, dataset.truths),
        )
        return await component.predict(question)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeRow(EngineRow):
    """One judge of a sweep."""

    judge: JudgeConfig
    judge_kind: str

    @property
    def component(self) -> JudgeConfig:
        """Return the config of what judges."""
        return self.judge

    def needs(self) -> tuple[Needs, ...]:
        """Return what judge and engine need."""
        return tuple(config.needs() for config in (self.judge, self.engine) if config is not None)

    def build(self, engine: Engine | None) -> Judge:
        """Return a fresh judge."""
        return JUDGES.load(self.judge_kind)(self.judge, engine=engine, prompt=self.prompt)

    async def ask(self, component: Judge, dataset: Dataset, task: JudgeTask) -> Judgement:
        """Ask the judge about one answer."""
        return await component.score(Case(pair_id=task.pair_id, truth=dataset.truths[task.pair_id], text=task.text))


_MODEL_KEYS = ("name", "role", "family", "params", "adapter", "engine")
_JUDGE_KEYS = ("name", "judge", "engine")


def read_model_row(key: str, values: Mapping[str, Any], prompt: Prompt | None, *, is_by_hand: bool) -> ModelRow:
    """Build a model row from its composed config; ConfigError names the setting at fault."""
    _refuse_unknown(f"models.{key}", values, _MODEL_KEYS)
    role = values.get("role", "model")
    if role not in ROLES:
        raise ConfigError(f"models.{key}.role: {role!r} is not one of {', '.join(ROLES)}")
    with_where = _section(f"models.{key}", values, "adapter")
    adapter = ADAPTERS.configure(with_where)
    engine_kind, engine = _read_engine(f"models.{key}", values, wants_one=adapter.uses_prompt)
    return ModelRow(
        key=key,
        name=str(values.get("name") or key),
        role=role,
        adapter=adapter,
        adapter_kind=str(with_where["kind"]),
        engine=engine,
        engine_kind=engine_kind,
        prompt=prompt if adapter.uses_prompt else None,
        is_by_hand=is_by_hand,
    )


def read_judge_row(key: str, values: Mapping[str, Any], prompt: Prompt, *, is_by_hand: bool) -> JudgeRow:
    """Build a judge row from its composed config; ConfigError names the setting at fault."""
    _refuse_unknown(f"judges.{key}", values, _JUDGE_KEYS)
    section = _section(f"judges.{key}", values, "judge")
    judge = JUDGES.configure(section)
    engine_kind, engine = _read_engine(f"judges.{key}", values, wants_one=judge.uses_prompt)
    return JudgeRow(
        key=key,
        name=str(values.get("name") or key),
        judge=judge,
        judge_kind=str(section["kind"]),
        engine=engine,
        engine_kind=engine_kind,
        prompt=prompt if judge.uses_prompt else None,
        is_by_hand=is_by_hand,
    )


def _read_engine(where: str, values: Mapping[str, Any], *, wants_one: bool) -> tuple[str | None, EngineConfig | None]:
    section: Mapping[str, Json] | None = values.get("engine")
    if not wants_one:
        return None, None
    if not section:
        raise ConfigError(f"{where}: needs an engine; add {where}.engine.kind=openai and its base_url and model")
    return str(section.get("kind")), ENGINES.configure(section)


def _section(where: str, values: Mapping[str, Any], name: str) -> Mapping[str, Json]:
    section = values.get(name)
    if not isinstance(section, Mapping) or "kind" not in section:
        raise ConfigError(f"{where}: setting '{name}.kind' is missing")
    return section


def _refuse_unknown(where: str, values: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in values:
        if key not in known:
            raise ConfigError(f"{where}: unknown setting {key!r}: {nearest(key, known)}")
