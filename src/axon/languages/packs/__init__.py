"""The rule packs that come with the program: the TOML files beside this module, one for each framework."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from axon.errors import ConfigError
from axon.languages.pack import Pack, parse_pack, vocabulary


def packs_with(texts: Mapping[str, str]) -> tuple[Pack, ...]:
    """Those that come with the program and a user's own, given as texts by the names of their files.

    One of the same name stands in place of ours.

    Raises:
        ConfigError: one of them is no pack; the message names the file.
    """
    own: dict[str, Pack] = {}
    for source, text in sorted(texts.items()):
        pack = parse_pack(source, text)
        _check_words(source, pack)
        own[pack.name] = pack
    packs = {pack.name: pack for pack in built_in_packs()} | own
    return tuple(packs[name] for name in sorted(packs))


def _check_words(source: str, pack: Pack) -> None:
    """Texts are kept of calls whose names rules of ours have: of others, nobody would know the URL path."""
    for language in pack.languages:
        asked, kept = vocabulary((pack,), language), vocabulary(built_in_packs(), language)
        lacking = sorted((asked.decorators - kept.decorators) | (asked.calls - kept.calls))
        if lacking:
            raise ConfigError(
                f"{source} has a router, route or mount of a call `{lacking[0]}`, whose texts are not kept. "
                f"Those that are: {', '.join(sorted(kept.decorators | kept.calls))}."
            )


@cache
def built_in_packs() -> tuple[Pack, ...]:
    """All of them, by name."""
    found = [entry for entry in files(__name__).iterdir() if entry.name.endswith(".toml")]
    packs = [parse_pack(f"the pack {entry.name}", entry.read_text("utf-8")) for entry in found]
    return tuple(sorted(packs, key=lambda pack: pack.name))
