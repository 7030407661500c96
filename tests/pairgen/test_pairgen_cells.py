from pairgen.cells import Plan
from pairgen.funnel import Funnel
from schemas.vocabulary import OPERATORS


def test_a_plan_wants_every_cell_with_both_mechanisms_and_unique_ids() -> None:
    slots = Plan(OPERATORS, 2).open_slots
    assert len({slot.pair_id for slot in slots}) == len(slots) == 13 * 3 * 2
    for operator in OPERATORS:
        for tier in ("easy", "medium", "hard"):
            assert len({s.mechanism for s in slots if (s.operator, s.tier) == (operator, tier)}) == 2


def test_one_pair_a_cell_still_shows_both_mechanisms() -> None:
    slots = Plan(OPERATORS, 1).open_slots
    assert len({s.mechanism for s in slots if s.operator == "text"}) == 2


def test_what_was_tried_in_vain_waits_behind_the_rest() -> None:
    plan = Plan(("text", "color"), 1)
    first, second, *_ = plan.open_slots
    plan.miss(first)
    assert plan.open_slots[0] == second
    assert plan.open_slots[-1] == first
    plan.fill(second)
    assert second not in plan.open_slots


def test_the_other_mechanism_is_tried_only_after_many_pages() -> None:
    plan = Plan(("text",), 1)
    slot = plan.open_slots[0]
    assert plan.mechanisms(slot) == (slot.mechanism,)
    for _ in range(12):
        plan.miss(slot)
    assert set(plan.mechanisms(slot)) == {"substitute", "delete"}


def test_the_funnel_adds_up_and_hides_empty_rows() -> None:
    funnel = Funnel(num_pages=3, num_no_diff=1)
    funnel.candidates["text", "easy"] = 4
    funnel.rejected["text", "easy", "leak"] = 2
    funnel.rejected["text", "easy", "unseen"] = 1
    funnel.kept["text", "easy"] = 1
    assert funnel.table().splitlines() == [
        "operator  tier  candidates  leak  unseen  kept",
        "text      easy           4     2       1     1",
        "all                      4     2       1     1",
    ]
    assert funnel.num_kept == 2
