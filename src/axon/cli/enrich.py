"""`axon enrich`: language models write over the graph; what they wrote is shown, reviewed and exported.

What flows in: options. What flows out: tables for a person, or JSON. Nothing is sent before the person has said yes.
"""

import getpass
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from axon.cli.asking import AskingLine
from axon.cli.options import json_option, print_json, repo_option, root_of
from axon.cli.render import accent, count, dim, facts, note, say, table, title
from axon.cli.versions import eval_command
from axon.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from axon.enrich.forecasting import Forecast
    from axon.enrich.run import Ask, EnrichResult
    from axon.enrich.store import Kept
    from axon.pipeline.enrich import Opened

_Command = Callable[..., None]
_BACKENDS: Final = ("anthropic", "openai", "cli", "simulated")
_LISTED: Final = 20


class _WithDefault(click.Group):
    """Words that are no subcommand are tasks of `run`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The named subcommand, else `run` with all words."""
        if args and args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "run", self.commands["run"], args

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Flags without a subcommand are those of `run`, but for help."""
        if not args or (args[0] not in self.commands and args[0] not in ("-h", "--help")):
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The flags of a run, then the subcommands: what is typed most is what is shown."""
        self.commands["run"].format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """As it is typed, which is without `run`."""
        return ["[TASK]...", "[OPTIONS]", "| COMMAND [ARGS]..."]


@click.group("enrich", cls=_WithDefault)
def enrich_command() -> None:
    """Have a language model write summaries, contracts and a feature hierarchy over the graph.

    Tasks: contracts, summary, outline, sheet, taxonomy, verify, and the repository's own in `.axon-tasks`; without
    one: summary, contracts and taxonomy. Run again, it goes on where it ended and asks nothing twice.
    """


enrich_command.add_command(eval_command)

_RUN_FLAGS: Final = (
    click.option("--only", multiple=True, metavar="GLOB|KIND", help="Only these paths, or this kind; may be repeated."),
    click.option("--changed", is_flag=True, help="Only files that have changed since the last commit."),
    click.option("--top-central", type=click.IntRange(min=1), help="Only so many of each kind: the most used ones."),
    click.option("--backend", type=click.Choice(_BACKENDS), help="Default: the API whose key is set, else a program."),
    click.option("--model", help="The model's name; default: a small one of the backend."),
    click.option("--parallel", type=click.IntRange(min=1), help="Requests at once; default: 4 for cli, 8 for an API."),
    click.option(
        "--batch", is_flag=True, help="What depends on nothing goes in batches: half the price, within a day."
    ),
    click.option("--max-cost", type=float, help="US dollars at most."),
    click.option("--max-calls", type=click.IntRange(min=0), help="Requests at most."),
    click.option("--max-minutes", type=float, help="Minutes at most."),
    click.option("--no-send", multiple=True, metavar="GLOB", help="Paths whose text never leaves this machine."),
    click.option("--dry-run", is_flag=True, help="Say what would be asked and what it would cost, and ask nothing."),
    click.option("--yes", is_flag=True, help="Do not ask before the first request."),
    click.option("--trust", is_flag=True, help="Agree to the address or program that the repository's settings name."),
)


def _run_flags(command: "_Command") -> "_Command":
    """The flags by which questions are chosen, asked and limited."""
    for flag in reversed(_RUN_FLAGS):
        command = flag(command)
    return command


@enrich_command.command("run")
@click.argument("tasks", nargs=-1)
@_run_flags
@repo_option
@json_option
def run_command(
    tasks: tuple[str, ...], repo: Path | None, as_json: bool, yes: bool, dry_run: bool, **flags: Any
) -> None:
    """Ask about everything that is not known yet; run again, it goes on where it ended."""
    from axon.enrich.forecasting import forecast  # noqa: PLC0415  start-up is lazy
    from axon.enrich.run import enrich_index, extract  # noqa: PLC0415  start-up is lazy
    from axon.enrich.trust import agree, require_agreement  # noqa: PLC0415  start-up is lazy
    from axon.pipeline.enrich import opened_for_enrich, publish  # noqa: PLC0415  start-up is lazy

    root = root_of(repo)
    changed = _changed(root) if flags.pop("changed") else None
    only, top, trust = flags.pop("only"), flags.pop("top_central"), flags.pop("trust")
    with opened_for_enrich(root, flags=_settings(flags), only=only, changed=changed, top=top) as opened:
        ask = opened.ask(tasks, _budget(flags))
        ask.keys = flags.get("keys")
        if dry_run or not yes:
            rows = forecast(ask)
            if dry_run:
                _show_forecast(ask, rows, as_json)
                return
            trust = _confirm(ask, rows, opened) or trust
        if trust:
            agree(root, ask.settings)
        if ask.provider != "simulated":
            require_agreement(root, ask.settings)
        line = AskingLine(ask.budget)
        ask.on_artifact = line.add
        try:
            result = enrich_index(ask, opened.store)
        finally:
            line.end()
        extract(opened.subjects, opened.store)
    publish(root)
    if as_json:
        print_json(asdict(result))
    else:
        _show(result)
    if not result.is_complete:
        sys.exit(ExitCode.PARTIAL)


