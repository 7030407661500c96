"""Reword the sentences of pairs by an engine, the truth unchanged: `python -m pairgen.polish PAIRS OUT +model@...`."""

import os
import shlex
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from orchestrator.door import CONF_DIR, EXIT_DONE, EXIT_FAILED, EXIT_STOPPED, compose, run_command, split_arguments
from schemas.errors import ConfigError, UserError
from schemas.registry import parse_config

if TYPE_CHECKING:
    from pairgen.polished import Sentence
    from pairgen.rewordings import Asker, Rewordings
    from schemas.protocols import Prompt

_HELP = """\
usage: python -m pairgen.polish PAIRS.parquet OUT.parquet +model@models.KEY=NAME [key=value ...]

Asks an engine to reword the sentence of every changed pair, keeps a rewording that passes all checks, and writes
the pairs again; every other column stays as it is. Stopped or killed, the same command goes on.
  +model@models.mine=endpoint models.mine.name=m models.mine.engine.base_url=URL models.mine.engine.model=ID
                          who is asked: a row as in a sweep, of any engine
  allow_paid=true         call an endpoint that costs money
  prompt=PATH             a prompt of yours that holds {sentence}
  runs=FOLDER             where the store is (runs)
Exit status: 0 all asked; 1 some calls failed, asked again by the same command; 2 you can fix it; 3 stopped."""
_REPORT_EVERY_S: Final = 30.0
_NUM_EXAMPLES: Final = 3


@dataclass(kw_only=True, slots=True, frozen=True)
class PolishConfig:
    """Who is asked, and how."""

    models: dict[str, Any] = field(default_factory=dict)
    """One row, as in a sweep."""
    allow_paid: bool = False
    """Whether an endpoint that costs money may be called."""
    prompt: str = "own"
    """`own`, or the path of a prompt file."""
    runs: str = "runs"
    """Folder of the store."""

    def read_prompt(self) -> "Prompt":
        """Return the prompt; PromptError where it can't be read."""
        from records.prompts import read_prompt

        return read_prompt(CONF_DIR / "prompts" / "polish.txt" if self.prompt == "own" else Path(self.prompt))


@dataclass(slots=True)
class Outcome:
    """Hold what became of the sentences."""

    num_changed: int = 0
    kept: dict[str, str] = field(default_factory=dict)
    """Rewordings by pair id."""
    left: Counter[str] = field(default_factory=Counter)
    """Sentences that stay as they were, by the check that the rewording failed."""
    failed: Counter[str] = field(default_factory=Counter)
    """Sentences whose call failed, by reason."""
    examples: list[tuple[str, str]] = field(default_factory=list)


def main(arguments: Sequence[str]) -> int:
    """Polish as the arguments say; return the exit status."""
    overrides, rest = split_arguments(arguments)
    if rest in (["-h"], ["--help"]):
        _say(_HELP)
        return EXIT_DONE
    if len(rest) != 2:
        raise ConfigError("usage: python -m pairgen.polish PAIRS.parquet OUT.parquet +model@models.KEY=NAME")
    source, out = Path(rest[0]), Path(rest[1])
    _check_paths(source, out)
    config = parse_config(PolishConfig, compose(overrides, "polish").values, where="polish")
    outcome = _polish(source, config)
    if outcome is None:
        command = shlex.join([os.path.relpath(sys.executable), "-m", "pairgen.polish", *arguments])
        _say(f"stopped; every reply is kept. Go on with:\n  {command}", to_error=True)
        return EXIT_STOPPED
    from pairgen.polished import write_polished

    write_polished(source, out, outcome.kept)
    _say(f"{out}   {out.stat().st_size / 1e6:.1f} MB")
    return EXIT_FAILED if outcome.failed else EXIT_DONE


def _check_paths(source: Path, out: Path) -> None:
    if not source.is_file():
        raise UserError(f"no file at {source}")
    if source.resolve() == out.resolve() or (out.exists() and out.samefile(source)):
        raise ConfigError(f"{out} is what is read; name another file to write")
    if out.suffix != ".parquet":
        raise ConfigError(f"{out} is written as Parquet: give it a name that ends in .parquet")


