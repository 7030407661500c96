"""A loopback endpoint that answers from a script: for tests, benchmarks and a first try.

    python -m model_adapters.engines.scripted_server --port 0 --seed 1 --median-s 0.5 --slow-share 0.03

It serves POST /v1/chat/completions (OpenAI), /v1/messages (Anthropic) and /v1beta/models/NAME:generateContent
(Google), GET /v1/models, and GET /stats, which says what was asked and how it ended. Plain asyncio, so that
the client is what a benchmark measures: 1.3 ms of CPU for a request of two images of 120 kB, most of it JSON,
base64 and SHA-256.
"""

import argparse
import asyncio
import contextlib
import json
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Final, NamedTuple, Self

from model_adapters.engines.scripted_replies import Answerer, Asked, RawReply, Script, answer, canned
from model_adapters.engines.scripted_wires import MODEL, OPENAI, Wire, json_reply, read_request, shape_reply, wire_of

MAX_HEAD_BYTES: Final = 1 << 20
FINISHED: Final = frozenset({"ok", "length", "empty", "refusal"})
HTML_PAGE: Final = b"<html><body><h1>Bad gateway</h1></body></html>"


@dataclass(slots=True, kw_only=True)
class Exchange:
    """Record one chat request."""

    content: str
    """SHA-256 of its body, hex."""
    attempt: int
    """How often the same body came before."""
    outcome: str
    """`ok`, `over_capacity`, or the fault that was shown."""
    latency_s: float
    """What the script drew, seconds."""
    arrived_s: float
    """When the request was read, seconds of the server's clock."""
    is_sent: bool = False
    """Whether the client was still there to take the reply."""


class Turn(NamedTuple):
    """Hold the reply to a request, None where there is none, and its record if it was a chat request."""

    reply: RawReply | None
    exchange: Exchange | None = None


class Request(NamedTuple):
    """Hold one HTTP request."""

    method: str
    path: str
    body: bytes


