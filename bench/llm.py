"""Language models: how long a token takes from the provider to the reader of the live stream, over a real studio (a
worker, Redis, daphne) beside a loopback provider; and what the model layer adds to the web process.

The reader's connection is cut in the middle of every text; none of it may be lost or come twice.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from bench import scratch_studio
from bench.live import APPLICATION, accepts
from tests.fakes.llm import ModelServer
from tests.fakes.llm_openai import Reply, openai_server
from tests.servers import free_port, wait_until

TEXTS = int(os.environ.get("BENCH_TEXTS", "20"))
WORDS = [f"word{number} " for number in range(60)]
THINKING_SECONDS, WORD_SECONDS = 0.4, 0.03
SLOT, MODEL = "scribe", "compatible/gpt-4o-mini"
ROUNDS = 5
WEB = "import django; django.setup(); import craftstudio.asgi, craftstudio.urls; from jobs import registry; registry.kinds()"
CLIENTS = ("pydantic", "pydantic_ai", "openai", "anthropic", "google.genai", "httpx2")


def main() -> None:
    """Measure in a process that has a studio of its own."""
    scratch_studio.run_inside("bench.llm")


def measure(folder: Path) -> None:
    """The measurement itself, in the studio's environment."""
    with openai_server(Reply(pieces=WORDS, first_delay=THINKING_SECONDS, delay=WORD_SECONDS)) as provider:
        os.environ["OPENAI_BASE_URL"] = provider.url
        with scratch_studio.opened(folder):
            end_to_end(provider)
            call_alone(provider)
        web_process()


def end_to_end(provider: ModelServer) -> None:
    """Provider → worker → database → Redis → daphne → reader."""
    from rest_framework.authtoken.models import Token

    from accounts.models import User
    from channels_app.models import Channel

    user = User.objects.create(username="bench", admin_role=True, active_jobs_limit=None)
    channel = Channel.objects.create(slug="bench", owner=user, name="Bench")
    token = Token.objects.create(user=user).key
    port = free_port()
    daphne = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0", APPLICATION]
    worker = [sys.executable, "manage.py", "worker", "--queue", "ai"]
    firsts, all_words, whole = list[float](), list[float](), 0
    with ExitStack() as stack:
        for command in (daphne, worker):
            process = stack.enter_context(subprocess.Popen(command))
            stack.callback(process.terminate)
        wait_until(partial(accepts, port), 60, "a web server that accepts connections")
        for _ in range(TEXTS):
            provider.sent_at.clear()
            text, arrivals = one_text(port, token, channel, user)
            whole += text == "".join(WORDS)
            late = delays(provider.sent_at, arrivals)
            firsts.append(late[0])
            all_words += late
    told = "provider → reader of the live stream, {}: p50 {:.0f} ms, p95 {:.0f} ms"
    for name, values in (("first word", firsts), ("every word", all_words)):
        print(told.format(name, scratch_studio.percentile(values, 50), scratch_studio.percentile(values, 95)))
    print(f"texts that came whole over a cut connection, nothing lost or twice: {whole} of {TEXTS}")


