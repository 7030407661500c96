"""The cells that count: verdicts of a run's official pairs, laid out as one row per (judge, model)."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas.errors import StoreError
from schemas.vocabulary import BENIGN, CHANGED_TIERS, NO_DIFF, VERDICTS_OF_A_JUDGE, VISUAL_DIFF

_Scalar = TypeVar("_Scalar", bound=np.generic)
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]

CLUSTER_UNITS: Final = ("page_id", "template_id", "domain")
"""Columns of the pairs table whose values bind pairs together."""
ALL: Final = "all"
_BY_BOX: Final = "box"
_UNANSWERED: Final = "no_answer"
_UNNAMED: Final = "unnamed"


def official_pairs(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return `pair_id, tier, is_no_diff, operators, domain, page_id, template_id` of the pairs that rates divide by.

    `task_type` alone says whether a pair is unchanged, so an `unknown` difficulty there is `no_diff`; other
    task types (benign controls) are left out. `tier` is null for a changed pair of no known tier: it counts
    in `diff_recall` and not in a tier's. `operators` are bare names without doubles.
    """
    tier = (
        pl.when(pl.col("task_type") == NO_DIFF)
        .then(pl.lit(NO_DIFF))
        .when(pl.col("difficulty").is_in(CHANGED_TIERS))
        .then("difficulty")
    )
    operators = pl.col("mutation_types").list.eval(pl.element().str.strip_prefix("mutate_")).list.unique()
    return pairs.filter(pl.col("task_type").is_in([NO_DIFF, VISUAL_DIFF])).select(
        pl.col("id").alias("pair_id"), tier.alias("tier"), (pl.col("task_type") == NO_DIFF).alias("is_no_diff"),
        operators.alias("operators"), *CLUSTER_UNITS,
    )  # fmt: skip


