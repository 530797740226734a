"""Load a Shiny server with many sessions.

``python load.py stock|shiny-comm [--scale 0.1]`` prints the figures as JSON. Each measurement
starts a server. The pages are websocket connections that speak
Shiny's protocol and the comms' on top of it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "python" / "src"))

from shiny_comm._frames import decode_batch  # noqa: E402

#: A measurement ends after this time, even if it has fewer rounds than planned.
MOST_SECONDS = 90

#: The rounds before the first count: code that runs once is not growth.
WARM_UP = 100

#: Opens of figures are not read: their modules are megabytes long.
LONGEST_OPEN = 1_000_000

SECRET = re.compile(rb"secret-(\w+)-")


class Server:
    """A Shiny server in a separate process."""

    def __init__(self, client: str) -> None:
        self.client = client
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(HERE / "app.py"), client],
            stdout=subprocess.PIPE,
            stderr=self.log,
        )
        assert self.process.stdout
        self.address = f"127.0.0.1:{int(self.process.stdout.readline())}"
        #: The number of tasks before the first session.
        self._idle_tasks: float | None = None

    async def figures(self) -> dict[str, float]:
        """Return the figures of the process."""
        return await asyncio.to_thread(self._figures)

    def _figures(self) -> dict[str, float]:
        with urllib.request.urlopen(f"http://{self.address}/figures", timeout=60) as response:
            got: dict[str, float] = json.load(response)
        self.log.seek(0)
        got["log lines"] = sum(
            chunk.count(b"\n") for chunk in iter(lambda: self.log.read(1 << 20), b"")
        )
        return got

    async def until(self, condition: Callable[[dict[str, float]], bool]) -> dict[str, float]:
        """Return the figures when they fulfil a condition, or after ten seconds."""
        deadline = time.monotonic() + 10
        got = await self.figures()
        while not condition(got) and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
            got = await self.figures()
        return got

    async def without_sessions(self) -> dict[str, float]:
        """Return the figures when all sessions have ended, with their tasks.

        Shiny forgets a session before its task ends.
        """
        if self._idle_tasks is None:
            self._idle_tasks = (await self.figures())["tasks"]
        most = self._idle_tasks
        return await self.until(lambda got: got["sessions"] == 0 and got["tasks"] <= most)

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()


class Page:
    """A page's end of a session."""

    def __init__(self, server: Server, case: str, name: str = "0") -> None:
        self.server = server
        self.search = f"?case={case}&name={name}"
        self.name = name.encode()
        #: The ids of the widgets with a value.
        self.ids: list[str] = []
        #: The secrets of other sessions that this page received.
        self.foreign: set[bytes] = set()
        self.frames = 0
        self.empty = 0
        self.rendered = 0
        self.closed = False
        self._tag = 0
        self._answered = 0
        self._echo: tuple[str, bytes] | None = None
        self._changed = asyncio.Event()
        self._socket: ClientConnection
        self._reader: asyncio.Task[None]

    async def open(self, **inputs: object) -> Page:
        """Connect, and start the session."""
        self._socket = await connect(
            f"ws://{self.server.address}/websocket/",
            max_size=None,
            max_queue=None,
            compression=None,
            ping_interval=None,
            open_timeout=60,
            close_timeout=60,
        )
        self._reader = asyncio.create_task(self._read())
        frames = {".shiny_comm_frames": 3} if self.server.client == "shiny-comm" else {}
        data = {".clientdata_url_search": self.search, **frames, **inputs}
        await self._put({"method": "init", "data": data})
        return self

    async def close(self) -> None:
        """Disconnect."""
        await self._socket.close()
        await self._reader

    async def set(self, **inputs: object) -> None:
        """Set inputs."""
        await self._put({"method": "update", "data": inputs})

    async def settled(self) -> None:
        """Wait until the session has handled earlier inputs."""
        self._tag += 1
        await self._put({"method": "none", "args": [], "tag": self._tag})
        await self.until(lambda: self._answered >= self._tag)

    async def update(self, comm_id: str, value: int) -> float:
        """Change a widget, and return the seconds until its echo."""
        start = time.perf_counter()
        self._echo = comm_id, f"{value}".encode()
        await self.set(**changing(comm_id, value=value))
        await self.until(lambda: self._echo is None)
        return time.perf_counter() - start

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition, or for the end of the session."""
        while not self.closed and not condition():
            self._changed.clear()
            await self._changed.wait()

    async def _put(self, message: dict[str, object]) -> None:
        await self._socket.send(json.dumps(message))

    async def _read(self) -> None:
        try:
            async for frame in self._socket:
                self._receive(frame if isinstance(frame, bytes) else frame.encode())
                self._changed.set()
        except ConnectionClosed:
            pass
        self.closed = True
        self._changed.set()

    def _receive(self, frame: bytes) -> None:
        self.frames += 1
        if frame.startswith(b'{"values": {}, "inputMessages": [], "errors": {}}'):
            self.empty += 1
            return
        self.foreign.update(set(SECRET.findall(frame)) - {self.name})
        if b"shinywidgets_comm_open" in frame[:64] and len(frame) < LONGEST_OPEN:
            self.ids += [
                header["content"]["comm_id"]
                for header in opens_in(frame)
                if "value" in header["content"]["data"]["state"]
            ]
        elif self._echo is not None and b"echo_update" in frame:
            comm_id, value = self._echo
            # Comm messages as text are JSON in JSON.
            plain = frame.replace(b'\\"', b'"')
            if comm_id.encode() in plain and b'"value": ' + value in plain:
                self._echo = None
        if frame.startswith(b'{"response"'):
            self._answered = max(self._answered, json.loads(frame)["response"]["tag"])
        elif frame.startswith(b'{"values": {"out"'):
            self.rendered += 1


def opens_in(frame: bytes) -> list[dict[str, Any]]:
    """Return the opens in a frame, which is Shiny's text or a batch."""
    if frame.startswith(b"{"):
        return [json.loads(json.loads(frame)["custom"]["shinywidgets_comm_open"])]
    return [header for header, _ in decode_batch("comm_open", frame[1 + frame[0] :], [])]


