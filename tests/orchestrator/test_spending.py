"""A ceiling on cost stops a sweep cleanly, and is refused where it couldn't be kept."""

import re
from pathlib import Path

import polars as pl
import pytest
import row_cases
import sweep_cases as cases

from model_adapters.engines.scripted_replies import Asked, RawReply, Script
from model_adapters.engines.scripted_server import serving
from model_adapters.engines.scripted_wires import shape_completion
from orchestrator.dispatch import Failure, Job
from orchestrator.executor import Ended
from orchestrator.ledger import canary_kind, kind_of
from orchestrator.spending import Spending, refuse_unknown_costs
from orchestrator.tasks import CanaryTask, PredictTask
from schemas.errors import ConfigError
from schemas.records import Answer

PRICES = {"input_usd_per_mtok": 1.0, "output_usd_per_mtok": 5.0, "as_of": "2026-05-01"}
CALL_USD = 0.0021
"""What one scripted answer costs at these prices, a little more than its 2,000 image tokens."""


def row_at(base_url: str) -> tuple[str, ...]:
    prices = "{input_usd_per_mtok:1,output_usd_per_mtok:5,as_of:2026-05-01}"
    engine = f"{{kind:openai,base_url:'{base_url}',model:scripted,max_in_flight:2,prices:{prices}}}"
    return (
        f"+models.mine={{name:mine,adapter:{{kind:vlm_chat}},engine:{engine}}}",
        "+judge@judges.rules=rules",
        "cluster=inline",
        "allow_paid=true",
        "canary=false",
    )


def test_a_sweep_stops_at_its_ceiling_and_goes_on(tmp_path: Path) -> None:
    dataset = cases.write_dataset(tmp_path / "pairs.parquet", 30)
    runs = tmp_path / "runs"
    with serving(Script(median_s=0.01)) as server:
        row = row_at(server.base_url)
        stopped = cases.run(*row, "max_cost_usd=0.02", dataset=dataset, runs=runs)
        assert stopped.returncode == 3, stopped.stderr
        found = re.search(r"max_cost_usd=0.02 is reached: the calls of this command cost \$([\d.]+)", stopped.stdout)
        assert found, stopped.stdout
        spent = float(found[1])
        assert 0.02 <= spent < 0.02 + 2 * CALL_USD, "over by no more than what was in flight"
        run_dir = cases.only_run(runs)
        kept = pl.read_parquet(run_dir / "predictions.parquet")
        assert kept["cost_usd"].sum() == pytest.approx(spent, abs=1e-4), "what was in flight is kept"
        assert not (run_dir / "manifest.json").exists()
        assert stopped.stdout.splitlines()[-1].endswith("max_cost_usd=0.02")
        done = cases.run(*row, "max_cost_usd=1", dataset=dataset, runs=runs)
        assert done.returncode == 0, done.stderr
        assert cases.only_run(runs) == run_dir, "a ceiling is no part of what a run is"
        assert sum(server.finished.values()) == 30, "no call was paid twice"


def test_prices_must_be_known_where_a_ceiling_is_set(tmp_path: Path) -> None:
    dataset = cases.write_dataset(tmp_path / "pairs.parquet", 2)
    engine = "{kind:openai,base_url:'https://api.example.org/v1',model:m,api_key_env:HOME}"
    row = (f"+models.mine={{name:mine,adapter:{{kind:vlm_chat}},engine:{engine}}}", "+judge@judges.rules=rules")
    refused = cases.run(*row, "allow_paid=true", "max_cost_usd=5", dataset=dataset, runs=tmp_path / "runs")
    assert refused.returncode == 2
    remedy = re.search(
        r"what the calls of 'mine' cost is not known: add '(\+\+models.mine.engine.prices=.*?)'", refused.stderr
    )
    assert remedy, refused.stderr
    looked = (*row, remedy[1], "allow_paid=true", "max_cost_usd=5", "details=preflight")
    mended = cases.run(*looked, dataset=dataset, runs=tmp_path / "runs")
    assert mended.returncode == 0, mended.stderr


def test_free_and_priced_rows_pass() -> None:
    refuse_unknown_costs([row_cases.vlm(), row_cases.vlm(prices=PRICES), row_cases.model(), row_cases.llm_judge()])
    with pytest.raises(ConfigError, match=r"\+\+judges\.llm\.engine\.prices"):
        refuse_unknown_costs([row_cases.llm_judge(base_url="https://api.example.org/v1", api_key_env="KEY")])


def ended(result: Answer | Failure, key: str = "vlm") -> "Ended[PredictTask, Answer]":
    row = row_cases.vlm(key)
    return Ended(job=Job(kind_of(row), "k", PredictTask(key, "pair-000")), result=result, attempts=1, latency_s=0.1)


@pytest.mark.parametrize(
    ("results", "reason"),
    [
        ([Answer(text="a", cost_usd=0.4), Answer(text="b", cost_usd=0.5)], None),
        ([Answer(text="a", cost_usd=0.4), Answer(text="b", cost_usd=0.6)], "max_cost_usd=1 is reached"),
        ([Failure("rejected", "400", is_retryable=False)], None),
        ([Answer(text="a", cost_usd=None)], "vlm replies without token counts"),
    ],
)
def test_when_it_is_enough(results: list[Answer | Failure], reason: str | None) -> None:
    limited, free = (Spending(ceiling, [row_cases.vlm(prices=PRICES)]) for ceiling in (1.0, None))
    for result in results:
        limited.note(ended(result))
        free.note(ended(result))
    assert free.reason is None
    assert (limited.reason or "").startswith(reason or "")
    assert (limited.reason is None) == (reason is None)


def test_a_canary_is_paid_like_any_call() -> None:
    row = row_cases.vlm(prices=PRICES)
    job = Job(canary_kind(row), "k", CanaryTask("vlm", "images", "pair-000"))
    for cost_usd, reason in ((1.2, "max_cost_usd=1 is reached"), (None, "vlm replies without token counts")):
        spending = Spending(1.0, [row])
        spending.note(Ended(job=job, result=Answer(text="first=A", cost_usd=cost_usd), attempts=1, latency_s=0.1))
        assert (spending.reason or "").startswith(reason)


def test_unknown_costs_of_a_free_row_are_none() -> None:
    spending = Spending(1.0, [row_cases.vlm(prices=PRICES), row_cases.vlm("free")])
    spending.note(ended(Answer(text="a", cost_usd=None), "free"))
    assert spending.reason is None


def without_usage(asked: Asked) -> RawReply:
    whole = shape_completion(asked, "words", "ok")
    return RawReply(body=re.sub(rb', "usage": \{.*?\}', b"", whole.body))


def test_a_server_that_reports_no_usage_stops_a_sweep_with_a_ceiling(tmp_path: Path) -> None:
    dataset = cases.write_dataset(tmp_path / "pairs.parquet", 30)
    with serving(answerer=without_usage) as server:
        done = cases.run(*row_at(server.base_url), "max_cost_usd=1", dataset=dataset, runs=tmp_path / "runs")
    assert done.returncode == 3, done.stderr
    assert "mine replies without token counts, so max_cost_usd=1 can't be kept" in done.stdout
    assert sum(server.finished.values()) <= 3
