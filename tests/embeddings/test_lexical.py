"""The embedder that needs no download."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from axon.embeddings.lexical import LexicalEmbedder, tokens

_ODD = ["", "   ", "\0", "!?…", "x" * 1_000_000, "\ud800", "日本語 テキスト", "_", "the", "İ ǅ", "a\nb"]


def test_vectors_have_the_promised_shape_and_norm() -> None:
    """Whatever the text is: empty, only punctuation, a million characters, a lone surrogate."""
    vectors = LexicalEmbedder().embed(_ODD)
    assert (vectors.shape, vectors.dtype) == ((len(_ODD), 384), np.float32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows() -> None:
    """The shape is right also for nothing."""
    assert LexicalEmbedder().embed([]).shape == (0, 384)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("parseHTTPResponse", ["parsehttpresponse", "pars", "http", "respons"]),
        ("read_files2", ["read_files2", "read", "file", "2"]),
        ("queries", ["queri"]),
        ("étéNoir", ["éténoir", "été", "noir"]),
        ("данныеФайла", ["данныефайла", "данные", "файла"]),
    ],
)
def test_identifiers_are_kept_whole_and_split(text: str, expected: list[str]) -> None:
    """On case, underscores and digits; the parts are stemmed."""
    assert list(tokens(text)) == expected


def test_a_vector_does_not_depend_on_its_neighbours() -> None:
    """A text has the same vector alone and in a large batch."""
    embedder = LexicalEmbedder()
    texts = [f"parse config number {number}" for number in range(2500)]
    assert np.array_equal(
        embedder.embed(texts)[[0, 1023, 1024, 2499]], embedder.embed([texts[n] for n in (0, 1023, 1024, 2499)])
    )


def test_vectors_are_the_same_in_every_process() -> None:
    """Two processes with two hash seeds agree to the bit."""
    code = (
        "import hashlib; from axon.embeddings.lexical import LexicalEmbedder as E;"
        "print(hashlib.sha256(E().embed(['parse the config file', 'x', '']).tobytes()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_threads_do_not_disturb_each_other() -> None:
    """Four threads that meet the same new words get what one thread gets."""
    texts = [f"threading{letter} relationally conditionals{letter}" for letter in "abcdefghijklmnop"] * 20
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(LexicalEmbedder().embed, [texts] * 4))
    assert all(np.array_equal(result, results[0]) for result in results)


def test_related_texts_are_nearer_than_unrelated_ones() -> None:
    """A sentence about a function is nearest to its header."""
    headers = [
        "function parse config\nparse_config(path)\ncalls open read",
        "function send mail\nsend_mail(to, subject)\ncalls connect login",
        "function draw circle\ndraw_circle(x, y, radius)\ncalls arc stroke",
    ]
    question = LexicalEmbedder().embed(["parses the configuration at a path"])[0]
    assert int(np.argmax(LexicalEmbedder().embed(headers) @ question)) == 0


def test_spellings_of_one_name_are_near() -> None:
    """Camel case and snake case share their parts."""
    a, b, c = LexicalEmbedder().embed(["parseConfigFile", "parse_config_files", "sendMail"])
    assert a @ b > 0.5 > a @ c
