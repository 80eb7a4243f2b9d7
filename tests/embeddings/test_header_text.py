"""What of a symbol is embedded."""

from axon.embeddings.text import MAX_CHARACTERS, digest, header_text
from axon.model.ids import symbol_id
from axon.model.kinds import NodeKind
from axon.model.nodes import GraphNode


def _method(**values: str) -> GraphNode:
    return GraphNode(
        symbol_id("pkg/load.toy", "Loader.parseConfig"),
        NodeKind.METHOD,
        values.get("name", "parseConfig"),
        "Loader.parseConfig",
        "pkg/load.toy",
        signature=values.get("signature", "parseConfig(path)"),
        summary=values.get("summary", "Read a file."),
    )


def test_the_text_has_all_that_the_header_says() -> None:
    """Name in words, class, path, signature, summary, callees: one line each."""
    assert header_text(_method(), ["open", "close"]).split("\n") == [
        "method parse config",
        "in Loader",
        "pkg/load.toy",
        "parseConfig(path)",
        "Read a file.",
        "calls open close",
    ]


def test_what_a_symbol_does_not_have_leaves_no_line() -> None:
    """Without signature, summary and callees the name itself stands in."""
    assert header_text(_method(signature="", summary="")).split("\n")[3:] == ["parseConfig"]


def test_a_very_long_line_is_cut() -> None:
    """A megabyte of signature and of summary costs no more than 2,000 characters, and both are in it."""
    text = header_text(_method(signature="s" * 1_000_000, summary="d" * 1_000_000, name="n" * 1_000_000))
    assert len(text) <= MAX_CHARACTERS
    assert "sss" in text


def test_control_characters_and_lone_surrogates_become_blanks() -> None:
    """Every tokenizer takes the text, and a newline in a summary makes no line."""
    text = header_text(_method(summary="a\0b\nc\ud800d"))
    assert "a b c d" in text.split("\n")


def test_a_name_without_letters_is_kept() -> None:
    """An underscore is a name too."""
    assert header_text(_method(name="_")).startswith("method _\n")


def test_texts_are_told_apart_by_digest() -> None:
    """The digest is that of the text's bytes, lone surrogates included."""
    assert len({digest("a"), digest("b"), digest("\ud800"), digest("")}) == 4