@enrich_command.command("status")
@repo_option
@json_option
def status_command(repo: Path | None, as_json: bool) -> None:
    """What was written, by task and state, and which questions have no answer."""
    from axon.enrich.review import states_of  # noqa: PLC0415  start-up is lazy
    from axon.pipeline.enrich import opened_for_enrich  # noqa: PLC0415  start-up is lazy

    counted: dict[str, dict[str, int]] = {}
    with opened_for_enrich(root_of(repo)) as opened:
        written = opened.store.all()
        evidence = states_of(written, opened.subjects)
        for kept in written:
            states = counted.setdefault(kept.job.task, {})
            for state in (kept.state.value, evidence[kept.job].value):
                states[state] = states.get(state, 0) + 1
        failures = {str(failure.job): failure.reason for failure in opened.store.failures()}
    if as_json:
        print_json({"artifacts": counted, "failures": failures})
        return
    rows = [
        (task, ", ".join(f"{n:,} {state}" for state, n in sorted(states.items()))) for task, states in counted.items()
    ]
    say(*facts(rows) if rows else ["Nothing was written yet. Run `axon enrich`."])
    _show_failures(failures)


@enrich_command.command("extract")
@repo_option
def extract_command(repo: Path | None) -> None:
    """Write summaries without a model, from docstrings, signatures and names, where no model has written any."""
    from axon.enrich.run import extract  # noqa: PLC0415  start-up is lazy
    from axon.pipeline.enrich import opened_for_enrich, publish  # noqa: PLC0415  start-up is lazy

    root = root_of(repo)
    with opened_for_enrich(root) as opened:
        n_written = extract(opened.subjects, opened.store)
    publish(root)
    say(f"Summaries of {n_written:,} files and folders written, no model asked.")


@enrich_command.command("retry")
@_run_flags
@repo_option
@json_option
@click.pass_context
def retry_command(ctx: click.Context, /, repo: Path | None, as_json: bool, **flags: Any) -> None:
    """Ask again what has no answer, and what waits for it."""
    from axon.enrich.run import EnrichResult  # noqa: PLC0415  start-up is lazy
    from axon.pipeline.enrich import opened_for_enrich  # noqa: PLC0415  start-up is lazy

    with opened_for_enrich(root_of(repo)) as opened:
        failed = frozenset(failure.job for failure in opened.store.failures())
    if not failed:
        print_json(asdict(EnrichResult())) if as_json else say("Every question has its answer.")
        return
    tasks = sorted({"taxonomy" if job.task in {"siblings", "feature"} else job.task for job in failed})
    ctx.invoke(run_command, tasks=tuple(tasks), repo=repo, as_json=as_json, keys=failed, **flags)


@enrich_command.command("explain")
@click.argument("node")
@repo_option
@json_option
def explain_command(node: str, repo: Path | None, as_json: bool) -> None:
    """Everything that was written about NODE: by whom, what people said, and whether its evidence still stands."""
    from axon.enrich.review import states_of  # noqa: PLC0415  start-up is lazy
    from axon.pipeline.enrich import opened_for_enrich  # noqa: PLC0415  start-up is lazy
    from axon.questions.symbols import find_symbol  # noqa: PLC0415  start-up is lazy

    with opened_for_enrich(root_of(repo)) as opened:
        id = opened.named(node, find_symbol)
        evidence = states_of(opened.store.all(), opened.subjects)
        found = [(kept, evidence[kept.job]) for kept in opened.store.all(node=id)]
    if as_json:
        print_json({"node": id, "artifacts": [{**_plain(kept), "evidence": state.value} for kept, state in found]})
        return
    say(title(id))
    for kept, state in found:
        who = dim(f"{kept.model or 'derived'}, {kept.state.value}, evidence {state.value}")
        say("", f"{kept.job.task}  {who}")
        say(*(f"  {line}" for line in _lines(kept)))
    if not found:
        say("Nothing was written about it.")


