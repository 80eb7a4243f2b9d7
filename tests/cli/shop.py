"""A small repository as text, and a way to write it."""

from pathlib import Path

FILES = {
    "src/shop/__init__.py": """
        \"\"\"A shop.\"\"\"
        from shop.cart import Cart

        __all__ = ["Cart"]
    """,
    "src/shop/cart.py": """
        from shop.money import Money, rounded


        class Base:
            def __init__(self, name: str) -> None:
                self.name = name

            def total(self) -> Money:
                return Money(0)


        class Cart(Base):
            \"\"\"What somebody wants to buy.\"\"\"

            def __init__(self, name: str) -> None:
                super().__init__(name)
                self.items: list[str] = []

            def add(self, item: str) -> Money:
                self.items.append(item)
                return self.total()

            @rounded
            def total(self) -> Money:
                return Money(len(self.items))
    """,
    "src/shop/money.py": """
        class Money:
            def __init__(self, amount: int) -> None:
                self.amount = amount


        def rounded(function):
            def inner(*arguments):
                return function(*arguments)

            return inner
    """,
    "tests/test_cart.py": """
        from shop import Cart


        def test_total():
            cart = Cart("mine")
            cart.add("tea")
            assert cart.total()


        def test_anything(thing):
            thing.add("tea")
    """,
}


def write_shop(root: Path) -> Path:
    """Write the repository into `root`, which is returned."""
    for path, text in FILES.items():
        write(root, path, text)
    return root


def write(root: Path, path: str, text: str) -> None:
    """Write one file, its text moved to the left edge."""
    lines = text.strip("\n").splitlines()
    left = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(f"{line[left:].rstrip()}\n" for line in lines), encoding="utf-8")
