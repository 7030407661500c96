"""The same model in-process and behind `vllm serve`: the share of equal answers at temperature 0.

    python -m benchmarks.vllm_served [--pairs 20] [--tokens 64]

Both are asked the same questions twice, so that the share between the two ways stands beside each way's own: a
difference no larger than the engine's own flips is none of ours.
"""

import argparse
import asyncio
import itertools
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from model_adapters.engines import tiny_model
from model_adapters.engines.openai import OpenAIConfig, OpenAIEngine
from model_adapters.engines.vllm import VllmConfig, VllmEngine
from schemas.protocols import ChatRequest, Engine, ImagePart, Sampling, TextPart

ROOT = Path(__file__).parents[1]
START_LIMIT_S = 600


def questions(num_pairs: int, max_tokens: int) -> list[ChatRequest]:
    """Return one question for each of the first pairs of the embedded dataset."""
    frame = pl.read_parquet(ROOT / "data/embedded/pairs.parquet", columns=["image_before", "image_after"]).head(
        num_pairs
    )
    sampling = Sampling(max_output_tokens=max_tokens)
    return [
        ChatRequest(
            parts=(
                TextPart("What changed between the two screenshots?"),
                ImagePart(memoryview(before["bytes"])),
                ImagePart(memoryview(after["bytes"])),
            ),
            sampling=sampling,
        )
        for before, after in frame.iter_rows()
    ]


async def ask_twice(engine: Engine, asked: Sequence[ChatRequest]) -> list[list[str]]:
    """Return the answers of two rounds, all questions of a round in flight at once."""
    await engine.start()
    try:
        rounds = [await asyncio.gather(*(engine.chat(request) for request in asked)) for _ in range(2)]
        return [[reply.text for reply in replies] for replies in rounds]
    finally:
        await engine.close()


def serve(model: Path, port: int, log: Path) -> "subprocess.Popen[bytes]":
    """Start `vllm serve` and wait until it is ready."""
    command = [
        # what `vllm serve` runs; that command itself asks for a package called vllm, which the build for CPU is not
        sys.executable, "-W", "ignore", "-m", "vllm.entrypoints.openai.api_server", "--model", str(model),
        "--served-model-name", "tiny", "--host", "127.0.0.1", "--port", str(port), "--enforce-eager",
        "--max-model-len", "4096", "--limit-mm-per-prompt", '{"image": 2, "video": 0}', "--no-enable-chunked-prefill",
    ]  # fmt: skip
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out)
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise SystemExit(f"vllm serve ended:\n{log.read_text()[-3000:]}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2).close()
        except OSError:
            time.sleep(0.5)
        else:
            return server
    server.kill()
    raise SystemExit(f"vllm serve is not ready after {START_LIMIT_S} s")


def share_equal(first: Sequence[str], second: Sequence[str]) -> float:
    """Return the share of equal answers, 0..1."""
    return sum(map(str.__eq__, first, second)) / len(first)


def main() -> None:
    """Ask both ways, print the shares; exit status 1 where the ways differ by more than either from itself."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--tokens", type=int, default=64)
    options = parser.parse_args()
    asked = questions(options.pairs, options.tokens)
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "tiny"
        tiny_model.build(model)
        config = VllmConfig(model=str(model), num_gpus=0, num_threads=1, enforce_eager=True, max_model_len=4096)
        inside = asyncio.run(ask_twice(VllmEngine(config), asked))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = serve(model, port, Path(folder) / "log")
        try:
            endpoint = OpenAIConfig(model="tiny", base_url=f"http://127.0.0.1:{port}/v1")
            served = asyncio.run(ask_twice(OpenAIEngine(endpoint), asked))
        finally:
            server.terminate()
            server.wait(timeout=60)
    own = min(share_equal(*inside), share_equal(*served))
    between = [share_equal(first, second) for first, second in itertools.product(inside, served)]
    print(f"in-process against itself   {share_equal(*inside):.3f} of {len(asked)} answers equal")
    print(f"served against itself       {share_equal(*served):.3f}")
    print(f"in-process against served   {min(between):.3f} to {max(between):.3f}")
    print(f"distinct answers            {len(set(inside[0]))} of {len(asked)}")
    sys.exit(max(between) < own)


if __name__ == "__main__":
    main()
