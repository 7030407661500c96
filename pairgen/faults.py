"""Why a page, not a candidate, is given up. Stays inside this room: every fault is counted in the funnel."""

from schemas.errors import CallError


class PageFault(CallError):
    """One page can't be used; `reason` is the word under which the funnel counts it."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.error_type = reason
        self.detail = detail
