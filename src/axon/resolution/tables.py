"""Tables of the whole tree that calls are looked up in, made of definitions, bases and decorators alone.

What flows in: linked names, heritage included. What flows out: the tables, each made when it is first asked for. They
hold as long as the surfaces of all files do.
"""

from functools import cached_property

from axon.resolution.decorators import Decorators
from axon.resolution.families import Families
from axon.resolution.frameworks.written import Written
from axon.resolution.members import Members
from axon.resolution.names import Names
from axon.resolution.overrides import Overrides
from axon.resolution.providers import Providers
from axon.resolution.reaching import Reachings


class Tables:
    """The tables of a tree."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def replace(self, file: int) -> None:
        """Take up another version of a file with the same surface, which the names have taken up."""
        self.decorators.replace(file)
        self.written.replace(file)

    @cached_property
    def decorators(self) -> Decorators:
        """What stands on definitions."""
        return Decorators(self.names)

    @cached_property
    def written(self) -> Written:
        """The calls and decorators of each file by what is written."""
        return Written(self.names)

    @cached_property
    def reachings(self) -> Reachings:
        """The flows of each file by what they bind; they take much memory, and are let go of after each linking."""
        return Reachings(self.names.scopes)

    @cached_property
    def providers(self) -> Providers:
        """Who provides what frameworks hand over."""
        return Providers(self.names, self.decorators)

    @cached_property
    def families(self) -> Families:
        """The only families of method names."""
        return Families(self.names)

    @cached_property
    def overrides(self) -> Overrides:
        """Members below classes."""
        return Overrides(self.names)

    @cached_property
    def members(self) -> Members:
        """What the names of members tell."""
        return Members(self.names)