def one_text(port: int, token: str, channel: Any, user: Any) -> tuple[str, list[tuple[int, float]]]:
    """Have one text written and follow it, cut off in its middle: what came, and when so many characters were there."""
    from jobs import actions

    with reading(port, token) as reader:
        job = str(actions.submit(channel, user, "scribe", {"order": "write", "model": MODEL}).job.pk)
        wait_until(lambda: len(reader.text(job)) > sum(map(len, WORDS)) // 2, 60, "half of a text")
        reader.cut()
        wait_until(lambda: job in reader.ended, 60, "the end of a text")
    return reader.text(job), reader.arrivals[job]


def delays(sent: list[float], arrivals: list[tuple[int, float]]) -> list[float]:
    """For each word the milliseconds from its sending to the first message that brought its last character."""
    late, end = [], 0
    for word, at in zip(WORDS, sent, strict=True):
        end += len(word)
        late.append(1000 * (next(when for reached, when in arrivals if reached >= end) - at))
    return late


class Reader:
    """Follows the channel as a browser does, and goes on where it stood when its connection is cut."""

    def __init__(self, port: int, token: str) -> None:
        self.url, self.headers = f"http://127.0.0.1:{port}/live/?channel=bench", {"Authorization": f"Token {token}"}
        self.arrivals: dict[str, list[tuple[int, float]]] = {}
        self.ended: set[str] = set()
        self.opened, self.over = threading.Event(), threading.Event()
        self._texts: dict[str, str] = {}
        self._response: httpx.Response | None = None
        self._cursor = ""

    def text(self, job: str) -> str:
        """What has come of a job's text."""
        return self._texts.get(job, "")

    def cut(self) -> None:
        """Break the connection, as a network does."""
        if self._response is not None:
            self._response.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def run(self) -> None:
        """Read until it is over."""
        while not self.over.is_set():
            headers = {**self.headers, **({"Last-Event-ID": self._cursor} if self._cursor else {})}
            try:
                with (
                    httpx.Client(timeout=30) as client,
                    client.stream("GET", self.url, headers=headers) as self._response,
                ):
                    for line in self._response.iter_lines():
                        self._hear(line)
            except httpx.HTTPError:
                continue

    def _hear(self, line: str) -> None:
        if line.startswith("retry"):
            self.opened.set()
        elif line.startswith("id: "):
            self._cursor = line[4:]
        elif line.startswith("data: {"):
            message = json.loads(line[6:])
            job = message.get("id")
            if message["k"] == "panel" and message.get("slot") == SLOT and "text" in message:
                # As the page does: what is there already is not added again, and a hole would be seen.
                known = self._texts.get(job, "")
                start = message["from"]
                if start > len(known):
                    raise AssertionError(f"characters {len(known)} to {start} never came")
                self._texts[job] = known + message["text"][len(known) - start :]
                self.arrivals.setdefault(job, []).append((len(self._texts[job]), time.time()))
            elif message["k"] == "job" and message["row"]["state"] not in ("queued", "running"):
                self.ended.add(job)


@contextmanager
def reading(port: int, token: str) -> Iterator[Reader]:
    """A reader that has begun to follow."""
    reader = Reader(port, token)
    thread = threading.Thread(target=reader.run, daemon=True)
    thread.start()
    try:
        assert reader.opened.wait(20)
        yield reader
    finally:
        reader.over.set()
        reader.cut()
        thread.join(10)


def call_alone(provider: ModelServer) -> None:
    """The call without the studio: our layer against a bare HTTP client that reads the same stream."""
    from jobs.tools.llm import calling, offers
    from jobs.tools.llm.hearing import Call, Watcher
    from jobs.tools.llm.model import LlmConfig

    config = LlmConfig(compatible_url=provider.url)
    endpoint = next(one for one in offers.endpoints(config) if one.provider == "compatible")
    call = Call(endpoint=endpoint, name="gpt-4o-mini", system="Be brief.", user="Write.")
    body = {"model": "gpt-4o-mini", "stream": True, "messages": []}

    def ours(heard: Callable[[], None]) -> None:
        calling.write(call, config, Watcher(text=lambda piece: heard()))

    def bare(heard: Callable[[], None]) -> None:
        with httpx.stream("POST", f"{provider.url}/chat/completions", json=body, timeout=30) as answer:
            for line in answer.iter_lines():
                if '"content": "word' in line:
                    heard()

    late: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(ROUNDS):
        for name, way in (("ours", ours), ("bare", bare)):
            provider.sent_at.clear()
            late[name] += arrival_delays(way, provider)
    middle = {name: statistics.median(values) for name, values in late.items()}
    print(
        f"provider → the job's call-back, every word: p50 {middle['ours']:.1f} ms; bare HTTP client {middle['bare']:.1f} ms"
    )


def arrival_delays(way: Callable[[Callable[[], None]], None], provider: ModelServer) -> list[float]:
    """For each word of one text the milliseconds from its sending to its call-back."""
    arrived: list[float] = []
    way(lambda: arrived.append(time.time()))
    return [1000 * (got - at) for got, at in zip(arrived, provider.sent_at, strict=True)]


def web_process() -> None:
    """What the web process imports: how long, how much of it for language models, and none of their clients."""
    total, layer = list[float](), list[float]()
    loaded: set[str] = set()
    ask = f"import sys; {WEB}; print(' '.join(sys.modules))"
    for _ in range(ROUNDS):
        answer = subprocess.run(
            [sys.executable, "-X", "importtime", "-c", ask], capture_output=True, text=True, check=True,
            cwd=scratch_studio.ROOT, env={**os.environ, "JOB_KIND_PACKAGES": "jobs.kinds"},
        )  # fmt: skip
        own = {}
        for line in answer.stderr.splitlines():
            self_us, _, name = line.removeprefix("import time:").split("|")
            if self_us.strip().isdecimal():
                own[name.strip()] = int(self_us)
        total.append(sum(own.values()) / 1000)
        layer.append(sum(us for name, us in own.items() if name.startswith("jobs.tools.llm")) / 1000)
        loaded |= set(CLIENTS) & set(answer.stdout.split())
    share = statistics.median(layer) / statistics.median(total)
    print(
        f"imports of the web process: {statistics.median(total):.0f} ms, of which the model layer {100 * share:.1f} %; "
        f"clients of language models loaded: {', '.join(sorted(loaded)) or 'none'}"
    )


if __name__ == "__main__":
    measure(Path(sys.argv[1])) if len(sys.argv) > 1 else main()
