"""After an edit of what JavaScript assigns to values, linking what it affects gives what linking everything gives."""

import pytest

from tests.graph.trees import Tree

TREE = {
    "i.js": (
        "const { inherits } = require('util');\nfunction A() {}\nA.prototype.foo = function () {};\nfunction B() {}\n"
        "B.prototype.foo = function () {};\nfunction D() {}\nfunction E() {}\ninherits(D, A);\n"
        "module.exports = { D, E };\n"
    ),
    "j.js": "const { D, E } = require('./i');\nnew D().foo();\nnew E().foo();\n",
    "a.js": (
        "const m = require('./m');\nfunction C() {}\nfunction f() {}\nC.prototype.k = f;\n"
        "module.exports.C = C;\nmodule.exports.late = m.x;\n"
    ),
    "m.js": "function y() {}\nexports.x = y;\n",
    "b.js": "const { C, late, more } = require('./a');\nnew C().foo();\nnew C().k();\nlate();\nmore();\nlate.call();\n",
    "c.mjs": "import a from './a.js';\nnew a.C().foo();\na.more();\n",
    "d.ts": (
        "import { I } from './e';\nclass K extends Outside { run() { this.m(); this.n(); } }\n"
        "interface K extends I {}\nnew K().m();\n"
    ),
    "e.ts": "export interface I { m(): void }\n",
}


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        pytest.param("a.js", "function f", "C.prototype = { foo() {} };\nfunction f", id="another prototype"),
        pytest.param(
            "a.js", "function f", "C.prototype = Object.assign({}, { foo: f });\nfunction f", id="made of parts"
        ),
        pytest.param("a.js", "function f", "C.prototype.foo = f;\nfunction f", id="an attribute that was not there"),
        pytest.param("a.js", "C.prototype.k = f", "C.prototype.k = m.x", id="another value of an attribute"),
        pytest.param(
            "a.js", "module.exports.C", "module.exports.more = m.x;\nmodule.exports.C", id="one more is offered"
        ),
        pytest.param("m.js", "exports.x = y", "exports.x = () => {}", id="what is offered on is something else"),
        pytest.param("i.js", "inherits(D, A)", "inherits(D, B)", id="another base by a call"),
        pytest.param("i.js", "inherits(D, A)", "inherits(D, A);\ninherits(E, A)", id="one more base by a call"),
        pytest.param("e.ts", "m()", "n()", id="what an interface declares for a class"),
        pytest.param("d.ts", "interface K extends I {}", "", id="no interface for a class"),
    ],
)
def test_what_is_assigned_is_found_where_it_is_read(path: str, old: str, new: str) -> None:
    """There and back, each step gives the rows of a whole linking."""
    edited = {**TREE, path: TREE[path].replace(old, new, 1)}
    there = Tree(edited, Tree(TREE))
    assert there.rows() == Tree(edited).rows()
    assert Tree(TREE, there).rows() == Tree(TREE).rows()