def _polish(source: Path, config: PolishConfig) -> Outcome | None:
    """Ask, check and report; None where it was stopped."""
    from pairgen.polished import read_sentences
    from pairgen.rewordings import Rewordings
    from records.run_paths import RunsPaths
    from records.store import Store

    asker = _asker(config)
    sentences = read_sentences(source)
    with closing(Store.open(RunsPaths(Path(config.runs)).store)) as store:
        rewordings = Rewordings(asker, store)
        rewordings.on_tick = _Progress(rewordings)
        if rewordings.ask(sentence.text for sentence in sentences if not sentence.why_not):
            return None
        outcome = _weigh(sentences, rewordings)
    _report(outcome, rewordings)
    return outcome


def _asker(config: PolishConfig) -> "Asker":
    """Return who is asked; ConfigError unless one row with an engine is named that can run here."""
    from orchestrator.preflight import Machine, inspect_gpus, inspect_rows
    from orchestrator.rows import read_judge_row, read_model_row
    from pairgen.rewordings import Asker

    if len(config.models) != 1:
        raise ConfigError("say who is asked, one row: +model@models.mine=endpoint models.mine.engine.base_url=...")
    prompt = config.read_prompt()
    ((key, values),) = config.models.items()
    if not isinstance(values, dict) or "adapter" not in values:
        raise ConfigError(f"models.{key} is not a row; add one with +model@models.{key}=endpoint")
    asker = Asker(read_model_row(key, values, prompt, is_by_hand=True), prompt)
    rules = read_judge_row("rules", {"judge": {"kind": "rules"}}, prompt, is_by_hand=False)
    machine = Machine(inspect_gpus(None, None), allows_paid=config.allow_paid)
    inspect_rows([asker.row], [rules], machine, fail_on_skip=True)
    return asker


def _weigh(sentences: "Sequence[Sentence]", rewordings: "Rewordings") -> Outcome:
    """Hold every reply against its sentence."""
    from pairgen.faithful import find_fault, tidy

    outcome = Outcome(num_changed=len(sentences))
    for sentence in sentences:
        if sentence.told is None:
            outcome.left[sentence.why_not] += 1
            continue
        answer = rewordings.answer(sentence.text)
        if answer.status != "ok":
            outcome.failed[answer.error_type or answer.status] += 1
            continue
        text = tidy(answer.text, sentence.told)
        fault = find_fault(sentence.told, text, sentence.truth)
        if fault:
            outcome.left[fault] += 1
        else:
            outcome.kept[sentence.pair_id] = text
            outcome.examples.append((sentence.text, text))
    return outcome


def _report(outcome: Outcome, rewordings: "Rewordings") -> None:
    stored = f", {rewordings.num_stored:,} replies kept from before" if rewordings.num_stored else ""
    _say(f"asked    {outcome.num_changed:,} changed pairs: {rewordings.num_called:,} calls{stored}")
    _say(f"kept     {len(outcome.kept):,} rewordings")
    _say(f"left     {_counted(outcome.left)}")
    _say(f"failed   {_counted(outcome.failed)}")
    unknown = rewordings.num_of_unknown_cost
    _say(f"cost     ${rewordings.cost_usd:,.4f}" + (f", and {unknown:,} calls of unknown cost" if unknown else ""))
    step = max(1, len(outcome.examples) // _NUM_EXAMPLES)
    for before, after in outcome.examples[::step][:_NUM_EXAMPLES]:
        _say(f"  - {before}\n  + {after}")


def _counted(reasons: Counter[str]) -> str:
    named = ", ".join(f"{count:,} {reason}" for reason, count in sorted(reasons.items(), key=lambda item: -item[1]))
    return f"{reasons.total():,}" + (f": {named}" if named else "")


class _Progress:
    """Say how far it is, a line each 30 s."""

    def __init__(self, rewordings: "Rewordings") -> None:
        self._rewordings, self._last = rewordings, time.monotonic()

    def __call__(self) -> None:
        now = time.monotonic()
        if now - self._last >= _REPORT_EVERY_S:
            self._last = now
            _say(f"calls {self._rewordings.num_called}/{self._rewordings.num_wanted}", to_error=True)


def _say(text: str, *, to_error: bool = False) -> None:
    print(text, file=sys.stderr if to_error else sys.stdout, flush=True)


if __name__ == "__main__":
    run_command(lambda: main(sys.argv[1:]))
