"""The judge pool keeps up: between the last prediction and the last verdict lies at most one judge call.

`python benchmarks/bench_judge_pool.py` runs the real command on 400 pairs: a model behind one scripted endpoint (64
calls in flight, lognormal latency, median 0.5 s) and an LLM judge behind another (128 in flight, 0.5 s a call), so that
the judge's capacity is more than what generation brings. The last answer's own judge call can't be saved; beyond it,
the last verdict may come at most one more call later: from last prediction to last verdict at most 2.0 x a judge
call. Exit status 1 over the limit.
"""

import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from benchmarks.bench_engine import IN_FLIGHT, NUM_PAIRS, endpoint, make_dataset

JUDGE_CALL_S: Final = 0.5
LIMIT: Final = 2.0
JUDGE_ENDPOINT: Final = ("--seed", "2", "--median-s", f"{JUDGE_CALL_S}", "--sigma", "0")


def measure_gap_s(folder: Path, model_url: str, judge_url: str) -> float:
    """Return the time from the last prediction's row to the last verdict's, seconds."""
    make_dataset(folder)
    model = f"{{kind:openai,base_url:'{model_url}',model:scripted,max_in_flight:{IN_FLIGHT}}}"
    judge = f"{{kind:openai,base_url:'{judge_url}',model:scripted,max_in_flight:{2 * IN_FLIGHT}}}"
    settings = "{kind:llm,sampling:{temperature:0,max_output_tokens:16384}}"
    words = [sys.executable, "-m", "orchestrator", "canary=false", "dataset=parquet"]
    words += [f"dataset.path={folder / 'pairs.parquet'}", f"runs={folder / 'runs'}"]
    words += [f"+models.mine={{name:mine,adapter:{{kind:vlm_chat}},engine:{model}}}"]
    words += [f"+judges.mine={{name:mine,judge:{settings},engine:{judge}}}"]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    last_s = {}
    for name in ("predictions", "verdicts"):
        [path] = (folder / "runs").glob(f"*/{name}.parquet")
        ends = pl.read_parquet(path)["created_at"].cast(pl.String)
        assert ends.len() == NUM_PAIRS
        last_s[name] = max(datetime.fromisoformat(end).timestamp() for end in ends)
    return last_s["verdicts"] - last_s["predictions"]


def main() -> int:
    """Print the figure with its limit; return the exit status."""
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder, endpoint() as model_url, endpoint(*JUDGE_ENDPOINT) as judge_url:
        gap_s = measure_gap_s(Path(folder), model_url, judge_url)
    ratio = gap_s / JUDGE_CALL_S
    print(f"last prediction to last verdict {gap_s:.2f} s, a judge call {JUDGE_CALL_S:g} s")
    print(f"gap / judge call  {ratio:.3f}  limit {LIMIT:g}  {'pass' if ratio <= LIMIT else 'FAIL'}")
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
