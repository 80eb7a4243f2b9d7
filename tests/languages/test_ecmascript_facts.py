"""What definitions of JavaScript and TypeScript say of themselves: flags that no edge shows."""

from axon.model.kinds import Flag
from axon.parsing.extract import extract


def flags(language: str, text: str) -> dict[str, Flag]:
    """The flags of each definition, by its name."""
    facts = extract(language, text.encode())
    return {
        facts.strings[name]: Flag(flags)
        for name, flags in zip(facts.definitions.name, facts.definitions.flags, strict=True)
    }


def test_private_fields_are_not_offered() -> None:
    """`private` and `#` keep a field and a method to their class, as for nobody else; `static` is told as well."""
    found = flags("typescript", "export class A { private a = 1; #b = 2; static c = 3; d = 4; private e() {} f() {} }")
    offered = {name for name, said in found.items() if said & Flag.EXPORTED}
    assert offered == {"A", "c", "d", "f"}
    assert found["c"] & Flag.STATIC
    assert not found["d"] & Flag.STATIC
