"""A small tree whose symbols say different things, and its index."""

from pathlib import Path

from axon.pipeline import run_pipeline

FILES = {
    "shop/money.py": (
        "class Money:\n"
        '    """An amount in one currency."""\n\n'
        "    def convert(self, currency, rate):\n"
        '        """Exchange into another currency at a rate."""\n'
        "        return Money(self.amount * rate, currency)\n\n"
        "    def is_zero(self):\n"
        "        return self.amount == 0\n"
    ),
    "shop/passwords.py": (
        "import hashlib\n\n\n"
        "def make_password(raw, salt):\n"
        '    """Turn a plain text secret into a digest for the database."""\n'
        "    return hashlib.scrypt(raw, salt=salt)\n\n\n"
        "def check_password(raw, encoded):\n"
        "    return make_password(raw, encoded) == encoded\n"
    ),
    "shop/cart.py": (
        "from shop.money import Money\n\n\n"
        "class ShoppingCart:\n"
        "    def add_item(self, item):\n"
        "        self.items.append(item)\n\n"
        "    def total_price(self):\n"
        "        return sum(item.price for item in self.items)\n\n\n"
        "def outer():\n"
        "    def inner_helper():\n"
        "        return 'bottomless'\n"
        "    return inner_helper\n"
    ),
    "tests/test_money.py": (
        "from shop.money import Money\n\n\n"
        "def test_convert():\n"
        '    """Exchange of money into another currency keeps the rate."""\n'
        "    assert Money(1, 'EUR').convert('USD', 2)\n"
    ),
    "web/cart.ts": (
        "export class CartView {\n  /** Draws the basket. */\n  render(basket: string) { return basket; }\n}\n"
    ),
}


def write(root: Path, files: dict[str, str]) -> Path:
    """Write files below `root`."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def index(root: Path) -> Path:
    """Index the tree at `root`, without embeddings."""
    run_pipeline(root, embeddings=False)
    return root