def message(comm_id: str, data: object, **content: object) -> str:
    """Return the text of a comm message."""
    whole = {"comm_id": comm_id, "data": data, **content}
    return json.dumps({"content": whole, "metadata": {}, "buffers": [], "header": {}})


def sending(comm_id: str, data: object) -> dict[str, str]:
    """Return the inputs that send a message."""
    return {"shinywidgets_comm_send": message(comm_id, data)}


def changing(comm_id: str, **state: object) -> dict[str, str]:
    """Return the inputs that change a widget."""
    return sending(comm_id, {"method": "update", "state": state, "buffer_paths": []})


def percentile(values: list[float], part: float) -> float:
    """Return the value below which a part of the values is."""
    ordered = sorted(values) or [math.nan]
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


@asynccontextmanager
async def served(client: str) -> AsyncIterator[Server]:
    """Run a server."""
    server = Server(client)
    try:
        yield server
    finally:
        server.stop()


async def in_groups(pages: list[Page], work: Callable[[Page], Awaitable[Any]]) -> None:
    """Call a function for each page, for twenty at the same time."""
    for first in range(0, len(pages), 20):
        await asyncio.gather(*(work(page) for page in pages[first : first + 20]))


async def sessions(client: str, scale: float) -> dict[str, float]:
    """Measure many sessions at the same time, each with widgets that change."""
    count, seconds = max(10, int(200 * scale)), max(2.0, min(20.0, 20 * scale))
    result: dict[str, float] = {}
    async with served(client) as server:
        await server.without_sessions()
        alone = await Page(server, "widgets&count=20", "alone").open()
        await alone.settled()
        times, cpu = await updates(server, [alone], seconds / 4, 0)
        result["CPU of an update with one session, ms"] = cpu / len(times) * 1e3
        await alone.close()

        start = await server.without_sessions()
        pages = [Page(server, "widgets&count=20", str(n)) for n in range(count)]
        opening = await server.figures()
        await in_groups(pages, lambda page: page.open())
        await in_groups(pages, lambda page: page.settled())
        opened = await server.figures()
        result["sessions at once"] = opened["sessions"]
        result["CPU to open a session with 20 sliders, ms"] = (
            (opened["cpu"] - opening["cpu"]) / count * 1e3
        )
        result["memory of a session with 20 sliders, KiB"] = (
            (opened["memory"] - opening["memory"]) / count / 1024
        )
        frames = sum(page.frames for page in pages)
        empty = sum(page.empty for page in pages)
        times, cpu = await updates(server, pages, seconds, 0.2)
        result["updates a second"] = len(times) / seconds
        result["CPU of an update, ms"] = cpu / len(times) * 1e3
        result["p95 of a round trip, ms"] = percentile(times, 0.95) * 1e3
        result["frames an update"] = (sum(page.frames for page in pages) - frames) / len(times)
        result["of them without content"] = (sum(page.empty for page in pages) - empty) / len(times)

        # The same for an input of Shiny without a comm.
        before = await server.figures()
        rounds = max(20, int(200 * scale))
        for number in range(rounds):
            page = pages[number % count]
            await page.set(plain=number)
            await page.settled()
        after = await server.figures()
        # Each round has two flushes.
        result["CPU of a flush of Shiny alone, ms"] = (
            (after["cpu"] - before["cpu"]) / rounds / 2 * 1e3
        )
        result["pages that got a secret of another session"] = sum(
            bool(page.foreign) for page in pages
        )
        await in_groups(pages, lambda page: page.close())
        end = await server.without_sessions()
        for name in ("comms", "widgets", "routes", "threads", "tasks"):
            result[f"{name} that these sessions leave behind"] = end[name] - start[name]
    return result