class ScriptedServer:
    """Serve on 127.0.0.1; an async context manager. `port` 0 takes a free one."""

    def __init__(self, script: Script | None = None, answerer: Answerer = answer, port: int = 0) -> None:
        self.script = script or Script()
        self.exchanges: list[Exchange] = []
        self._answerer = answerer
        self._port = port
        self._attempts: Counter[str] = Counter()
        self._in_flight = 0
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    @property
    def base_url(self) -> str:
        """Return the address a client is given."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def root_url(self) -> str:
        """Return the address below which `/stats` lies."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def num_in_flight(self) -> int:
        """Return how many chat requests are being answered."""
        return self._in_flight

    @property
    def outcomes(self) -> Counter[str]:
        """Count requests by how they ended."""
        return Counter(exchange.outcome for exchange in self.exchanges)

    @property
    def finished(self) -> Counter[str]:
        """Count whole replies by content: more than 1 anywhere means that a finished call was repeated."""
        return Counter(
            exchange.content for exchange in self.exchanges if exchange.is_sent and exchange.outcome in FINISHED
        )

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self._port, limit=MAX_HEAD_BYTES)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        connections = dict(self._connections)
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        for writer in connections.values():
            writer.close()  # a task that was cancelled before it ran has closed nothing
        await self._server.wait_closed()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._connections[task] = writer
        task.add_done_callback(self._connections.pop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await read_http(reader)) is not None:
                turn = await self._respond(request)
                if turn.reply is None:
                    await reader.read()  # hang until the client gives up
                if turn.reply is None or reader.at_eof():
                    return
                writer.write(encode_reply(turn.reply))
                await writer.drain()
                if turn.exchange:
                    turn.exchange.is_sent = True
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _respond(self, request: Request) -> Turn:
        if request.method == "POST" and (wire := wire_of(request.path)) is not None:
            return await self._chat(wire, request.body)
        if request.method == "GET" and request.path == "/v1/models":
            return Turn(json_reply({"object": "list", "data": [{"id": MODEL, "object": "model"}]}))
        if request.method == "GET" and request.path == "/stats":
            return Turn(json_reply(self.stats()))
        return Turn(OPENAI.error(404, f"no such path: {request.path}", None))

    async def _chat(self, wire: Wire, body: bytes) -> Turn:
        arrived_s = asyncio.get_running_loop().time()
        asked = read_request(wire, body)
        if asked is None:
            return Turn(wire.error(400, "the body is no chat request", None))
        exchange = self._admit(asked.content, arrived_s)
        if exchange.outcome == "hang":
            return Turn(None, exchange)
        if exchange.outcome != "over_capacity":
            await self._wait(exchange.latency_s)
        return Turn(self._reply(wire, asked, exchange.outcome), exchange)

    def _admit(self, content: str, arrived_s: float) -> Exchange:
        attempt = self._attempts[content]
        self._attempts[content] += 1
        latency_s, outcome = self.script.plan(content, attempt)
        if 0 < self.script.capacity <= self._in_flight:
            outcome = "over_capacity"
        exchange = Exchange(
            content=content, attempt=attempt, outcome=outcome, latency_s=latency_s, arrived_s=arrived_s
        )  # fmt: skip
        self.exchanges.append(exchange)
        return exchange

    async def _wait(self, latency_s: float) -> None:
        self._in_flight += 1
        try:
            await asyncio.sleep(latency_s)
        finally:
            self._in_flight -= 1

    def _reply(self, wire: Wire, asked: Asked, outcome: str) -> RawReply:
        if outcome in {"rate_limited", "over_capacity"}:
            return wire.error(429, "too many requests", self.script.retry_after_s)
        if outcome == "server_error":
            return wire.error(500, "the script says so", None)
        if outcome == "html":
            return RawReply(body=HTML_PAGE, headers={"Content-Type": "text/html"})
        answered = self._answerer(asked)
        if isinstance(answered, RawReply):
            return answered
        return shape_reply(wire, asked, answered, outcome)

    def stats(self) -> dict[str, object]:
        """Return what was asked so far, as `/stats` serves it."""
        return {
            "num_requests": len(self.exchanges),
            "outcomes": dict(self.outcomes),
            "max_finished_per_content": max(self.finished.values(), default=0),
            "exchanges": [asdict(exchange) for exchange in self.exchanges],
        }


async def read_http(reader: asyncio.StreamReader) -> Request | None:
    """Read one HTTP/1.1 request with a Content-Length; None where the client has closed."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Request(method, path, await reader.readexactly(int(headers.get("content-length", 0))))


def encode_reply(reply: RawReply) -> bytes:
    """Return an HTTP/1.1 reply's bytes."""
    headers = {"Content-Type": "application/json", **(reply.headers or {}), "Content-Length": str(len(reply.body))}
    lines = [f"HTTP/1.1 {reply.status} Scripted", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + reply.body


@contextlib.contextmanager
def serving(script: Script | None = None, answerer: Answerer = answer) -> Iterator[ScriptedServer]:
    """Serve from a thread of its own while the block runs."""
    server = ScriptedServer(script, answerer)
    ready, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def main() -> None:
        async with server:
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()), name="scripted-server")
    thread.start()
    ready.wait()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until interrupted; print the base URL first."""
    parser = argparse.ArgumentParser(prog="python -m model_adapters.engines.scripted_server", description=main.__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--answers", type=argparse.FileType(encoding="utf-8"), help="JSON: {'<before>:<after>': text}")
    for option in fields(Script):
        default = option.default
        parser.add_argument(f"--{option.name.replace('_', '-')}", type=type(default), default=default)
    options = vars(parser.parse_args(arguments))
    port, answers = options.pop("port"), options.pop("answers")
    answerer = answer if answers is None else canned(json.load(answers))
    try:
        script = Script(**options)
    except ValueError as error:
        parser.error(str(error))
    asyncio.run(_serve_until_signal(ScriptedServer(script, answerer, port)))


async def _serve_until_signal(server: ScriptedServer) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with server:
        sys.stdout.write(f"{server.base_url}\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    main()