@enrich_command.command("review")
@click.option("--accept", metavar="TASK:NODE", multiple=True, help="It is right.")
@click.option(
    "--reject", metavar="TASK:NODE", multiple=True, help="It is wrong, and stays away until its source changes."
)
@click.option("--reason", default="", help="Why, for all that this call accepts or rejects.")
@click.option("--export", "export_to", type=click.Path(path_type=Path, dir_okay=False), help="Write all as JSON lines.")
@click.option("--import", "import_from", type=click.Path(path_type=Path, exists=True), help="Take over verdicts.")
@repo_option
def review_command(
    accept: Sequence[str], reject: Sequence[str], reason: str, repo: Path | None, **files: Path | None
) -> None:
    """Say what you think of what was written, or exchange verdicts as JSON lines."""
    from axon.enrich.review import as_lines, take_lines  # noqa: PLC0415  start-up is lazy
    from axon.model.artifacts import Review  # noqa: PLC0415  start-up is lazy
    from axon.pipeline.enrich import opened_for_enrich, publish  # noqa: PLC0415  start-up is lazy

    root = root_of(repo)
    with opened_for_enrich(root) as opened:
        for names, state in ((accept, Review.ACCEPTED), (reject, Review.REJECTED)):
            for name in names:
                if not opened.store.review(_job(name), state, who=getpass.getuser(), reason=reason):
                    raise UsageError(f"Nothing was written as {name}. `axon enrich status` shows what there is.")
                say(f"{name}: {state.value}")
        if (source := files["import_from"]) is not None:
            taken = take_lines(opened.store, source.read_text("utf-8", "replace").splitlines())
            say(f"{count(taken, 'verdict')} taken over.")
        if (target := files["export_to"]) is not None:
            target.write_text("".join(as_lines(opened.store)), encoding="utf-8", newline="\n")
            say(f"Written to {target}.")
    publish(root)


