"""The records that cross rooms: a pair's truth, a question, an answer, a case, a judgement.

`Answer` holds the PREDICTIONS columns that a call produces, `Judgement` the VERDICTS columns; the
remaining columns say which cell a row belongs to, and only the orchestrator knows those.
"""

from dataclasses import dataclass

from schemas.vocabulary import BENIGN, NO_DIFF, UNLABELLED


@dataclass(frozen=True, slots=True)
class Box:
    """Hold a rectangle in screenshot pixels, origin at the top left."""

    x: int
    y: int
    w: int
    h: int

    @property
    def area(self) -> int:
        """Return the area in square pixels."""
        return max(self.w, 0) * max(self.h, 0)

    def intersection(self, other: "Box") -> int:
        """Return the shared area in square pixels."""
        width = min(self.x + self.w, other.x + other.w) - max(self.x, other.x)
        height = min(self.y + self.h, other.y + other.h) - max(self.y, other.y)
        return max(width, 0) * max(height, 0)

    def iou(self, other: "Box") -> float:
        """Return intersection over union, 0..1; 0 where both are empty."""
        shared = self.intersection(other)
        union = self.area + other.area - shared
        return shared / union if union else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """Hold one mutation record exactly as the benchmark publishes it: seven strings."""

    type: str
    element: str
    property: str
    direction: str
    old_value: str
    new_value: str
    template: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Say what differs between the two images of a pair.

    `visual_effects` is empty where the dataset has no such column; boxes are None where the
    dataset says -1 or has no such column.
    """

    task_type: str
    answer: str
    mutations: tuple[Mutation, ...] = ()
    visual_effects: tuple[str, ...] = ()
    target_box: Box | None = None
    affected_box: Box | None = None

    @property
    def is_no_diff(self) -> bool:
        """Tell whether nothing in the page was changed, so that any claim is an invention; benign controls too."""
        return self.task_type in (NO_DIFF, BENIGN)

    @property
    def is_stated(self) -> bool:
        """Tell whether anyone says what differs, or that nothing does; else no answer can be judged."""
        return self.task_type != UNLABELLED


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Hand an adapter one pair. `told` is empty but for probes.

    before, after: encoded image bytes as stored (PNG), a view on mapped memory; never re-encode them
    to pass them on.
    """

    pair_id: str
    before: memoryview
    after: memoryview
    user_query: str
    told: tuple[Truth, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Hold what one call of an adapter produced: the content columns of PREDICTIONS.

    `status` is one of PREDICTION_STATUSES; `text` is what judges read, `raw_text` the reply as it
    came (null where equal to `text`); unknown counts are None, never 0.
    """

    text: str
    status: str = "ok"
    raw_text: str | None = None
    reasoning: str | None = None
    finish_reason: str | None = None
    error_type: str | None = None
    error_message: str | None = None
    prompt_tokens: int | None = None
    image_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
    engine: str | None = None
    engine_version: str | None = None
    served_model: str | None = None
    model_revision: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Hand a judge one answer to one pair, and the truth."""

    pair_id: str
    truth: Truth
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Hold what one call of a judge produced: the content columns of VERDICTS.

    `status` is "ok" or "unparsed". `verdict` is the best verdict over the pair's mutations and None
    for no-diff pairs; `hallucinations` are the claims that match nothing.
    """

    status: str = "ok"
    verdict: str | None = None
    hallucinations: tuple[str, ...] = ()
    matched_by: str | None = None
    matched_text: str | None = None
    raw_text: str | None = None
    error_type: str | None = None
    error_message: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