def benign_pairs(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return `pair_id, kind, domain, page_id, template_id` of the benign controls; no official figure counts them."""
    kind = pl.col("mechanism").fill_null(_UNNAMED).alias("kind")
    return pairs.filter(pl.col("task_type") == BENIGN).select(pl.col("id").alias("pair_id"), kind, *CLUSTER_UNITS)


@dataclass(frozen=True, eq=False)
class Cells:
    """Hold every cell of repeat 0 over some pairs as (rows, pairs) arrays; a row is a (judge, model)."""

    rows: pl.DataFrame
    """`judge, model` of each row that holds a verdict, sorted."""
    pairs: pl.DataFrame
    """The official pairs, in the arrays' order; or the benign controls."""
    is_right: Flags
    is_scored: Flags
    verdict: NDArray[np.int8]
    """1 `correct`, 2 `partial`, 3 `missed`, 0 none."""
    num_invented: NDArray[np.int32]
    """Hallucinations; 0 where unscored."""
    is_boxed: Flags
    """Whether the judge recognised the element by a pixel box."""
    is_unanswered: Flags
    """Whether an answer was due and none came."""

    @property
    def judges(self) -> list[str]:
        """Return the judges' names, sorted."""
        return list(self._places)

    def of_judge(self, judge: str) -> Places:
        """Return the places of a judge's rows."""
        return self._places[judge]

    def models_of(self, judge: str) -> list[str]:
        """Return the models that a judge's rows hold, in order."""
        return [self._models[place] for place in self._places[judge]]

    @cached_property
    def _places(self) -> dict[str, Places]:
        judges = self.rows["judge"].to_numpy()
        return {str(judge): np.flatnonzero(judges == judge) for judge in self.rows["judge"].unique().sort()}

    @cached_property
    def _models(self) -> list[str]:
        return self.rows["model"].to_list()


def lay_out(verdicts: pl.DataFrame | pl.LazyFrame, pairs: pl.DataFrame) -> Cells:
    """Return the verdicts' cells of repeat 0 over the official pairs.

    Raises StoreError where a cell has two rows: a rate could rise above 1.
    """
    return lay_out_over(verdicts, official_pairs(pairs))


def lay_out_over(verdicts: pl.DataFrame | pl.LazyFrame, known: pl.DataFrame) -> Cells:
    """Return the verdicts' cells of repeat 0 over `known`, as `official_pairs` or `benign_pairs` returns them."""
    first = verdicts.lazy().filter(pl.col("repeat") == 0)
    rows = first.join(known.lazy(), on="pair_id", how="semi").select("judge", "model").unique().collect()
    rows = rows.sort("judge", "model")
    cells = _numbered(first, rows, known)
    layout = _Layout(cells["row"].to_numpy().astype(np.int64) * len(known) + cells["pair"].to_numpy(), rows, known)
    _refuse_doubles(layout)
    return Cells(
        rows=rows,
        pairs=known,
        is_right=layout.spread(cells["is_right"], np.bool_),
        is_scored=layout.spread(cells["is_scored"], np.bool_),
        verdict=layout.spread(cells["verdict"], np.int8),
        num_invented=layout.spread(cells["num_invented"], np.int32),
        is_boxed=layout.spread(cells["is_boxed"], np.bool_),
        is_unanswered=layout.spread(cells["is_unanswered"], np.bool_),
    )


def _numbered(first: pl.LazyFrame, rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return small numbers instead of names: `row, pair`, and what a cell says.

    Names are numbered as Enums while the engine streams, without a join: 17 million verdicts pass in 1 GB.
    """
    if known["pair_id"].is_duplicated().any():
        raise StoreError("pairs: two rows share an id; run the sweep again over pairs with ids of their own")
    judges, models = (rows[column].unique().sort() for column in ("judge", "model"))
    numbers = rows.select(judge=_number("judge", judges), model=_number("model", models)).to_numpy()
    row_of = np.zeros((len(judges), len(models)), dtype=np.uint32)
    row_of[tuple(numbers.T)] = np.arange(len(rows))
    is_scored = pl.col("is_correct").is_not_null()
    said = first.select(
        _number("judge", judges), _number("model", models), _number("pair_id", known["pair_id"]).alias("pair"),
        pl.col("is_correct").fill_null(False).alias("is_right"), is_scored.alias("is_scored"),
        (_number("verdict", pl.Series(VERDICTS_OF_A_JUDGE)).cast(pl.Int8) + 1).fill_null(0).alias("verdict"),
        pl.when(is_scored).then("num_hallucinations").fill_null(0).cast(pl.Int32).alias("num_invented"),
        (pl.col("matched_by") == _BY_BOX).fill_null(False).alias("is_boxed"),
        (pl.col("status") == _UNANSWERED).fill_null(False).alias("is_unanswered"),
    )  # fmt: skip
    cells = said.filter(pl.col("pair").is_not_null()).collect(engine="streaming")
    row = row_of[cells["judge"].to_numpy(), cells["model"].to_numpy()]
    return cells.drop("judge", "model").with_columns(pl.Series("row", row, dtype=pl.UInt32))


def _number(column: str, names: pl.Series) -> pl.Expr:
    """Return the place of a column's value among distinct names; null where it isn't one of them."""
    return pl.col(column).cast(pl.Enum(names), strict=False).to_physical()


@dataclass(frozen=True, slots=True, eq=False)
class _Layout:
    """Hold where each cell stands in a flat (rows x pairs) array."""

    place: Places
    rows: pl.DataFrame
    known: pl.DataFrame

    def spread(self, values: pl.Series, dtype: type[_Scalar]) -> NDArray[_Scalar]:
        """Return the values at their places, 0 elsewhere: (rows, pairs)."""
        flat = np.zeros(len(self.rows) * len(self.known), dtype=dtype)
        flat[self.place] = values.to_numpy()
        return flat.reshape(len(self.rows), len(self.known))


def _refuse_doubles(layout: _Layout) -> None:
    times = np.bincount(layout.place, minlength=len(layout.rows) * len(layout.known))
    if not len(times) or times.max() <= 1:
        return
    times = times.reshape(len(layout.rows), len(layout.known))
    row = int(np.flatnonzero((times > 1).any(axis=1))[0])
    judge, model = layout.rows.row(row)
    num_doubles, pair_id = int((times[row] > 1).sum()), layout.known["pair_id"][int(times[row].argmax())]
    raise StoreError(
        f"verdicts: judge {judge}, model {model} hold {num_doubles} pairs twice, the first {pair_id}; "
        "run the sweep again to rebuild the table from the store"
    )
