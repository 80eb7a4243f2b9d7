"""A small tree of source text in which every rule has an edge, and an index of it."""

from pathlib import Path

from axon.pipeline import run_pipeline

FILES = {
    "shop/__init__.py": "from shop.models import Cart\n",
    "shop/models.py": """\
class Base:
    def ship(self):
        return self.weigh()

    def weigh(self):
        return 1


class Cart(Base):
    def __init__(self, name):
        self.name = name

    def __len__(self):
        return 2

    @property
    def total(self):
        return 3


class Heavy(Cart):
    def ship(self):
        return super().ship()


class Crate:
    def ship(self):
        return 0

    def unpack_all(self):
        return 4
""",
    "shop/till.py": """\
from shop import Cart
from shop.models import Crate as Box
import shop.models


def make() -> Cart:
    return Cart("mine")


def send():
    cart = make()
    return cart.ship()


def measure():
    cart = Cart("x")
    return len(cart), cart.total


def open_it(box):
    return box.unpack_all()


def run(action):
    return action()


def job():
    return 5


def start():
    return run(job)


def guess(thing):
    return thing.ship()


def local():
    def ship():
        return 6

    return ship()


def box():
    return Box()


def heavy():
    return shop.models.Heavy("h").ship()
""",
    "shop/legacy.py": """\
def job():
    return 7


def unused():
    return 8
""",
}

MODELS, TILL, LEGACY = "shop/models.py", "shop/till.py", "shop/legacy.py"


def index_of(root: Path, files: dict[str, str]) -> Path:
    """Write the files below `root` and index them."""
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    run_pipeline(root, embeddings=False)
    return root
