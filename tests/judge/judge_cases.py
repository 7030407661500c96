"""Truths and a fake engine that the judges' tests share."""

from typing import Any

from schemas.protocols import ChatReply, ChatRequest
from schemas.records import Box, Case, Mutation, Truth

NO_DIFF = Truth(task_type="no_diff", answer="")


def changed(
    operator: str,
    element: str,
    direction: str,
    *,
    old: str = "",
    new: str = "",
    prop: str = "",
    box: Box | None = None,
    area: Box | None = None,
    effects: tuple[str, ...] = (),
) -> Truth:
    mutation = Mutation(
        type=operator,
        element=element,
        property=prop,
        direction=direction,
        old_value=old,
        new_value=new,
        template=f"The {element}.",
    )
    return Truth(
        task_type="visual_diff",
        answer=mutation.template,
        mutations=(mutation,),
        target_box=box,
        affected_box=area,
        visual_effects=effects,
    )


SIGN_UP = changed(
    "font_size", '"Sign Up" button in the header', "increase", box=Box(1100, 20, 120, 40), area=Box(1000, 20, 220, 40)
)
CAPTION = changed("font_size", 'caption under the "PDF Viewer" heading', "increase")
CARD = changed("opacity", 'card with the heading "Interesting Facts About Steamboat Springs"', "decrease")
PILL = changed("rounded", '"SOHBETE BAŞLA" button', "increase")
BREAD = changed("text", 'heading "Fresh bread, every morning"', "replace", old="bread", new="pastry")
HERO = changed("color", "hero heading", "darker")
LEARN = changed("position", '"Learn more" link in the card "Alpine Tour"', "left")
CONTACT = changed("spacing", '"Contact" section', "increase", prop="padding-top")
SEARCH = changed("border", "search field in the header", "restyle", old="solid", new="dashed")
PLANS = changed("justify", 'row of buttons below the heading "Plans"', "center")
STORY = changed("letter_spacing", '"Our story" heading', "increase")


UNSEEN = (
    "I don't see any images attached to this message. Please upload them.",
    "I cannot see the images you mention.",
    "I'm sorry, but I can't identify what is shown",
    "The images failed to load, so I could not detect anything.",
    "Error: unable to find image.",
    "I am unable to see any images.",
    "No screenshots were attached, so I cannot find any differences.",
)
"""Say that the images could not be seen: neither claims nor denials."""
SEEN = (
    "I cannot see any difference between the images.",
    "I don't see any image differences.",
    "I could not find any changes in the screenshots.",
    "I do not see the screenshots differ.",
)
"""Deny change in words much like those."""


ENDLESS = {
    "joints": "the button changed colour and the " * 1000,
    "quotes": '"a " ' * 20_000,
    "sentences": "The logo moved. " * 3000,
    "relations": 'The size of the "Sign Up" button changed ' + "from 1 " * 2800,
    "items": 'The items in the "Sign Up" row moved ' + "items in the " * 1500,
    "table": "| a | b |\n|---|---|\n" + "| Logo | blue |\n" * 3000,
}
"""Answers far longer than any judge reads."""


def case(truth: Truth, text: str) -> Case:
    return Case(pair_id="p1", truth=truth, text=text)


class FakeEngine:
    """Gives the replies it was built with, in order, and keeps the requests."""

    def __init__(self, *texts: str, **counts: Any) -> None:
        self.texts, self.counts, self.requests = list(texts), counts, []

    async def start(self) -> None:
        raise AssertionError("the judge is handed a started engine")

    async def chat(self, request: ChatRequest) -> ChatReply:
        self.requests.append(request)
        return ChatReply(text=self.texts.pop(0), **self.counts)

    async def close(self) -> None:
        raise AssertionError("whoever started the engine closes it")
