"""What GPU planning is told: nodes, rows, assumed rates; and how a row can sit on nodes."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuNode:
    """One machine with GPUs of one kind, all of them free."""

    name: str
    """What the plan calls it; unique."""
    num_gpus: int
    """GPUs that may be planned, counted from 0."""
    gpu_memory_gb: float
    """Memory of each GPU, gigabytes."""

    def __post_init__(self) -> None:
        """Refuse a node without GPUs."""
        if self.num_gpus < 1 or not self.gpu_memory_gb > 0:
            raise ConfigError(f"node {self.name!r}: {self.num_gpus} GPUs of {self.gpu_memory_gb} GB can't be planned")


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuRow:
    """One model or judge that wants GPUs, and what it still has to do."""

    key: str
    """Unique in the plan, such as `model:kimi_k2_5`."""
    name: str
    """What tables call it."""
    num_gpus: int
    """GPUs of one replica: tensor parallel size on one node, tensor x pipeline over several."""
    gpu_memory_gb: float
    """Memory of one replica in all, spread evenly over `num_gpus`, gigabytes."""
    num_calls: int
    """Calls to do, those that the store holds left out; 0: no GPU is planned."""
    seconds_per_call: float
    """Wall seconds per finished call of one busy replica, that is 1 / throughput, seconds."""
    start_s: float
    """From an empty GPU to the first call: loading, compiling, seconds."""
    is_judge: bool = False
    """A judge waits until every model has its first replica, and ends after the last prediction."""
    is_measured: bool = False
    """Whether `seconds_per_call` and `start_s` come from a run; else they are assumed."""
    max_replicas: int | None = None
    """Most replicas at once; None: as many as are useful."""
    may_span: bool = True
    """Whether one replica may take several whole nodes where no node is large enough."""
    not_on: frozenset[str] = frozenset()
    """Names of nodes on which its engine didn't start."""

    def __post_init__(self) -> None:
        """Refuse what no plan can mean."""
        counts_ok = self.num_gpus >= 1 and self.num_calls >= 0 and (self.max_replicas is None or self.max_replicas >= 1)
        times_ok = 0 < self.seconds_per_call < math.inf and 0 <= self.start_s < math.inf
        if not (counts_ok and times_ok and 0 <= self.gpu_memory_gb < math.inf):
            raise ConfigError(
                f"row {self.name!r}: num_gpus, max_replicas and seconds_per_call must be above 0, the rest not below"
            )

    @property
    def work_s(self) -> float:
        """Return the seconds that one replica alone would be busy, start-up apart."""
        return self.num_calls * self.seconds_per_call

    @property
    def card_gb(self) -> float:
        """Return what each GPU must hold, gigabytes."""
        return self.gpu_memory_gb / self.num_gpus

    @property
    def useful_replicas(self) -> int:
        """Return the most replicas of which each works at least as long as it starts, and has a call to do."""
        by_start = math.floor(self.work_s / self.start_s + 1e-9) if self.start_s else self.num_calls
        return max(1, min(by_start, self.num_calls, self.max_replicas or self.num_calls))


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedRates:
    """Say how fast a row is taken to be before anything was measured. Round figures, not measurements."""

    load_gb_per_s: float = 1.0
    """Weights and cache read and laid out by one replica, gigabytes per second."""
    warm_up_s: float = 120.0
    """Compilation and graph capture, seconds."""
    tokens_per_s_per_gpu: float = 500.0
    """Tokens written by one GPU of a full replica, whatever the model, per second."""
    answer_tokens: int = 300
    """Written by a model that answers at once, tokens."""
    thinking_tokens: int = 4000
    """Written by a model that reasons first, tokens."""
    verdict_tokens: int = 1500
    """Written by a language model as judge, tokens."""
    prompt_tokens: int = 3000
    """Read per call, two screenshots included, tokens; reading is taken to be ten times as fast as writing."""

    def start_s(self, gpu_memory_gb: float) -> float:
        """Return the assumed start-up of one replica of this memory in all, seconds."""
        return self.warm_up_s + gpu_memory_gb / self.load_gb_per_s

    def seconds_per_call(self, num_gpus: int, *, is_judge: bool, is_thinking: bool) -> float:
        """Return the assumed wall seconds per finished call of one busy replica."""
        written = self.verdict_tokens if is_judge else self.thinking_tokens if is_thinking else self.answer_tokens
        return (written + self.prompt_tokens / 10) / (self.tokens_per_s_per_gpu * num_gpus)


