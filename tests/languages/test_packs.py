"""Rule packs: their form, their patterns, and what is said of a bad one."""

import pytest

from axon.errors import ConfigError
from axon.languages.pack import compiled_paths, fits, parse_pack
from axon.languages.packs import built_in_packs

HEAD = 'name = "shop"\nlanguages = ["python"]\n'


def test_those_that_come_with_the_program_can_be_read() -> None:
    """Each has a name of its own and rules."""
    packs = built_in_packs()
    assert len({pack.name for pack in packs}) == len(packs) > 5
    assert all(pack.entries for pack in packs)


@pytest.mark.parametrize(
    ("pattern", "name", "does_fit"),
    [
        ("flask.*.Flask.route", "flask.Flask.route", True),
        ("flask.*.Flask.route", "flask.sansio.app.Flask.route", True),
        ("flask.*.Flask.route", "flask.Flaskette.route", False),
        ("flask.*.Flask.route", "myflask.Flask.route", False),
        ("unittest.*.*TestCase", "unittest.IsolatedAsyncioTestCase", True),
        ("unittest.*.*TestCase", "unittest.TestSuite", False),
        ("django.contrib.*.models.*", "django.contrib.auth.models.AbstractUser", True),
        ("django.contrib.*.models.*", "django.contrib.auth.models", False),
    ],
)
def test_patterns_of_dotted_names(pattern: str, name: str, does_fit: bool) -> None:
    """A part `*` is any number of parts, a star in a part a piece of it, and a dot is a dot."""
    assert fits(pattern, name) is does_fit


@pytest.mark.parametrize(
    ("path", "does_fit"),
    [
        ("test_a.py", True),
        ("a/b/test_a.py", True),
        ("a/mytest_a.py", False),
        ("test_a.pyi", False),
        ("x.test_py", False),
    ],
)
def test_globs_of_paths(path: str, does_fit: bool) -> None:
    """`**/` spans folders and none, `*` stays in one part."""
    assert (compiled_paths(("**/test_*.py",)).fullmatch(path) is not None) is does_fit


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "not valid TOML"),
        ('languages = ["python"]\n', "needs a `name`"),
        ('name = "shop"\n', "needs `languages`"),
        (HEAD + "entries = []\n", "Unknown key 'entries'"),
        (HEAD + "[entry]\n", "write [[entry]]"),
        (HEAD + '[[entry]]\ndecorators = ["a.b"]\n', "needs a `kind`"),
        (HEAD + '[[entry]]\nkind = "task"\n', "says nothing that makes"),
        (HEAD + '[[entry]]\nkind = "task"\ndecorators = "a.b"\n', "must be a list of texts"),
        (HEAD + '[[entry]]\nkind = "task"\ndecorator = ["a.b"]\n', "Unknown key 'decorator'"),
    ],
)
def test_a_bad_pack_is_refused(text: str, said: str) -> None:
    """The message names the file and what is wrong with it."""
    with pytest.raises(ConfigError) as caught:
        parse_pack(".axon-packs/shop.toml", text)
    assert said in str(caught.value)
    assert ".axon-packs/shop.toml" in str(caught.value)