async def updates(
    server: Server, pages: list[Page], seconds: float, interval: float
) -> tuple[list[float], float]:
    """Change widgets of pages, one update in flight each; return round trips and the CPU time."""
    before = await server.figures()
    deadline = time.perf_counter() + seconds
    times: list[float] = []

    async def change(page: Page, offset: float) -> None:
        await asyncio.sleep(offset)
        number = 0
        while time.perf_counter() < deadline:
            number += 1
            took = await page.update(page.ids[number % len(page.ids)], number)
            times.append(took)
            await asyncio.sleep(max(0, interval - took))

    await asyncio.gather(*(change(page, interval * n / len(pages)) for n, page in enumerate(pages)))
    after = await server.figures()
    return times, after["cpu"] - before["cpu"]


async def renders(client: str, scale: float) -> dict[str, float]:
    """Measure re-renders of a plotly figure in one session."""
    count = int(10_000 * scale)
    warm_up = min(WARM_UP, max(10, count // 10))
    result: dict[str, float] = {}
    async with served(client) as server:
        page = await Page(server, "figure").open(go=0)
        await page.until(lambda: page.rendered == 1)
        start = time.monotonic()
        first: dict[str, float] = {}
        times: list[float] = []
        done = 0
        while done < count and time.monotonic() - start < MOST_SECONDS:
            done += 1
            began = time.perf_counter()
            await page.set(go=done)
            # One more than the renders so far: the first is of the start.
            await page.until(lambda number=done: page.rendered > number)  # type: ignore[misc]
            times.append(time.perf_counter() - began)
            if done == warm_up:
                await page.settled()
                first = await server.figures()
        await page.settled()
        last = await server.figures()
        rounds = done - warm_up
        result["re-renders of a figure"] = done
        result["CPU of a re-render, ms"] = (last["cpu"] - first["cpu"]) / rounds * 1e3
        result["p95 of a re-render, ms"] = percentile(times, 0.95) * 1e3
        grown(result, "re-render", first, last, rounds)
        await page.close()
    return result


async def visits(client: str, scale: float) -> dict[str, float]:
    """Measure sessions that come and go."""
    count = int(1_000 * scale)
    warm_up = min(WARM_UP, max(20, count // 5))
    result: dict[str, float] = {}
    async with served(client) as server:
        await server.without_sessions()
        start = time.monotonic()
        first: dict[str, float] = {}
        done = 0
        foreign = 0

        async def visit(number: int) -> None:
            nonlocal foreign
            page = await Page(server, "widgets&count=5", str(number)).open()
            await page.settled()
            await page.update(page.ids[0], number)
            foreign += len(page.foreign)
            await page.close()

        while done < count and time.monotonic() - start < MOST_SECONDS:
            await asyncio.gather(*(visit(done + n) for n in range(10)))
            done += 10
            if done == warm_up // 10 * 10:
                first = await server.without_sessions()
        last = await server.without_sessions()
        rounds = done - warm_up // 10 * 10
        result["sessions that came and went"] = done
        result["CPU of a session with 5 sliders and an update, ms"] = (
            (last["cpu"] - first["cpu"]) / rounds * 1e3
        )
        result["secrets of other sessions that they got"] = foreign
        grown(result, "session", first, last, rounds)
    return result


def grown(
    result: dict[str, float],
    one: str,
    first: dict[str, float],
    last: dict[str, float],
    rounds: int,
) -> None:
    """Add the growth for each round to the results."""
    result[f"memory after the first {one}s, MiB"] = first["memory"] / 2**20
    result[f"memory after all {one}s, MiB"] = last["memory"] / 2**20
    result[f"memory that the other {one}s left behind, MiB"] = (
        last["memory"] - first["memory"]
    ) / 2**20
    for name in ("objects", "comms", "widgets", "routes", "threads", "tasks"):
        result[f"{name} that a {one} leaves behind"] = (last[name] - first[name]) / rounds


def hostile_inputs(own: str, foreign: list[str], scale: float) -> dict[str, list[dict[str, Any]]]:
    """Return the messages of a hostile page, by kind."""
    deep = "[" * 100_000
    malformed: list[object] = [
        1,
        "{",
        "[]",
        deep,
        '{"content": ' + deep,
        f'{{"content": {"9" * 5_000}}}',
        '{"content": {}}',
        json.dumps({"content": {"comm_id": [own]}}),
        json.dumps({"content": {"comm_id": own}, "buffers": {"": 1}}),
        json.dumps({"content": {"comm_id": own}, "buffers": ["?"]}),
        json.dumps({"content": {"comm_id": own}, "buffers": [""] * 100_000}),
        message(own, {}),
        message(own, {"method": "update", "state": {"value": "text"}}),
        message(own, {"method": "update", "state": {"value": ["x"] * 10_000}}),
        message(own, {"method": "update", "state": {"self": 1}}),
        message(own, {"method": "update", "state": {"layout": "IPY_MODEL_unknown"}}),
        message(own, {"method": "update", "state": {}, "buffer_paths": 1}),
        message(own, {"method": "x" * 10_000}),
    ]
    rounds = max(1, int(50 * scale))
    opens = max(100, int(10_000 * scale))
    large = {"method": "update", "state": {"unknown": ""}, "buffer_paths": [["unknown"]]}
    hundred = 100 * 1024 * 1024 if scale >= 0.1 else 1024 * 1024
    buffers = ["A" * (hundred // 3 * 4)]
    big = json.dumps({"content": {"comm_id": own, "data": large}, "buffers": buffers})
    return {
        "malformed texts": [
            {name: each}
            for _ in range(rounds)
            for each in malformed
            for name in ("shinywidgets_comm_send", "shiny_comm_open", "shiny_comm_close")
        ],
        "unknown ids": [changing(f"{n:032x}", value=1) for n in range(rounds * 20)],
        "ids of other sessions": [
            inputs
            for comm_id in foreign
            for inputs in (
                sending(comm_id, {"method": "request_state"}),
                changing(comm_id, value=666_666),
                {"shiny_comm_close": message(comm_id, {})},
                {"shiny_comm_open": message(comm_id, {}, target_name="jupyter.widget")},
            )
        ],
        "opens": [
            {"shiny_comm_open": message(f"{n:032x}", {}, target_name="x" * (n % 1_000))}
            for n in range(opens)
        ],
        "buffers of 100 MiB": [{"shinywidgets_comm_send": big}] * 3,
    }


async def hostile(client: str, scale: float) -> dict[str, float]:
    """Measure a page that sends malformed and large messages, while another page works."""
    result: dict[str, float] = {}
    async with served(client) as server:
        good = await Page(server, "widgets&count=20", "good").open()
        await good.settled()
        targets = good.ids[:]
        times: list[float] = []
        stopped = False

        async def work() -> None:
            number = 0
            while not stopped and not good.closed:
                number += 1
                times.append(await good.update(good.ids[0], number))
                await asyncio.sleep(0.2)

        async def connect_page() -> Page:
            page = await Page(server, "widgets&count=1", "bad").open()
            await page.settled()
            return page

        page = await connect_page()
        before = await server.figures()
        working = asyncio.create_task(work())
        start = time.monotonic()
        ended = sent = 0
        foreign: set[bytes] = set()
        own = page.ids[0]
        kinds: dict[str, float] = {}
        lines = before["log lines"]
        for kind, all_inputs in hostile_inputs(own, targets, scale).items():
            for number, inputs in enumerate(all_inputs):
                if time.monotonic() - start > MOST_SECONDS:
                    break
                try:
                    await page.set(**inputs)
                    sent += 1
                    if number % 50 == 49:
                        await page.settled()
                except ConnectionClosed:
                    pass
                if page.closed:
                    ended += 1
                    foreign |= page.foreign
                    page = await connect_page()
            if not page.closed:
                await page.settled()
            got = await server.figures()
            kinds[f"lines in the log about {kind}"] = got["log lines"] - lines
            lines = got["log lines"]
        foreign |= page.foreign
        stopped = True
        await working
        await page.close()
        after = await server.until(lambda figures: figures["sessions"] == 1)
        result["messages of the hostile page"] = sent
        result |= kinds
        result["lines in the log"] = after["log lines"] - before["log lines"]
        result["sessions of the page that ended"] = ended
        result["secrets of other sessions that it got"] = len(foreign)
        result["widgets of other sessions that it changed"] = after["changed"]
        result["p95 of another page's round trip meanwhile, ms"] = percentile(times, 0.95) * 1e3
        result["longest round trip of another page meanwhile, ms"] = max(times) * 1e3
        result["another page's session ended"] = int(good.closed)
        result["memory that it left behind, MiB"] = (after["memory"] - before["memory"]) / 2**20
        # The figures before include the session and the widget of the page.
        for name in ("comms", "widgets", "routes", "threads"):
            result[f"{name} that it left behind"] = max(0, after[name] - before[name])
        await good.close()
    return result


PARTS = {"sessions": sessions, "renders": renders, "visits": visits, "hostile": hostile}


def main() -> None:
    """Measure the parts, and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("client", choices=["stock", "shiny-comm"])
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--part", action="append", choices=[*PARTS])
    arguments = parser.parse_args()
    results = {
        name: asyncio.run(PARTS[name](arguments.client, arguments.scale))
        for name in arguments.part or PARTS
    }
    print(
        json.dumps(
            {
                part: {name: round(value, 2) for name, value in figures.items()}
                for part, figures in results.items()
            }
        )
    )


if __name__ == "__main__":
    main()
