"""500 deliberate cascades and 500 no-effects against the gate: `python -m benchmarks.attack_the_gate [number]`.

Prints how many of each kind were tried and what rejected them, and exits with 1 if any passes. Each attack begins with
a change that did pass, on a composed page or on one written here: those are the positive control, and without them
(none passes, or a kind can't be built) the exit status is 1, too. What the kinds are, and why no honest pair can be
made of any, stands in `gate_attacks`.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from benchmarks.gate_attacks import CASCADES, NO_EFFECTS, SINGLE_FACED, Attack, Prey, no_effects
from pairgen.attempt import Stage
from pairgen.browser import Renderer, open_browser
from pairgen.browser_config import BrowserConfig
from pairgen.composer.compose import compose
from pairgen.faults import PageFault
from pairgen.funnel import Funnel
from pairgen.images import decode, level_difference
from pairgen.operators import propose
from pairgen.operators.tiers import MECHANISMS
from pairgen.records import Candidate, Page, Pair, Rejected
from pairgen.snapshot import ELEMENTS
from schemas.vocabulary import CHANGED_TIERS, OPERATORS

FAINT_LEVELS: Final = 8
"""Largest difference of any pixel, of 255, in what counts as no effect."""
_FIRST_SEED: Final = 500_000
"""Composed pages that no recipe uses."""
_TRIES: Final = 4
_SLOW: Final = ("transition", "lazy_image")
_MARK: Final = (
    "() => { [...document.querySelectorAll(`%s`)].forEach((e, ref) => e.setAttribute('data-ref', ref)); "
    "document.head.firstElementChild.remove(); "
    "document.querySelector('[data-ref=\"%d\"]').setAttribute('data-prey', ''); "
    "return '<!doctype html>' + document.documentElement.outerHTML; }"
)
_WORDS: Final = ("Bread and butter", "Rye on Mondays", "Our mill", "Order a loaf", "Open on Sundays", "What we bake",
                 "Near the river", "Since 1968", "Ask the baker", "Deliveries", "Opening hours")  # fmt: skip


@dataclass
class Tally:
    """Count what became of attacks, by kind."""

    rejected: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By kind and predicate."""
    passed: list[tuple[str, str, Candidate]] = field(default_factory=list)
    num_control: int = 0
    """Changes that passed before anything was done to them."""
    num_duds: Counter[str] = field(default_factory=Counter)
    """Traps that didn't close: not counted as attacks."""

    def note(self, kind: str, page_id: str, candidate: Candidate, outcome: Pair | Rejected) -> None:
        """Count one attack."""
        if isinstance(outcome, Pair):
            self.passed.append((kind, page_id, candidate))
        self.rejected[kind, "PASSED" if isinstance(outcome, Pair) else outcome.predicate] += 1

    def num(self, kind: str) -> int:
        """Return how many attacks of a kind were made."""
        return sum(count for (name, _), count in self.rejected.items() if name == kind)

    def table(self) -> str:
        """Return a line for each kind."""
        lines = []
        for kind in (*CASCADES, *NO_EFFECTS):
            by = {predicate: count for (name, predicate), count in self.rejected.items() if name == kind}
            told = ", ".join(f"{count} {name}" for name, count in sorted(by.items(), key=lambda item: -item[1]))
            lines.append(f"{kind:15} {self.num(kind):4} tried   {told}   ({self.num_duds[kind]} duds)")
        return "\n".join(lines)


def hand_built(seed: int) -> Page:
    """Return a page written by hand, in colours, sizes and an order of its own."""
    rng = random.Random(f"hand-built/{seed}")
    words = rng.sample(_WORDS, len(_WORDS))
    hue, size, room = rng.randrange(360), rng.choice([15, 16, 18]), rng.choice([12, 16, 24])
    cards = [
        f'<div class="card"><h2>{words[0]}</h2><p>{words[1]}: {words[2].lower()}, and {words[3].lower()} before noon. '
        f"We grind the flour on two days a week and bake it on six.</p><a class=button href=#>{words[4]}</a></div>",
        f'<div class="banner"><span>{words[5]}</span></div>',
        f'<div class="full"><span>{words[6]}</span><span>{words[7]}</span></div>',
        f'<p class="mono">{words[8]}</p><p class="mono bold">{words[9]}</p>',
        f'<div class="bar"></div><p style="visibility: hidden">{words[10]}</p>',
    ]
    rng.shuffle(cards)
    css = f"""* {{ box-sizing: border-box }} body {{ margin: 0; font: {size}px/1.5 Inter, "Noto Sans", sans-serif;
      color: hsl({hue} 40% 15%); background: hsl({hue} 30% 98%) }}
      header {{ display: flex; gap: {room}px; padding: {room}px; background: hsl({hue} 60% 94%) }}
      .card {{ border: 1px solid hsl({hue} 20% 75%); border-radius: 8px; margin: {room}px; padding: 24px; width: 520px;
        height: 260px; background: white }} .card h2 {{ margin: 0 0 8px; font-size: 24px; line-height: 32px }}
      .card p {{ margin: 0 }} .button {{ display: inline-block; margin-top: 16px; padding: 8px 16px; color: white;
        background: hsl({hue} 70% 40%); border-radius: 6px }}
      .banner {{ background-image: linear-gradient(90deg, hsl({hue} 70% 45%), hsl({(hue + 60) % 360} 70% 45%));
        color: white; margin: {room}px; padding: 16px; height: 88px }}
      .full {{ display: flex; margin: {room}px; width: 600px }} .full span {{ flex: 1 0 50% }}
      .mono {{ font-family: "{SINGLE_FACED}"; font-synthesis: none; margin: 8px {room}px; width: 500px }}
      .bold {{ font-weight: 700 }} .bar {{ height: 20px; width: 300px; margin: {room}px; background: #fde68a }}"""
    html = (
        f"<!doctype html><html lang=en><head><style>{css}</style></head><body><header><a href=#>Home</a>"
        f"<a href=#>Breads</a><a href=#>Contact</a></header>{''.join(cards)}</body></html>"
    )
    return Page(page_id=f"hand-built-{seed}", domain="food/restaurant", html=html)


