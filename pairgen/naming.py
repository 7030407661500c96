"""Turn an applied candidate into a truth: check that it took hold, name its element, say what it looks like."""

from collections.abc import Iterator
from typing import Final

from pairgen import wording
from pairgen.applied import why_not_applied
from pairgen.names import Directory, Name, Quote, directory_of, leading
from pairgen.readings import visual_effects
from pairgen.records import Candidate, Described, Element, Rejected, Snapshot
from pairgen.scripts import cut_after, glue, units
from schemas.records import Mutation, Truth
from schemas.vocabulary import VISUAL_DIFF

_MIN_ANCHOR_CHARS: Final = (5, 3)
"""How long the words that stay must be to be quoted; shorter ones only where no longer ones tell."""
_BOX_LOOKS: Final = ("border", "rounded", "gradient")


def describe(candidate: Candidate, before: Snapshot, after: Snapshot) -> Described | Rejected:
    """Return the truth of a change that both snapshots show, its boxes left for the caller to measure.

    Rejected `lost` (the element no longer shows), `not_applied` (computed values disagree with the
    candidate), `ambiguous` (a relative of the
    same box can't be told from it), `unnamed` (no name means it alone in both images).
    """
    one, other = directory_of(before), directory_of(after)
    ref = candidate.change.ref
    if ref not in other.tree or not other.tree.shows(other.tree[ref]):
        return Rejected("lost", f"element {ref}")
    fault = why_not_applied(candidate, one.tree, other.tree)
    if fault is not None:
        return fault
    if _is_double(candidate, one) or _is_double(candidate, other):
        return Rejected("ambiguous", f"element {ref}: a painted relative fills the same box")
    name = find_name(candidate, one, other)
    return Rejected("unnamed", f"element {ref}") if name is None else _described(candidate, name, one, other)


def _is_double(candidate: Candidate, page: Directory) -> bool:
    """Tell whether a relative of the same box might be what changed."""
    element = page.tree[candidate.change.ref]
    rivals = page.rivals(element)
    is_box_look = candidate.operator in _BOX_LOOKS or candidate.property == "background-color"
    if is_box_look or candidate.property.startswith("padding"):
        return bool(rivals)
    above = {e.ref for e in page.tree.ancestors(element)}
    return candidate.operator in ("position", "opacity") and any(
        rival.ref in above and page.noun(element) != "text" for rival in rivals
    )


def find_name(candidate: Candidate, before: Directory, after: Directory) -> Name | None:
    """Return the first name that means the changed element, and it alone, in both snapshots."""
    element = before.tree[candidate.change.ref]
    changed = after.tree[candidate.change.ref]
    quotes = tuple(_anchors(element, changed)) if candidate.change.text else None
    for name in before.names(element, quotes=quotes):
        if before.means(name, element) and after.means(name, changed):
            return name
    return None


def _anchors(before: Element, after: Element) -> Iterator[Quote]:
    """Yield the words at the start or the end that a text edit leaves as they were."""
    old, new, joint = units(before.text), units(after.text), glue(before.text)
    same = _num_shared(old, new)
    head = joint.join(old[:same]).rstrip()
    room = min(len(old), len(new)) - same
    same = min(_num_shared(old[::-1], new[::-1]), room)
    tail = joint.join(old[len(old) - same :]).lstrip() if same else ""
    least, at_last = _MIN_ANCHOR_CHARS
    for low, high in ((least, None), (at_last, least)):
        if low <= len(head) < (high or len(head) + 1):
            yield from (Quote(words=words, part="begins") for words in leading(head))
        if low <= len(tail) < (high or len(tail) + 1):
            yield Quote(words=tail if len(tail) <= 42 else cut_after(tail, 34), part="ends")


def _num_shared(one: list[str], other: list[str]) -> int:
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _described(candidate: Candidate, name: Name, before: Directory, after: Directory) -> Described:
    old, new = before.tree[candidate.change.ref], after.tree[candidate.change.ref]
    sentence = wording.write(candidate, name, old, new)
    mutation = Mutation(
        type=candidate.operator,
        element=name.said(),
        property=candidate.property,
        direction=candidate.direction,
        old_value=candidate.old_value,
        new_value=candidate.new_value,
        template=sentence.text,
    )
    truth = Truth(
        task_type=VISUAL_DIFF,
        answer=sentence.text,
        mutations=(mutation,),
        visual_effects=visual_effects(candidate, before.tree, after.tree),
    )
    return Described(truth=truth, template_id=sentence.template_id)
