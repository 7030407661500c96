"""A sample of the attacks on the gate; `python -m benchmarks.attack_the_gate` makes them all."""

from benchmarks.attack_the_gate import attack
from benchmarks.gate_attacks import CASCADES, NO_EFFECTS
from pairgen.browser import Renderer


def test_no_cascade_and_no_change_without_effect_passes_the_gate(renderer: Renderer) -> None:
    tally = attack(renderer, num=len(NO_EFFECTS), say=False)
    # every attack begins with a change that passes, and every kind could be built
    assert tally.num_control >= 2
    assert all(tally.num(kind) for kind in (*CASCADES, *NO_EFFECTS)), tally.table()
    assert not tally.passed, tally.table()
