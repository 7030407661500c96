"""A queue that hands out what belongs together, together."""

from collections import OrderedDict, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class GroupedQueue(Generic[T]):
    """First in, first out, but a taker goes on with the group it had last, while that has items. Each call is O(1)."""

    def __init__(self) -> None:
        self._first: deque[T] = deque()
        self._groups: OrderedDict[str, deque[T]] = OrderedDict()  # those that have items, in the order of their turns

    def push(self, item: T, group: str) -> None:
        """Put an item behind its group's."""
        items = self._groups.get(group)
        if items is None:
            items = self._groups[group] = deque()
        items.append(item)

    def push_first(self, item: T) -> None:
        """Put an item before all others, whatever their group."""
        self._first.appendleft(item)

    def pop(self, last_group: str) -> T | None:
        """Take the next item for one who had `last_group` before, or None where nothing is left.

        Without more of that group it takes the group that has waited longest since someone began with it,
        so that several takers spread over groups.
        """
        if self._first:
            return self._first.popleft()
        if last_group in self._groups:
            return self._take(last_group)
        if self._groups:
            group = next(iter(self._groups))
            self._groups.move_to_end(group)
            return self._take(group)
        return None

    def _take(self, group: str) -> T:
        items = self._groups[group]
        item = items.popleft()
        if not items:
            del self._groups[group]
        return item
