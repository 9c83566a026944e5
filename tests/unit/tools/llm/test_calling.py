"""Calling models: every provider's protocol, every fault, and what the caller is told."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import pytest
from django.conf import settings
from pydantic import BaseModel, Field

from jobs.tools.llm import calling, offers
from jobs.tools.llm.hearing import Watcher
from jobs.tools.llm.model import ModelRefused, ModelUnavailable, Spent
from tests.fakes.llm import ModelServer, Reply
from tests.servers import free_port
from tests.unit.tools.llm.conftest import KEY, PROVIDERS, Provider

TEXT = "Twice a day, the sea comes back."


class Score(BaseModel):
    """An answer in a shape."""

    score: int = Field(ge=0, le=100)
    why: str = ""


class Heard:
    """A watcher that writes down what it is told."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.asked: list[tuple[int, int]] = []
        self.spent: list[Spent] = []

    @property
    def watcher(self) -> Watcher:
        return Watcher(
            text=self.pieces.append,
            before=lambda prompt, answer: self.asked.append((prompt, answer)),
            spent=self.spent.append,
        )


def write(provider: Provider, server: ModelServer, heard: Heard | None = None, **changes: Any) -> calling.Text:
    call, config = provider.call(server, **changes)
    return calling.write(call, config, (heard or Heard()).watcher)


def ask(provider: Provider, server: ModelServer, heard: Heard | None = None, **changes: Any) -> Score:
    call, config = provider.call(server, **changes)
    return calling.ask(call, Score, config, (heard or Heard()).watcher)


def refused(provider: Provider, *replies: Reply, **settings: Any) -> tuple[ModelRefused, ModelServer]:
    with provider.serve(*replies, **settings) as server, pytest.raises(ModelRefused) as caught:
        write(provider, server)
    assert KEY not in str(caught.value)
    return caught.value, server


def unavailable(provider: Provider, *replies: Reply, **changes: Any) -> tuple[ModelUnavailable, ModelServer]:
    with provider.serve(*replies) as server, pytest.raises(ModelUnavailable) as caught:
        write(provider, server, **changes)
    assert KEY not in caught.value.told
    assert "choose another model" in caught.value.told
    return caught.value, server


# --- what goes well -----------------------------------------------------------------------------------------------
def test_a_text_comes_piece_by_piece(provider: Provider) -> None:
    heard = Heard()
    with provider.serve(Reply(TEXT)) as server:
        assert write(provider, server, heard) == calling.Text(TEXT)
    assert heard.pieces == ["Twice ", "a ", "day, ", "the ", "sea ", "comes ", "back."]
    assert heard.spent == [Spent(input_tokens=11, output_tokens=7)]
    assert len(server.asked) == len(heard.asked) == 1
    assert "Be brief." in str(server.asked[0])
    assert (server.keys == [KEY]) == (provider.slug != "ollama")


def test_a_piece_is_told_while_the_rest_is_still_being_written(provider: Provider) -> None:
    arrived: list[float] = []
    with provider.serve(Reply(TEXT, delay=0.15)) as server:
        call, config = provider.call(server)
        calling.write(call, config, Watcher(text=lambda piece: arrived.append(time.time())))
    assert arrived[0] < server.sent_at[-1]


def test_an_answer_comes_in_its_shape(provider: Provider) -> None:
    heard = Heard()
    with provider.serve(Reply('{"score": 70, "why": "clear"}')) as server:
        assert ask(provider, server, heard) == Score(score=70, why="clear")
    assert heard.spent == [Spent(input_tokens=11, output_tokens=7)]


def test_an_answer_that_does_not_fit_is_sent_back(provider: Provider) -> None:
    heard = Heard()
    with provider.serve(Reply('{"score": 140}'), Reply('{"score": 14}')) as server:
        assert ask(provider, server, heard).score == 14
    assert len(server.asked) == len(heard.spent) == 2
    # The second request carries the first answer, and is asked about beforehand as such.
    assert heard.asked[1][0] >= heard.asked[0][0]


def test_an_answer_in_a_code_fence_is_taken(provider: Provider) -> None:
    with provider.serve(Reply('Here it is:\n```json\n{"score": 7}\n```'), knows_schema=False) as server:
        assert ask(provider, server).score == 7


def test_a_server_that_knows_no_schemas_is_asked_in_words_once_and_for_all(provider: Provider) -> None:
    with provider.serve(Reply('{"score": 7}'), knows_schema=False) as server:
        assert ask(provider, server).score == 7
        assert len(server.asked) == 2
        assert ask(provider, server).score == 7
    assert len(server.asked) == 3


def test_nonsense_instead_of_an_answer_is_given_up_after_two_repairs(provider: Provider) -> None:
    heard = Heard()
    with provider.serve(Reply('{"colour": "blue"}')) as server, pytest.raises(ModelUnavailable, match="shape"):
        ask(provider, server, heard)
    assert len(server.asked) == len(heard.spent) == 3


# --- length and usage ---------------------------------------------------------------------------------------------
def test_a_text_that_ran_out_of_length_says_so(provider: Provider) -> None:
    with provider.serve(Reply(TEXT, finish="length")) as server:
        assert write(provider, server) == calling.Text(TEXT, is_cut=True)


