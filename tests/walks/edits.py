"""Edits that a person, an editor or git makes; each draws what it needs from dice, so that it can be made again.

What flows in: a work tree and dice. What flows out: a changed tree. An edit that does not fit changes nothing.
"""

import re
from collections.abc import Callable
from random import Random
from typing import Final

from tests.walks.worktree import SCRIPT_ENDS, WorkTree

_CALL: Final = re.compile(r"\b(\w+)\(")
_HEAD: Final = re.compile(r"^(\s*)(?:export )?(?:default )?(?:async )?(?:def|function) (\w+)\((.*)$")
_CLASS: Final = re.compile(r"^(\s*(?:export )?(?:abstract )?class \w+)[^:{]*([:{].*)$")
_IMPORT: Final = re.compile(r"^\s*(?:import|export .* from|from) ")
_DEFINED: Final = re.compile(r"\b(?:def|class|function|const|interface|type) +(\w+)")
_MOST_RENAMED: Final = 30

Edit = Callable[[WorkTree, Random], None]


def _change_line(tree: WorkTree, dice: Random, fits: re.Pattern[str], change: Callable[[str, str], list[str]]) -> None:
    """Replace one line that fits, in a file that has one."""
    for _ in range(5):
        path = tree.some_file(dice)
        lines = tree.read(path).split("\n")
        if at := [number for number, line in enumerate(lines) if fits.search(line)]:
            chosen = dice.choice(at)
            lines[chosen : chosen + 1] = change(path, lines[chosen])
            tree.write(path, "\n".join(lines))
            return


def call_another(tree: WorkTree, dice: Random) -> None:
    """A call names another function."""
    name = tree.some_name(dice)
    _change_line(tree, dice, _CALL, lambda _, line: [_CALL.sub(f"{name}(", line, count=1)])


def add_call(tree: WorkTree, dice: Random) -> None:
    """A function's body begins with one more call."""
    name = tree.some_name(dice)

    def with_call(path: str, line: str) -> list[str]:
        indent = line[: len(line) - len(line.lstrip())] + "    "
        return [line, f"{indent}{name}()" + (";" if path.endswith(SCRIPT_ENDS) else "")]

    _change_line(tree, dice, _HEAD, with_call)


def drop_line(tree: WorkTree, dice: Random) -> None:
    """A line with a call goes; what is left may not parse."""
    _change_line(tree, dice, _CALL, lambda _, line: [])


def double_line(tree: WorkTree, dice: Random) -> None:
    """A line is there twice, and its calls with it."""
    _change_line(tree, dice, _CALL, lambda _, line: [line, line])


def change_signature(tree: WorkTree, dice: Random) -> None:
    """A function takes one more parameter, of a type that some file may define."""
    name, number = tree.some_name(dice), dice.randrange(100)

    def longer(path: str, line: str) -> list[str]:
        kind = f"extra{number}: {name}, " if path.endswith((".ts", ".tsx", ".py")) else f"extra{number}, "
        return [re.sub(r"\((?=[^(]*$|.*$)", f"({kind}", line, count=1)]

    _change_line(tree, dice, _HEAD, longer)


def change_base(tree: WorkTree, dice: Random) -> None:
    """A class has another base."""
    name = tree.some_name(dice)

    def based(path: str, line: str) -> list[str]:
        head = f" extends {name} " if path.endswith(SCRIPT_ENDS) else f"({name})"
        return [_CLASS.sub(rf"\g<1>{head}\g<2>", line)]

    _change_line(tree, dice, _CLASS, based)


def rename_here(tree: WorkTree, dice: Random) -> None:
    """A symbol has another name in its own file, and those who use it elsewhere have not heard."""
    path = tree.some_file(dice)
    text = tree.read(path)
    if names := sorted(set(_DEFINED.findall(text))):
        tree.write(path, _renamed(text, dice.choice(names), dice))


def rename_everywhere(tree: WorkTree, dice: Random) -> None:
    """A symbol has another name wherever the word stands."""
    name, seed = tree.some_name(dice), dice.randrange(1 << 30)
    users = [path for path in tree.sources() if re.search(rf"\b{name}\b", tree.read(path))]
    for path in users[:_MOST_RENAMED]:
        tree.write(path, _renamed(tree.read(path), name, Random(seed)))


def _renamed(text: str, name: str, dice: Random) -> str:
    return re.sub(rf"\b{name}\b", f"{name.rstrip('0123456789')}{dice.randrange(50)}", text)


def add_import(tree: WorkTree, dice: Random) -> None:
    """A file begins with one more import, of a module that is there or not."""
    path, target, name = tree.some_file(dice), tree.some_file(dice), tree.some_name(dice)
    dotted = re.sub(r"(/__init__)?\.pyi?$", "", target).replace("/", ".").removeprefix("src.")
    up = "../" * path.count("/") or "./"
    module = up + re.sub(r"(\.d)?\.\w+$", "", target)
    statement = (
        dice.choice(
            (
                f'import {{ {name} }} from "{module}";',
                f'import * as {name} from "{module}";',
                f'export * from "{module}";',
                f'export {{ {name} as other{dice.randrange(9)} }} from "{module}";',
                f'import {name} from "{name.lower()}";',
            )
        )
        if path.endswith(SCRIPT_ENDS)
        else dice.choice(
            (
                f"from {dotted} import {name}",
                f"from {dotted} import {name} as other{dice.randrange(9)}",
                f"from {dotted} import *",
                f"import {dotted}",
                f"from . import {dotted.rpartition('.')[2]}",
                f"import {name.lower()}, os.path",
            )
        )
    )
    tree.write(path, f"{statement}\n{tree.read(path)}")


