"""Any bytes into facts, chosen by what code they reach: `python -m tests.fuzz.guided LANGUAGE [flags of libFuzzer]`.

What flows in: a language's name, and the files of its cases as the first inputs. What flows out: nothing, or the input
that broke a promise. It needs `atheris`, which is no dependency of the suite: it exists for some systems only.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["axon.parsing", "axon.languages"]):
    from axon.parsing.codec import decode, encode
    from axon.parsing.extract import extract

from tests.fuzz.inputs import snippets
from tests.fuzz.test_bytes import check


def main() -> None:
    """Run until an input fails, or until libFuzzer has had as many as its flags ask for."""
    language, *flags = sys.argv[1:]

    def one_input(content: bytes) -> None:
        facts = extract(language, content)
        check(facts, content)
        encoded = encode(facts)
        assert encode(decode(encoded)) == encoded

    with tempfile.TemporaryDirectory() as corpus:
        for number, content in enumerate(snippets(language)):
            Path(corpus, f"{number:04}").write_bytes(content)
        failing = Path(".hypothesis")  # where failing inputs are kept, next to those of the suite
        failing.mkdir(exist_ok=True)
        atheris.Setup([sys.argv[0], f"-artifact_prefix={failing}/", *flags, corpus], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