@enrich_command.command("export")
@click.option("--tree", "output", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder.")
@repo_option
def export_command(output: Path, repo: Path | None) -> None:
    """Write artifacts as Markdown and JSON, a folder for each folder; the same bytes every time."""
    from axon.enrich.tree import export_tree  # noqa: PLC0415  start-up is lazy
    from axon.pipeline.enrich import opened_for_enrich  # noqa: PLC0415  start-up is lazy

    with opened_for_enrich(root_of(repo)) as opened:
        say(f"{count(export_tree(opened.store, output), 'file')} written below {output}.")


@enrich_command.command("answers")
@click.option("--export", "export_to", type=click.Path(path_type=Path, dir_okay=False), help="Write all as JSON lines.")
@click.option(
    "--import", "import_from", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Take over."
)
def answers_command(export_to: Path | None, import_from: Path | None) -> None:
    """Carry the answers that all repositories share to another machine, where nobody pays for them again.

    Take over only what you trust: whoever asks the same gets these answers.
    """
    from axon.enrich.cache import AnswerCache  # noqa: PLC0415  start-up is lazy
    from axon.pipeline.enrich import answers_folder  # noqa: PLC0415  start-up is lazy

    with AnswerCache(answers_folder()) as cache:
        if import_from is not None:
            with import_from.open(encoding="utf-8", errors="replace") as lines:
                say(f"{count(cache.take_lines(lines), 'answer')} taken over.")
        if export_to is not None:
            with export_to.open("w", encoding="utf-8", newline="\n") as target:
                target.writelines(cache.as_lines())
        say(f"{sum(1 for _ in cache.all_answers()):,} answers are kept in {answers_folder()}.")


# --- what flags say ---------------------------------------------------------------------------------------------------


def _settings(flags: dict[str, Any]) -> dict[str, Any]:
    no_send = tuple(flags.pop("no_send"))
    given = {name: flags.pop(name, None) for name in ("backend", "model", "parallel")}
    return {**given, "no_send": no_send or None, "batch_leaves": flags.pop("batch") or None}


def _budget(flags: dict[str, Any]) -> Any:
    from axon.enrich.budget import Budget  # noqa: PLC0415  start-up is lazy

    return Budget(flags.get("max_cost"), flags.get("max_calls"), flags.get("max_minutes"))


def _changed(root: Path) -> frozenset[str]:
    from axon.files.git import changed_paths  # noqa: PLC0415  start-up is lazy

    return frozenset(changed_paths(root))


def _job(name: str) -> Any:
    from axon.enrich.model import JobKey  # noqa: PLC0415  start-up is lazy

    task, _, node = name.partition(":")
    return JobKey(task, node)


def _confirm(ask: "Ask", rows: "Sequence[Forecast]", opened: "Opened") -> bool:
    """Show what would leave the machine, and go on only if the person says yes; False where nothing would."""
    from axon.enrich.trust import named_place  # noqa: PLC0415  start-up is lazy

    n_left = sum(row.nodes - row.hits for row in rows)
    if not n_left or ask.provider == "simulated":
        return False
    _show_forecast(ask, rows, as_json=False)
    example = next((node.path for node in opened.subjects.files), "")
    to = f"{ask.provider} ({where})" if (where := named_place(ask.settings)) else ask.provider
    say(f"The text of these nodes goes to {to}, secrets masked, such as that of {example}.")
    if not sys.stdin.isatty():
        raise UsageError("Nobody is here to agree to that. Say --yes.")
    click.confirm("Go on?", abort=True, err=True)
    return True


# --- text -------------------------------------------------------------------------------------------------------------


def _show_forecast(ask: "Ask", rows: "Sequence[Forecast]", as_json: bool) -> None:
    if not any(row.nodes for row in rows):
        note(
            "Nothing is to be asked: no node fits --only, --changed or --no-send, or the tree has none for these tasks."
        )
    if as_json:
        print_json({"backend": ask.provider, "tasks": [asdict(row) for row in rows]})
        return
    lines: list[tuple[str, ...]] = [("task", "nodes", "known", "to ask", "input tokens", "output tokens", "US dollars")]
    for row in rows:
        cost = "unknown" if row.cost is None else f"{row.cost:.2f}"
        numbers = (row.nodes, row.hits, row.nodes - row.hits, row.input_tokens, row.output_tokens)
        lines.append((row.task, *(f"{number:,}" for number in numbers), cost))
    shown = table(lines, styles=(accent,))
    say(title(shown[0]), *shown[1:])
    if further := [row.task for row in rows if row.is_open]:
        note(f"{' and '.join(further)}: the answers bring up further questions, whose number is not known yet.")


def _show(result: "EnrichResult") -> None:
    rows = [(task, f"{n:,}") for task, n in result.nodes.items()]
    rows.append(("requests", f"{result.requests:,}, and {count(result.hits, 'answer')} known before"))
    rows.append(
        ("tokens", f"{result.input_tokens:,} in, {result.cached_tokens:,} of them cached, {result.output_tokens:,} out")
    )
    rows.append(("US dollars", "unknown" if result.cost is None else f"{result.cost:.4f}"))
    say(*facts(rows))
    _show_failures(result.failures)
    if result.waiting:
        note(f"{count(len(result.waiting), 'question')} could not be asked yet. Run it again.")
    for line in (*result.notes, *([result.stopped] if result.stopped else ())):
        note(line)


def _show_failures(failures: dict[str, str]) -> None:
    if not failures:
        return
    say("", title(f"Without an answer ({len(failures):,})"))
    say(*table([(name, reason) for name, reason in list(failures.items())[:_LISTED]], styles=(accent, dim)))
    if len(failures) > _LISTED:
        say(dim(f"  … {len(failures) - _LISTED:,} more; see --json"))


def _plain(kept: "Kept") -> dict[str, Any]:
    return {**asdict(kept), "state": kept.state.value}


def _lines(kept: "Kept") -> list[str]:
    lines = []
    for name, value in kept.value.items():
        if isinstance(value, list):
            lines += [f"{name}: {item.get('text', item) if isinstance(item, dict) else item}" for item in value]
        else:
            lines.append(f"{name}: {value}")
    return lines