def drop_import(tree: WorkTree, dice: Random) -> None:
    """An import goes; the names that it bound are free or mean something else."""
    _change_line(tree, dice, _IMPORT, lambda _, line: [])


def shift(tree: WorkTree, dice: Random) -> None:
    """Everything in a file stands some lines lower."""
    path = tree.some_file(dice)
    sign = "//" if path.endswith(SCRIPT_ENDS) else "#"
    tree.write(path, f"{sign} é\n\n" * dice.randrange(1, 4) + tree.read(path))


def cut(tree: WorkTree, dice: Random) -> None:
    """A file ends in the middle, or is empty."""
    path = tree.some_file(dice)
    text = tree.read(path)
    tree.write(path, text[: dice.choice((0, len(text) // 2))])


def add_file(tree: WorkTree, dice: Random) -> None:
    """A new file, made of a piece of another."""
    path = tree.some_file(dice)
    lines = tree.read(path).split("\n")
    start = dice.randrange(len(lines))
    tree.write(tree.free_path(dice, path), "\n".join(lines[start : start + 60]) + "\n")


def copy_file(tree: WorkTree, dice: Random) -> None:
    """The same content under one more name."""
    path = tree.some_file(dice)
    tree.write(tree.free_path(dice, path), tree.read(path))


def swap(tree: WorkTree, dice: Random) -> None:
    """Two files have each other's content."""
    one, two = tree.some_file(dice), tree.some_file(dice)
    first, second = tree.read(one), tree.read(two)
    tree.write(one, second)
    tree.write(two, first)


def move_file(tree: WorkTree, dice: Random) -> None:
    """A file has another path."""
    path = tree.some_file(dice)
    target = tree.root / tree.free_path(dice, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    (tree.root / path).rename(target)


def move_folder(tree: WorkTree, dice: Random) -> None:
    """A folder with all below it has another name."""
    folder = dice.choice(tree.folders())
    target = tree.root / f"{folder}_{dice.randrange(100)}"
    if folder and not target.exists():
        (tree.root / folder).rename(target)


def delete_file(tree: WorkTree, dice: Random) -> None:
    """A file is gone."""
    if len(sources := tree.sources()) > 3:
        (tree.root / dice.choice(sources)).unlink()


def revert_file(tree: WorkTree, dice: Random) -> None:
    """A changed file is again as the last commit has it."""
    if changed := sorted(tree.git("diff", "--name-only", "-z").split("\0")[:-1]):
        tree.git("checkout", "-q", "--", dice.choice(changed))


def revert_all(tree: WorkTree, dice: Random) -> None:
    """The work tree is that of the last commit, and nothing besides."""
    tree.git("reset", "-q", "--hard")
    tree.git("clean", "-qfd", "-e", ".axon")


def commit(tree: WorkTree, dice: Random) -> None:
    """Everything is committed: no source changes, and what git lists may."""
    tree.commit()


def switch_branch(tree: WorkTree, dice: Random) -> None:
    """Another branch, known or new; what is not committed is committed first."""
    tree.commit()
    branch = f"branch{dice.randrange(3)}"
    known = branch in tree.git("branch", "--format=%(refname:short)").split()
    tree.git("switch", "-q", *([] if known else ["-c"]), dice.choice((branch, "main")) if known else branch)


def ignore(tree: WorkTree, dice: Random) -> None:
    """A rule of .gitignore or .axonignore comes or goes."""
    path = dice.choice((".gitignore", ".axonignore"))
    lines = tree.read(path).splitlines() if (tree.root / path).exists() else []
    if lines and dice.random() < 0.5:
        lines.remove(dice.choice(lines))
    else:
        chosen = tree.some_file(dice)
        lines.append(dice.choice((f"/{chosen}", chosen.rpartition("/")[2], f"{chosen.partition('/')[0]}/", "fresh*/")))
    tree.write(path, "".join(f"{line}\n" for line in lines))


def touch(tree: WorkTree, dice: Random) -> None:
    """A file is written again as it was."""
    path = tree.some_file(dice)
    tree.write(path, tree.read(path))


def change_manifest(tree: WorkTree, dice: Random) -> None:
    """What decides which file an import means is another."""
    folder = dice.choice(tree.folders())
    target = re.sub(r"\.\w+$", "", tree.some_file(dice))
    path, text = dice.choice(
        (
            ("tsconfig.json", f'{{"compilerOptions": {{"baseUrl": ".", "paths": {{"lib/*": ["{target}", "*"]}}}}}}'),
            (
                "package.json",
                f'{{"name": "shop{dice.randrange(3)}", "main": "{target}.js", "exports": "./{target}.js"}}',
            ),
            ("package.json", '{"workspaces": ["*"]}'),
        )
    )
    tree.write(f"{folder}/{path}".removeprefix("/"), text + "\n")


EDITS: Final[dict[str, Edit]] = {
    edit.__name__.replace("_", " "): edit
    for edit in (
        *(call_another, add_call, drop_line, double_line, change_signature, change_base),
        *(rename_here, rename_everywhere, add_import, drop_import, shift, cut),
        *(add_file, copy_file, swap, move_file, move_folder, delete_file),
        *(revert_file, revert_all, commit, switch_branch, ignore, touch, change_manifest),
    )
}
"""Every edit by its name in words."""

UNNAMED: Final = frozenset({"ignore", "commit", "switch branch", "revert all", "change manifest"})
"""Edits that change what belongs to the tree: no list of source files says all of it."""

OFTEN: Final = frozenset(
    {"call another", "add call", "change signature", "rename here", "rename everywhere", "add import"}
)
"""Edits that are drawn three times as often: the day's work."""
