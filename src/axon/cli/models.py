"""The commands about embedding models: which are here, fetch one, take one from a folder.

What flows in: options. What flows out: lines. `pull` is the only command of Axon that fetches a model by the network.
"""

from pathlib import Path

import click

from axon.cli.options import json_option, print_json
from axon.cli.render import accent, dim, megabytes, note, say, short_path, table
from axon.config import load_settings, models_home


@click.group("models")
def models_command() -> None:
    """Embedding models: which are here, fetch one, or take one from a folder."""


@models_command.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """The models that need no download any more."""
    from axon.embeddings.models import models_here  # noqa: PLC0415  start-up is lazy

    found = models_here(models_home())
    if as_json:
        print_json({"models": [{"name": model.name, "bytes": model.size, "source": model.source} for model in found]})
        return
    rows = [(model.name, megabytes(model.size) if model.size else "", model.source) for model in found]
    say(*table(rows, styles=(accent, dim, dim)))


@models_command.command("pull")
@click.argument("name", required=False)
def pull_command(name: str | None) -> None:
    """Download a model that fastembed knows; without NAME that of the settings."""
    from axon.embeddings.fastembed import pull_model  # noqa: PLC0415  start-up is lazy

    wanted = name or load_settings(Path()).embedding_model
    note(f"Fetching {wanted} …")
    embedder = pull_model(wanted, models_home())
    say(f"{wanted} is in {short_path(models_home())}; its vectors have {embedder.dimension} dimensions.")


@models_command.command("import")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--name", default=None, help="Its name from now on; default: that of the folder.")
def import_command(folder: Path, name: str | None) -> None:
    """Copy a model from FOLDER (ONNX and tokenizer), after it has embedded one text; no network is used."""
    from axon.embeddings.models import import_model  # noqa: PLC0415  start-up is lazy

    model, embedder = import_model(folder, models_home(), name)
    say(f"{model} is in {short_path(models_home())}; its vectors have {embedder.dimension} dimensions.")
    say(f'To use it: `embedding_model = "{model}"` in axon.toml, or AXON_EMBEDDING_MODEL={model}.')