def tensor_parallel_for(memory_gb: float, gpu_gb: float) -> int:
    """Return the smallest power of two of cards of `gpu_gb` that holds `memory_gb` in all (weights and cache)."""
    if not (0 <= memory_gb < math.inf and gpu_gb > 0):
        raise ConfigError(f"{memory_gb} GB on cards of {gpu_gb} GB: memory must be known and cards must have some")
    num_gpus = 1
    while num_gpus * gpu_gb < memory_gb:
        num_gpus *= 2
    return num_gpus


@dataclass(frozen=True, slots=True)
class Seat:
    """One way for a replica of a row to sit: on `num_nodes` of these nodes (numbers into the plan's nodes).

    A replica on one node takes `gpus_per_node` of it; one on several takes them whole.
    """

    nodes: tuple[int, ...]
    num_nodes: int
    gpus_per_node: int
    gpus_taken: int


def seats(row: GpuRow, nodes: Sequence[GpuNode]) -> tuple[Seat, ...]:
    """Return how a replica can sit, fewest GPUs first; () where it never fits. It straddles nodes only if it must."""
    allowed = [number for number, node in enumerate(nodes) if node.name not in row.not_on]
    roomy = [number for number in allowed if nodes[number].gpu_memory_gb >= row.card_gb]
    single = tuple(number for number in roomy if nodes[number].num_gpus >= row.num_gpus)
    if single:
        return (Seat(single, 1, row.num_gpus, row.num_gpus),)
    if not row.may_span:
        return ()
    alike = defaultdict(list)
    for number in roomy:
        alike[nodes[number].num_gpus, nodes[number].gpu_memory_gb].append(number)
    spans = [_span(row, size, numbers) for (size, _), numbers in sorted(alike.items())]
    return tuple(sorted((span for span in spans if span is not None), key=lambda seat: (seat.gpus_taken, seat.nodes)))


def _span(row: GpuRow, size: int, numbers: list[int]) -> Seat | None:
    """Take the fewest equal whole nodes over which the GPUs split evenly."""
    for num_nodes in range(2, len(numbers) + 1):
        if num_nodes * size >= row.num_gpus and row.num_gpus % num_nodes == 0:
            return Seat(tuple(numbers), num_nodes, row.num_gpus // num_nodes, num_nodes * size)
    return None


def most_replicas(row: GpuRow, nodes: Sequence[GpuNode]) -> int:
    """Return how many useful replicas the empty nodes hold at once; 0 where none fits."""
    total = 0
    for seat in seats(row, nodes):
        if seat.num_nodes == 1:
            total += sum(nodes[number].num_gpus // seat.gpus_per_node for number in seat.nodes)
        else:
            total += len(seat.nodes) // seat.num_nodes
    return min(total, row.useful_replicas)


def why_never(row: GpuRow, nodes: Sequence[GpuNode]) -> str | None:
    """Return the arithmetic by which a row can never fit, or None where it can."""
    if seats(row, nodes):
        return None
    wanted = f"needs {row.num_gpus} x {row.card_gb:.0f} GB"
    if not nodes:
        return f"{wanted}, here is no GPU"
    largest_card = max(node.gpu_memory_gb for node in nodes)
    roomy = [node for node in nodes if node.gpu_memory_gb >= row.card_gb]
    if not roomy:
        offered = f"the largest GPU has {largest_card:.0f} GB"
    elif not row.may_span:
        best = max(roomy, key=lambda node: (node.num_gpus, node.gpu_memory_gb))
        offered = f"the largest node gives {best.num_gpus} x {best.gpu_memory_gb:.0f} GB, and it may not span nodes"
    else:
        offered = _largest_set(row, roomy)
    fewer = tensor_parallel_for(row.gpu_memory_gb, largest_card)
    if fewer < row.num_gpus or not roomy:
        offered += f"; {fewer} x {largest_card:.0f} GB would hold its {row.gpu_memory_gb:.0f} GB"
    return f"{wanted}, {offered}"


def _largest_set(row: GpuRow, roomy: Sequence[GpuNode]) -> str:
    sets: dict[tuple[int, float], int] = defaultdict(int)
    for node in roomy:
        sets[node.num_gpus, node.gpu_memory_gb] += 1
    (size, memory_gb), count = max(sets.items(), key=lambda item: (item[0][0] * item[1], item[0]))
    offered = f"the largest set of whole nodes gives {size * count} x {memory_gb:.0f} GB"
    if size * count >= row.num_gpus:
        offered += f" in nodes of {size}, over which {row.num_gpus} don't split evenly"
    return offered
