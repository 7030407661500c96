"""Where an engine's calls wait until they may be sent."""

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import AsyncIterator

from model_adapters.engines.adaptive import ConcurrencyLimit, LimitConfig, Outcome, Ticket
from schemas.errors import BadReply, CallError, RateLimited, ServerFailed


def judge_call(error: BaseException | None) -> Outcome:
    """Return what a call's end says of the endpoint's capacity.

    A server that is overloaded says so by 429, or by another status with a Retry-After. A broken reply is a reply.
    """
    if error is None or isinstance(error, BadReply):
        return Outcome.ANSWERED
    is_overload = isinstance(error, ServerFailed) and error.retry_after_s is not None
    return Outcome.REFUSED if isinstance(error, RateLimited) or is_overload else Outcome.UNKNOWN


class Gate:
    """Let calls through in order of arrival, as many at once as a limit allows that follows how they end."""

    def __init__(self, config: LimitConfig, where: str, max_wait_s: float) -> None:
        self._limit = ConcurrencyLimit(config, random.Random())
        self._where = where
        self._max_wait_s = max_wait_s
        self._waiting: deque[asyncio.Future[Ticket]] = deque()
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def limit(self) -> ConcurrencyLimit:
        """Return the limit, to look at."""
        return self._limit

    @contextlib.asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold a call's place; RateLimited where none came free within `max_wait_s`: nothing was sent then."""
        ticket = await self._wait()
        try:
            yield
        except BaseException as error:
            self._leave(ticket, error)
            raise
        self._leave(ticket, None)

    async def _wait(self) -> Ticket:
        place: asyncio.Future[Ticket] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        self._admit()
        try:
            async with asyncio.timeout(self._max_wait_s):
                return await place
        except TimeoutError:
            self._give_back(place)
            raise RateLimited(
                f"{self._where} bears {self._limit.limit} calls at once: no turn within {self._max_wait_s:g} s, "
                "nothing sent; lower max_in_flight"
            ) from None
        except asyncio.CancelledError:
            self._give_back(place)
            raise

    def _give_back(self, place: "asyncio.Future[Ticket]") -> None:
        """Return the ticket that came in the very moment of giving up."""
        if place.done() and not place.cancelled():
            self._leave(place.result(), asyncio.CancelledError())

    def _leave(self, ticket: Ticket, error: BaseException | None) -> None:
        retry_after_s = error.retry_after_s if isinstance(error, CallError) else None
        self._limit.leave(ticket, judge_call(error), asyncio.get_running_loop().time(), retry_after_s)
        self._admit()

    def _admit(self) -> None:
        """Let in whoever may go; set an alarm where time alone will let in more."""
        loop = asyncio.get_running_loop()
        while self._waiting:
            if self._waiting[0].done():
                self._waiting.popleft()
            elif (ticket := self._limit.enter(loop.time())) is not None:
                self._waiting.popleft().set_result(ticket)
            else:
                break
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self._waiting and (wake_s := self._limit.wake_s(loop.time())) is not None:
            self._alarm = loop.call_at(wake_s, self._admit)