def test_an_answer_that_ran_out_of_length_is_refused_and_not_sent_back(provider: Provider) -> None:
    error = pytest.raises(ModelRefused, match="did not fit into 500 tokens")
    with provider.serve(Reply('{"score": 7, ', finish="length")) as server, error:
        ask(provider, server)
    assert len(server.asked) == 1


def test_a_text_of_nothing_but_length_is_refused(provider: Provider) -> None:
    error, _ = refused(provider, Reply("", finish="length"))
    assert "used all of its 500 tokens" in str(error)


def test_a_server_that_does_not_count_is_counted_by_our_rule(provider: Provider) -> None:
    heard = Heard()
    with provider.serve(Reply(TEXT, usage=None)) as server:
        write(provider, server, heard)
    (spent,) = heard.spent
    assert not spent.is_measured
    assert (spent.input_tokens, spent.output_tokens) == (heard.asked[0][0], 11)


def test_a_server_that_ignores_its_limit_is_stopped(provider: Provider) -> None:
    words = [f"word{number} " for number in range(2000)]
    with provider.serve(Reply(pieces=words, endless=True)) as server:
        written = write(provider, server, most_tokens=100)
        assert server.closed.wait(5)
    assert written.is_cut
    assert 800 <= len(written.text) < 1000


# --- refusals -----------------------------------------------------------------------------------------------------
def test_a_model_that_declines_says_so(provider: Provider) -> None:
    error, _ = refused(provider, Reply(refusal="I cannot help with that."))
    assert "refused to write this" in str(error)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply.error(401, f"Incorrect API key provided: {KEY}"), "did not accept the key"),
        (Reply.error(403, "not for you"), "does not allow this model"),
        (Reply.error(404, "no such model"), "does not know the model"),
        (Reply.error(400, f"temperature is odd, {KEY}"), "temperature is odd, …"),
        (Reply.error(402, "pay"), "no credit"),
    ],
    ids=["401", "403", "404", "400", "402"],
)
def test_what_will_not_pass_is_refused_at_once(provider: Provider, reply: Reply, said: str) -> None:
    error, server = refused(provider, reply)
    assert said in str(error)
    assert len(server.asked) == 1


def test_an_empty_account_is_not_waited_for() -> None:
    error, server = refused(PROVIDERS[0], Reply.error(429, "You exceeded your quota", "insufficient_quota"))
    assert "no credit" in str(error)
    assert len(server.asked) == 1


def test_gemini_words_a_wrong_key_as_a_bad_request() -> None:
    gemini = next(one for one in PROVIDERS if one.slug == "gemini")
    error, _ = refused(gemini, Reply.error(400, "API key not valid. Please pass a valid API key."))
    assert "did not accept the key" in str(error)


# --- what passes --------------------------------------------------------------------------------------------------
def test_a_busy_server_is_asked_again_when_it_said(provider: Provider) -> None:
    busy = Reply.error(429, "slow down", Retry_After="0.3")
    with provider.serve(busy, Reply.error(500, "oops", Retry_After="0"), Reply(TEXT)) as server:
        began = time.monotonic()
        assert write(provider, server).text == TEXT
    assert time.monotonic() - began >= 0.3
    assert len(server.asked) == 3


def test_a_server_that_is_busy_for_long_is_left_alone(provider: Provider) -> None:
    error, server = unavailable(provider, Reply.error(429, "slow down", Retry_After="3600"))
    assert "too often" in str(error)
    assert error.retry_after == pytest.approx(3600, abs=5)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [500, 503, 529])
def test_a_server_that_stays_broken_is_a_passing_fault(provider: Provider, status: int) -> None:
    error, server = unavailable(provider, Reply.error(status, f"down {KEY}"), patience=0.1)
    assert "problem of its own" in str(error)
    assert len(server.asked) == 3


def test_a_stream_that_broke_off_keeps_what_came(provider: Provider) -> None:
    error, server = unavailable(provider, Reply(TEXT, cut_after=3))
    assert "broke off" in str(error)
    assert error.partial == "Twice a day, "
    assert len(server.asked) == 1


def test_an_error_in_mid_stream_keeps_what_came(provider: Provider) -> None:
    error, _ = unavailable(provider, Reply(TEXT, broken=f"overloaded {KEY}"))
    assert error.partial == TEXT


def test_silence_in_mid_stream_is_ended(provider: Provider) -> None:
    error, server = unavailable(provider, Reply(TEXT, stall_after=3), stall_seconds=0.3)
    assert "has sent nothing for 0.3 seconds" in str(error)
    assert error.partial == "Twice a day, "
    assert server.closed.is_set()


def test_silence_before_the_first_word_is_ended(provider: Provider) -> None:
    error, _ = unavailable(provider, Reply(TEXT, stall_after=0), first_seconds=0.3)
    assert "has sent nothing for 0.3 seconds" in str(error)


