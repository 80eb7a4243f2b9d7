"""The rule packs that come with the program: the TOML files beside this module, one for each framework."""

from functools import cache
from importlib.resources import files

from axon.languages.pack import Pack, parse_pack


@cache
def built_in_packs() -> tuple[Pack, ...]:
    """All of them, by name."""
    found = [entry for entry in files(__name__).iterdir() if entry.name.endswith(".toml")]
    packs = [parse_pack(f"the pack {entry.name}", entry.read_text("utf-8")) for entry in found]
    return tuple(sorted(packs, key=lambda pack: pack.name))