def preys(renderer: Renderer, tally: Tally, seed: int = 0) -> Iterator[tuple[Prey, Stage]]:
    """Yield changes that pass the gate, each with its page as it is loaded; one page in four is written by hand."""
    number = seed
    while True:
        rng = random.Random(f"prey/{number}")
        page = hand_built(number) if number % 4 == 3 else compose(_FIRST_SEED + number)
        number += 1
        operator = rng.choice([name for name in OPERATORS if name != "text"])
        mechanism, tier = rng.choice(MECHANISMS[operator]), rng.choice(CHANGED_TIERS)
        stage = Stage(renderer, page, Funnel())
        for candidate in islice(propose(stage.snapshot, operator, tier, mechanism, rng), _TRIES):
            renderer.undo()
            if isinstance(stage.judge(candidate, "control"), Pair):
                renderer.undo()
                html = renderer.evaluate(_MARK % (ELEMENTS, candidate.change.ref))
                marked = replace(page, html=html)
                stage = Stage(renderer, marked, Funnel())
                tally.num_control += 1
                yield Prey(page=marked, candidate=candidate, snapshot=stage.snapshot), stage
                break


def spring(renderer: Renderer, kind: str, attack: Attack, tally: Tally) -> None:
    """Load the page with its trap, see that it closes, and ask the gate."""
    try:
        stage = Stage(renderer, attack.page, Funnel())
        before = renderer.evaluate(attack.probe)
        assert renderer.apply(attack.candidate.change)
        after = renderer.evaluate(attack.probe)
        if not attack.holds(before, after):
            tally.num_duds[kind] += 1
            return
        if kind in _SLOW:  # what the probe has waited for must not help the gate
            stage = Stage(renderer, attack.page, Funnel())
        renderer.undo()
        outcome = stage.judge(attack.candidate, "attack")
    except PageFault as fault:
        outcome = Rejected(fault.error_type)
    tally.note(kind, attack.page.page_id, attack.candidate, outcome)


def tell_nothing(renderer: Renderer, stage: Stage, kind: str, candidate: Candidate, tally: Tally) -> None:
    """Ask the gate for a change without effect, on the page that is loaded."""
    renderer.undo()
    before = decode(renderer.screenshot())
    renderer.apply(candidate.change)
    after = decode(renderer.screenshot())
    renderer.undo()
    if level_difference(before, after).max() > FAINT_LEVELS:
        tally.num_duds[kind] += 1
        return
    tally.note(kind, "", candidate, stage.judge(candidate, "attack"))


def attack(renderer: Renderer, num: int, say: bool = True) -> Tally:
    """Make at least `num` cascades and `num` no-effects, shared evenly among the kinds."""
    tally, started = Tally(), time.monotonic()
    quota = {kind: -(-num // len(kinds)) for kinds in (CASCADES, NO_EFFECTS) for kind in kinds}
    for prey, stage in preys(renderer, tally):
        rng = random.Random(prey.page.page_id)
        proposed = [prey.candidate]
        for kind, candidate in no_effects(prey.snapshot, proposed, rng):
            if tally.num(kind) < quota[kind]:
                tell_nothing(renderer, stage, kind, candidate, tally)
        for kind, trap in CASCADES.items():
            made = trap(prey, rng) if tally.num(kind) < quota[kind] else None
            if made is not None:
                spring(renderer, kind, made, tally)
        if all(tally.num(kind) >= wanted for kind, wanted in quota.items()):
            break
        if say and tally.num_control % 10 == 0:
            print(f"{tally.num_control} preys, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return tally


def main(arguments: list[str]) -> int:
    """Attack, print the counts; return 1 if anything passes that must not."""
    num = int(arguments[0]) if arguments else 500
    started = time.monotonic()
    with open_browser(BrowserConfig(), say=lambda _: None) as renderer:
        tally = attack(renderer, num)
    print(tally.table())
    for kind, page_id, candidate in tally.passed:
        print(f"PASSED {kind} on {page_id or 'a page'}: {candidate}")
    cascades, nothings = (sum(map(tally.num, kinds)) for kinds in (CASCADES, NO_EFFECTS))
    print(
        f"{cascades} cascades and {nothings} no-effects: {len(tally.passed)} passed the gate; {tally.num_control} "
        f"changes passed before they were tampered with   {time.monotonic() - started:.0f} s"
    )
    return 1 if tally.passed or not tally.num_control else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
