"""Sentences reworded by an engine behind a real endpoint on loopback: what is kept, what isn't, and at what cost."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from model_adapters.engines.scripted_replies import Asked, RawReply, Script
from model_adapters.engines.scripted_server import ScriptedServer, serving
from orchestrator.door import EXIT_DONE, EXIT_FAILED, EXIT_STOPPED, PROJECT_ROOT
from pairgen.faithful import find_fault, tidy
from pairgen.polish import main
from pairgen.polish_words import VOCABULARY
from pairgen.polished import SUFFIX, Sentence, read_sentences
from pairgen.template_reading import read_template
from pairgen.wording import TEMPLATES
from records.datasets import read_truth
from schemas.errors import ConfigError, DatasetError, PromptError, UserError
from schemas.records import Truth

EMBEDDED = PROJECT_ROOT / "data/embedded/pairs.parquet"
DATA = json.loads(Path(__file__).with_name("rewordings.json").read_text(encoding="utf-8"))
BY_HAND = DATA["rewordings"]
REWRITES = (("instead of", "rather than"), ("grew from", "went up from"), ("grew by", "increased by"),
            ("is shifted", "has shifted"), ("are rounder", "are now rounder"))  # fmt: skip
"""What the engine of these tests does to a sentence."""


def _as_sentence(row: dict[str, Any]) -> Sentence:
    truth = read_truth(row)
    return Sentence(row["id"], truth.answer, read_template(truth.answer, row["template_id"]), truth)


SENTENCES = {row["id"]: _as_sentence(row) for row in DATA["pairs"]}
"""Pairs that rewordings were written for by hand, as the embedded set had them then."""


def asked_sentence(asked: Asked) -> str:
    return asked.text.rpartition("Sentence:\n")[2]


def reworded(sentence: str) -> str:
    for words, others in REWRITES:
        sentence = sentence.replace(words, others, 1)
    return sentence


def reword(asked: Asked) -> str:
    return reworded(asked_sentence(asked))


EMBEDDED_NOW = {sentence.pair_id: sentence for sentence in read_sentences(EMBEDDED)}
NUM_CHANGED = len(EMBEDDED_NOW)
REWORDED = {pair for pair, sentence in EMBEDDED_NOW.items() if reworded(sentence.text) != sentence.text}
FEW = set(sorted(REWORDED)[:8])


def command(source: Path, out: Path, server: ScriptedServer, *more: str) -> list[str]:
    row = ["+model@models.mine=endpoint", "models.mine.name=mine", "models.mine.engine.model=m"]
    return [str(source), str(out), *row, f"models.mine.engine.base_url={server.base_url}",
            f"runs={out.parent / 'runs'}", *more]  # fmt: skip


def fault(pair: str | Sentence, text: str) -> str | None:
    sentence = SENTENCES[pair] if isinstance(pair, str) else pair
    assert sentence.told is not None
    return find_fault(sentence.told, tidy(text, sentence.told), sentence.truth)


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """Return a file of some pairs that `reword` rewords, and an unchanged one."""
    table = pq.read_table(EMBEDDED)
    chosen = [number for number, pair in enumerate(table["id"].to_pylist()) if pair in FEW or pair == "no_diff-0001"]
    pq.write_table(table.take(chosen), tmp_path / "few.parquet", compression="zstd")
    return tmp_path / "few.parquet"


def test_every_template_has_words_and_every_embedded_sentence_is_read_back() -> None:
    assert set(VOCABULARY) == set(TEMPLATES)
    assert NUM_CHANGED == 78
    for sentence in EMBEDDED_NOW.values():
        assert sentence.told is not None, sentence.text
        said = sentence.text.replace(" is now ", " now is ").replace(" are now ", " now are ")
        assert fault(sentence, said) in (None, "same", "judge"), (sentence.text, sentence.told)


def test_a_colour_is_read_whatever_its_article() -> None:
    for color, article in (("amber", "An"), ("red", "A")):
        told = read_template(f'{article} {color} border of 4px was added around the "Save" button.', "border.appear.1")
        assert told is not None
        assert told.new == (color,)


def test_a_sentence_that_its_template_did_not_write_is_not_read() -> None:
    assert read_template("The heading is now bolder.", "font_weight.increase.0") is not None
    assert read_template("The heading is bolder now.", "font_weight.increase.0") is None
    assert read_template("The heading is now bolder.", "font_weight.sideways.0") is None
    assert read_template("The heading is now bolder.", "font_weight.increase.9") is None


SLOTS = {
    "name": '"Save" button in the sidebar', "text": 'text of the "Save" button', "thing": '"Save" button',
    "ink": 'background of the "Save" button', "ink_color": 'background color of the "Save" button', "old": "14px",
    "new": "20px", "px": "24px", "way": "to the left", "where": "to the left of", "gone": "Save it", "come": "Keep it",
    "old_color": "light gray", "new_color": "dark gray", "percent": "25%", "end": "the bottom right",
    "old_stops": "red at the left and blue at the right", "new_stops": "pink at the left and green at the right",
    "old_stop": "violet", "new_stop": "dark violet", "shade": "a lighter teal", "old_code": "#0f766e",
    "new_code": "#0d9488", "items": "items in the", "parts": "items",
}  # fmt: skip
"""What templates are filled with."""


@pytest.mark.parametrize("key", TEMPLATES)
def test_every_template_is_read_and_its_variants_say_the_same(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pairgen.faithful._is_correct", lambda *_: True)  # there is no pair behind these
    truth = Truth(task_type="visual_diff", answer="")
    where = {"where": "at the left and right inside"} if key.startswith("padding") else {}
    sentences = [template.format(**SLOTS | where) for template in TEMPLATES[key]]
    for number, sentence in enumerate(sentences):
        told = read_template(sentence, f"{key}.{number}")
        assert told is not None, sentence
        # variants that tell other values say less or more
        allowed = (None, "same", "numbers", "values", *(["direction"] if key == "justify.gather" else []))
        assert {find_fault(told, other, truth) for other in sentences} <= set(allowed), sentence


@pytest.mark.parametrize(
    "row", [row for row in BY_HAND if not row["is_faithful"]], ids=lambda row: f"{row['round']}: {row['wrong']}"
)
def test_a_wrong_rewording_by_hand_is_refused(row: dict[str, str]) -> None:
    assert fault(row["id"], row["text"]) not in (None, "same")


def test_faithful_rewordings_by_hand_are_kept() -> None:
    faithful = [row for row in BY_HAND if row["is_faithful"]]
    kept = [row for row in faithful if fault(row["id"], row["text"]) is None]
    assert (len(kept), len(faithful)) == (82, 90)


def _mutants(text: str) -> Iterator[str]:
    """Yield sentences that are wrong by how they are made of a right one."""
    numbers = list(re.finditer(r"(?<![\w#…])\d+(?=px|%)", text))
    for number in numbers:
        yield f"{text[: number.start()]}{int(number[0]) + 1}{text[number.end() :]}"
    if len(numbers) == 2:
        one, other = numbers
        yield f"{text[: one.start()]}{other[0]}{text[one.end() : other.start()]}{one[0]}{text[other.end() :]}"
    for words, others in ANTONYMS.items():
        if re.search(rf"\b{words}\b", text):
            yield re.sub(rf"\b{words}\b", others, text, count=1)
    bare = text.removesuffix(".")
    for tail in (", and it is underlined.", " slightly.", ", it seems.", ". It moved, too.", " in the footer."):
        yield bare + tail
    first, second = text.find('"'), text.find('"', text.find('"') + 1)
    if first >= 0:
        yield f"{text[:second]}s{text[second:]}"
    yield text.replace("The ", "The other ", 1) if "The " in text else text.replace("the ", "the other ", 1)


ANTONYMS = {
    "bolder": "less bold", "less bold": "bolder", "heavier": "lighter", "lighter": "heavier", "thinner": "bolder",
    "larger": "smaller", "smaller": "larger", "grew": "shrank", "went down": "went up", "wider": "tighter",
    "tighter": "wider", "further apart": "closer together", "closer together": "further apart", "darker": "lighter",
    "left": "right", "right": "left", "above": "below", "more": "less", "thicker": "thinner", "rounder": "squarer",
    "down": "up", "dashed": "solid", "no longer contains": "now contains", "no longer has": "now has",
    "was added": "was removed", "spread": "moved closer together", "link": "button", "button": "link",
    "heading": "paragraph", "paragraph": "heading", "avatar": "icon", "card": "section", "background": "border",
    "border": "outline", "padding": "margin", "font size": "size", "corners": "edges", "gradient": "color",
    "letters": "words", "lines": "letters",
}  # fmt: skip


def test_sentences_made_wrong_are_refused() -> None:
    made = [(pair, text) for pair in EMBEDDED_NOW.values() for text in _mutants(pair.text)]
    assert len(made) > 700
    assert [text for pair, text in made if fault(pair, text) in (None, "same")] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('The font size of the "Security" link in the navigation bar went up from 14px to 20px.', None),
        ("The font size of the “Security” link in the navigation bar went up from 14px to 20px.", None),
        ('The font size of the "Security" link in the navigation bar grew from 14px to 20px.', "same"),
        ('The font size of the "Security" link in the navigation bar went up from 14px to 21px.', "numbers"),
        ('The font size of the "Security" link in the navigation bar went up to 20px.', "numbers"),
        ("The font size of the Security link in the navigation bar went up from 14px to 20px.", "quotes"),
        ('The font size of the "Security" link in the "top" navigation bar went up from 14px to 20px.', "quotes"),
        ('The font size of the "Security" tab in the navigation bar went up from 14px to 20px.', "element"),
        ('The font size of the "Security" link in the footer went up from 14px to 20px.', "element"),
        ('The font size of the "Security" link in the navigation bar went up from 20px to 14px.', "order"),
        ('The font size of the "Security" link in the navigation bar went down from 14px to 20px.', "direction"),
        ('The font size of the "Security" link in the navigation bar changed from 14px to 20px.', "direction"),
        ('The "Security" link in the navigation bar grew from 14px to 20px.', "part"),
        ('The font size of the "Security" link in the navigation bar went up slightly from 14px to 20px.', "size_word"),
        ('The font size and color of the "Security" link in the navigation bar went up from 14px to 20px.', "added"),
        ('The font size of the "Security" link in the navigation bar went up. It was 14px, now 20px.', "form"),
        ('- The font size of the "Security" link in the navigation bar went up from 14px to 20px', "form"),
        ('Sure! The font size of the "Security" link in the navigation bar went up from 14px to 20px.', "form"),
        ("", "quotes"),
    ],
)
def test_each_check_refuses_what_breaks_it(text: str, reason: str | None) -> None:
    assert fault("easy-font_size-0001", text) == reason


def test_a_rewording_is_held_against_the_pair_s_own_truth() -> None:
    good = 'The font size of the "Security" link in the navigation bar went up from 14px to 20px.'
    sentence = SENTENCES["easy-font_size-0001"]
    other = SENTENCES["easy-rounded-0001"]
    assert sentence.told is not None
    assert find_fault(sentence.told, good, sentence.truth) is None
    assert find_fault(sentence.told, good, other.truth) == "judge"


def test_rewordings_are_kept_the_truth_stays_and_nothing_is_asked_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, again = tmp_path / "out.parquet", tmp_path / "again.parquet"
    with serving(answerer=reword) as server:
        assert main(command(EMBEDDED, out, server)) == EXIT_DONE
        assert len(server.exchanges) == NUM_CHANGED
        said = capsys.readouterr().out
        assert main(command(EMBEDDED, again, server)) == EXIT_DONE
        assert len(server.exchanges) == NUM_CHANGED
    assert again.read_bytes() == out.read_bytes()
    assert len(REWORDED) > 15
    num_left = NUM_CHANGED - len(REWORDED)
    assert f"{NUM_CHANGED} changed pairs: {NUM_CHANGED} calls" in said
    assert f"kept     {len(REWORDED)} rewordings" in said
    assert f"left     {num_left}: {num_left} same" in said
    assert said.count("\n  + ") == 3
    before, after = pq.read_table(EMBEDDED), pq.read_table(out)
    assert after.schema.equals(before.schema, check_metadata=True)
    for name in set(before.column_names) - {"ground_truth_diff", "template_id"}:
        assert after[name].equals(before[name]), name
    for old, new in zip(before.to_pylist(), after.to_pylist(), strict=True):
        is_kept = old["id"] in REWORDED
        assert new["ground_truth_diff"] == (reworded if is_kept else str)(old["ground_truth_diff"])
        assert new["template_id"] == (f"{old['template_id']}{SUFFIX}" if is_kept else old["template_id"])
    assert {sentence.pair_id for sentence in read_sentences(out)} == set(EMBEDDED_NOW) - REWORDED
    layouts = [pq.ParquetFile(path).metadata.row_group(0).column(1) for path in (EMBEDDED, out)]
    assert layouts[0].compression == layouts[1].compression == "UNCOMPRESSED"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (Script(refusal_share=1.0, max_faults=1), "refused"),
        (Script(empty_share=1.0, max_faults=1), "empty"),
        (Script(length_share=1.0, max_faults=1), "truncated"),
    ],
)
def test_what_is_no_rewording_leaves_the_template_and_is_asked_again_by_the_same_command(
    few: Path, tmp_path: Path, script: Script, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.parquet"
    with serving(script, reword) as server:
        assert main(command(few, out, server)) == EXIT_FAILED
        assert f"failed   {len(FEW)}: {len(FEW)} {reason}" in capsys.readouterr().out
        assert pq.read_table(out).equals(pq.read_table(few))
        assert main(command(few, out, server)) == EXIT_DONE
    kept = [row for row in pq.read_table(out)["template_id"].to_pylist() if row and row.endswith(SUFFIX)]
    assert len(kept) == len(FEW)


def test_a_server_that_says_too_many_is_asked_again_at_once(few: Path, tmp_path: Path) -> None:
    with serving(Script(rate_limited_share=1.0, max_faults=1), reword) as server:
        assert main(command(few, tmp_path / "out.parquet", server)) == EXIT_DONE
        assert server.outcomes == {"rate_limited": len(FEW), "ok": len(FEW)}


def test_one_call_that_fails_is_a_reason_and_the_same_command_asks_it_alone(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, whole = tmp_path / "out.parquet", tmp_path / "whole" / "out.parquet"
    pair = min(FEW)
    bad = EMBEDDED_NOW[pair].text
    broken = {bad}

    def answerer(asked: Asked) -> str | RawReply:
        return (
            RawReply(status=400, body=b'{"error": {"message": "no"}}')
            if asked_sentence(asked) in broken
            else reword(asked)
        )

    with serving(answerer=answerer) as server:
        assert main(command(few, out, server)) == EXIT_FAILED
        assert "failed   1: 1 rejected" in capsys.readouterr().out
        rows = {row["id"]: row for row in pq.read_table(out).to_pylist()}
        assert rows[pair]["ground_truth_diff"] == bad
        assert not rows[pair]["template_id"].endswith(SUFFIX)
        num_asked = len(server.exchanges)
        broken.clear()
        assert main(command(few, out, server)) == EXIT_DONE
        assert len(server.exchanges) == num_asked + 1
        assert main(command(few, whole, server)) == EXIT_DONE
    assert out.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
def test_after_a_stop_in_the_middle_only_the_rest_is_asked(tmp_path: Path, number: signal.Signals) -> None:
    out, whole = tmp_path / "out.parquet", tmp_path / "whole" / "out.parquet"
    with serving(Script(median_s=0.1), reword) as server:
        arguments = command(EMBEDDED, out, server)
        program = [sys.executable, "-m", "pairgen.polish", *arguments, "models.mine.engine.max_in_flight=4"]
        with subprocess.Popen(
            program, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            deadline = time.monotonic() + 60
            while sum(server.finished.values()) < 10 and time.monotonic() < deadline:
                time.sleep(0.02)
            assert process.poll() is None, "it was over before it could be stopped"
            os.kill(process.pid, number)
        assert process.returncode == (-number if number == signal.SIGKILL else EXIT_STOPPED)
        assert not out.exists()
        num_before = sum(server.finished.values())
        assert 10 <= num_before < 70
        assert main(arguments) == EXIT_DONE
        num_repeated = sum(server.finished.values()) - NUM_CHANGED
        assert num_repeated <= (4 if number == signal.SIGKILL else 0), "only what was in flight may be lost"
    with serving(answerer=reword) as server:
        assert main(command(EMBEDDED, whole, server)) == EXIT_DONE
    assert out.read_bytes() == whole.read_bytes()


def test_a_stand_in_engine_whose_replies_mean_nothing_changes_nothing(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.parquet"
    words = ["+model@models.s=scripted_engine", f"runs={tmp_path / 'runs'}"]
    assert main([str(few), str(out), *words]) == EXIT_DONE
    assert "kept     0 rewordings" in capsys.readouterr().out
    assert pq.read_table(out).equals(pq.read_table(few))


def test_an_endpoint_that_costs_money_wants_a_word_and_its_cost_is_told(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    price = "models.mine.engine.prices={input_usd_per_mtok:1000,output_usd_per_mtok:0,as_of:2026-01-01}"
    with serving(answerer=reword) as server:
        arguments = command(few, tmp_path / "out.parquet", server, price)
        with pytest.raises(ConfigError, match="allow_paid=true"):
            main(arguments)
        assert not server.exchanges
        assert main([*arguments, "allow_paid=true"]) == EXIT_DONE
    (cost,) = [line.split("$")[1] for line in capsys.readouterr().out.splitlines() if line.startswith("cost")]
    assert float(cost) > 0


def _bad_inputs(few: Path, tmp_path: Path) -> Iterator[tuple[list[str], type[Exception], str]]:
    row = ["+model@models.mine=endpoint", "models.mine.name=m", "models.mine.engine.model=m"]
    served = [*row, "models.mine.engine.base_url=http://127.0.0.1:1/v1"]
    stand_in = ["+model@models.s=scripted_engine", f"runs={tmp_path / 'runs'}"]
    out = str(tmp_path / "o.parquet")
    (tmp_path / "no.parquet").write_bytes(b"no parquet")
    pq.write_table(pq.read_table(few).drop_columns(["domain"]), tmp_path / "lacks.parquet")
    pq.write_table(pq.read_table(few).drop_columns(["template_id"]), tmp_path / "foreign.parquet")
    (tmp_path / "prompt.txt").write_text("Reword it.")
    yield [], ConfigError, "usage"
    yield [str(tmp_path / "absent.parquet"), out, *stand_in], UserError, "no file"
    yield [str(few), str(few), *stand_in], ConfigError, "is what is read"
    yield [str(few), str(tmp_path / "o.csv"), *stand_in], ConfigError, "ends in .parquet"
    yield [str(tmp_path / "no.parquet"), out, *stand_in], DatasetError, "cannot be read as Parquet"
    yield [str(tmp_path / "lacks.parquet"), out, *stand_in], DatasetError, "column 'domain' is missing"
    yield [str(tmp_path / "foreign.parquet"), out, *stand_in], DatasetError, "template_id"
    yield [str(few), out], ConfigError, "say who is asked"
    yield [str(few), out, *stand_in, "+model@models.t=scripted_engine"], ConfigError, "say who is asked, one row"
    yield [str(few), out, "+model@models.x=nonesuch"], ConfigError, "no model 'nonesuch'"
    yield [str(few), out, "+model@models.x=pixel_diff"], ConfigError, "has no engine"
    yield [str(few), out, *stand_in, "models.s.engine.kind=nonesuch"], ConfigError, "unknown engine kind"
    yield [str(few), out, *stand_in, "colour=red"], ConfigError, "colour"
    yield [str(few), out, *stand_in, "models.s.engine.fails_start=out_of_memory"], UserError, "fails as scripted"
    yield [str(few), out, *stand_in, f"prompt={tmp_path / 'prompt.txt'}"], PromptError, "{sentence}"
    yield [str(few), out, *served], ConfigError, "nothing answers"
    yield [str(few), out, *served, "models.mine.engine.api_key_env=NO_SUCH_KEY_HERE"], ConfigError, "NO_SUCH_KEY_HERE"


def test_bad_input_is_told_in_one_message(few: Path, tmp_path: Path) -> None:
    for arguments, error, said in _bad_inputs(few, tmp_path):
        with pytest.raises(error, match=said):
            main(arguments)
    assert not (tmp_path / "o.parquet").exists()


def test_help_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == EXIT_DONE
    assert "python -m pairgen.polish" in capsys.readouterr().out