def test_a_model_slower_than_its_limit_is_ended(provider: Provider) -> None:
    reply = Reply(pieces=[f"word{number} " for number in range(200)], delay=0.05)
    error, server = unavailable(provider, reply, call_seconds=0.5)
    assert "took longer than 0.5 seconds" in str(error)
    assert error.partial.startswith("word0 word1 ")
    assert server.closed.wait(2)


def test_a_model_that_repeats_itself_for_ever_is_stopped(provider: Provider) -> None:
    sentence = ["The sea ", "comes back, ", "and then "]
    error, server = refused(provider, Reply(pieces=sentence, endless=True))
    assert "repeat itself" in str(error)
    assert error.partial.startswith("The sea comes back")
    assert len(error.partial) < 3000
    assert server.closed.wait(2)


def test_an_empty_answer_is_a_passing_fault(provider: Provider) -> None:
    error, _ = unavailable(provider, Reply(""))
    assert "answered nothing" in str(error)


def test_nobody_at_the_address_is_a_passing_fault(provider: Provider) -> None:
    server = ModelServer(url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        write(provider, server, patience=0.1)


# --- stopping -----------------------------------------------------------------------------------------------------
class Stopped(BaseException):
    """What a job's context raises."""


def test_a_stop_in_mid_stream_closes_the_connection_at_once(provider: Provider) -> None:
    heard = Heard()
    stopped_at: list[float] = []

    def text(piece: str) -> None:
        heard.pieces.append(piece)
        if len(heard.pieces) == 3:
            stopped_at.append(time.monotonic())
            raise Stopped

    with provider.serve(Reply(TEXT, stall_after=3)) as server:
        call, config = provider.call(server)
        with pytest.raises(Stopped):
            calling.write(call, config, Watcher(text=text, spent=heard.spent.append))
        assert server.closed.wait(2)
    assert server.closed_at - stopped_at[0] < 1
    # What was used is told all the same.
    assert heard.spent[0].output_tokens > 0


@pytest.mark.parametrize("reply", [Reply(TEXT, stall_after=0), Reply.error(429, "slow", Retry_After="10")])
def test_a_stop_is_heard_while_waiting(provider: Provider, reply: Reply) -> None:
    def check() -> None:
        if server.asked:
            raise Stopped

    with provider.serve(reply) as server:
        call, config = provider.call(server, patience=20)
        began = time.monotonic()
        with pytest.raises(Stopped):
            calling.write(call, config, Watcher(check=check))
    assert time.monotonic() - began < 5


def test_a_caller_that_says_no_beforehand_is_heard(provider: Provider) -> None:
    def before(prompt: int, answer: int) -> None:
        raise Stopped

    with provider.serve(Reply(TEXT)) as server, pytest.raises(Stopped):
        call, config = provider.call(server)
        calling.write(call, config, Watcher(before=before))
    assert server.asked == []


def test_a_wrong_address_is_refused() -> None:
    compatible = PROVIDERS[1]
    for url in ("nonsense", "ftp://127.0.0.1/v1"):
        with pytest.raises(ModelRefused, match="not a web address"):
            write(compatible, ModelServer(url=url))


def test_each_server_is_told_its_limit_in_the_words_it_knows(provider: Provider) -> None:
    with provider.serve(Reply(TEXT)) as server:
        write(provider, server, most_tokens=321)
    (asked,) = server.asked
    named = {
        "openai": asked.get("max_completion_tokens"),
        "compatible": asked.get("max_tokens"),
        "ollama": asked.get("max_tokens"),
        "anthropic": asked.get("max_tokens"),
        "gemini": asked.get("generationConfig", {}).get("maxOutputTokens"),
    }
    assert named[provider.slug] == 321


def test_only_the_clients_of_the_provider_are_loaded() -> None:
    script = (
        "import sys\n"
        "from jobs.tools.llm import offers, wire\n"
        "from jobs.tools.llm.model import LlmConfig\n"
        "(endpoint, *_) = offers.endpoints(LlmConfig(ollama_url='http://127.0.0.1:9'))\n"
        "wire.model_at(endpoint, 'm', wire.PatientClient(LlmConfig(), endpoint))\n"
        "print(sorted({'openai', 'anthropic', 'google.genai'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", script], cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert answer.stdout.strip() == "['openai']", answer.stderr


def test_a_model_of_ones_own_machine_is_reached_past_any_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    ollama = next(one for one in PROVIDERS if one.slug == "ollama")
    with ollama.serve(Reply(TEXT)) as server:
        assert offers.offers(ollama.config(server), only="ollama")[0].is_ready
        assert write(ollama, server).text == TEXT


@pytest.mark.parametrize(
    ("provider", "loaded"),
    [("anthropic", ["anthropic"]), ("gemini", ["google.genai"]), ("ollama", ["openai"]), ("compatible", ["openai"])],
)
def test_only_the_clients_of_one_provider_are_loaded_ahead(provider: str, loaded: list[str]) -> None:
    code = (
        f"import sys; from jobs.tools.llm import wire; wire.load({provider!r}); "
        "print(sorted({'openai', 'anthropic', 'google.genai'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert answer.stdout.strip() == str(loaded), answer.stderr
