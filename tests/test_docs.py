"""The pages say what is so: commands, links, generated pages, methods, the example plugin."""

from __future__ import annotations

import importlib.metadata
import re
import runpy
import shlex
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import pytest

from emocli.cli import emocli
from emocli.cli.listing import Listing
from emocli.data.catalogue import BUILTIN
from emocli.data.labelled import read_labelled
from emocli.plugins import registry

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "tests" / "third_party" / "emocli_bow"
PAGES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "plugins/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
# Help is worded and wrapped by click; another version of it may do it differently.
GENERATED_WITH = "8.5"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
# What stands for many things on a page, and one of these.
_EXAMPLES = {"SEED": "1", "METHOD": "datn2"}


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_readme_marks_the_command_that_predicts_and_the_one_that_tests() -> None:
    marked = re.findall(r"<!-- command: (\w+) -->\n```sh\n(.+)\n```\n", read("README.md"))
    assert [name for name, _ in marked] == ["predict", "test"]
    predict, test = (command for _, command in marked)
    assert predict.endswith("emocli predict docs/examples/tweets.txt --model datn2")
    assert ".venv/bin/pytest" in test


def test_the_example_tweets_are_forty_different_ones() -> None:
    lines = read("docs/examples/tweets.txt").splitlines()
    assert len(lines) == len(set(lines)) == 40
    assert all(line.strip() for line in lines)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    lost = []
    for link in _LINK.findall(text):
        place, _, heading = link.partition("#")
        if "://" in place:
            continue
        target = (page.parent / place).resolve() if place else page
        if not target.exists() or (heading and heading not in headings(target)):
            lost.append(link)
    assert lost == []


def headings(page: Path) -> set[str]:
    """The names by which a page's headings are linked to."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        links = _LINK.findall(page.read_text(encoding="utf-8"))
        waiting += [(page.parent / link.partition("#")[0]).resolve() for link in links]
    assert set(PAGES) <= reached


def test_the_page_of_the_commands_is_current() -> None:
    version = importlib.metadata.version("click")
    if not version.startswith(f"{GENERATED_WITH}."):
        pytest.skip(f"click is {version}; docs/commands.md was generated with {GENERATED_WITH}")
    page = runpy.run_path(str(ROOT / "docs" / "make_commands.py"))["page"]
    assert read("docs/commands.md") == page(), "write it anew: python docs/make_commands.py"


def shown_commands() -> Iterator[tuple[str, list[str]]]:
    """The emocli commands of every page but the generated one, as words."""
    for page in PAGES:
        if name_of(page) == "docs/commands.md":
            continue
        for language, code in _FENCE.findall(page.read_text(encoding="utf-8")):
            if language != "sh":
                continue
            for line in code.replace("\\\n", " ").splitlines():
                for part in re.split(r"&&|\|", line):
                    words = shlex.split(part, comments=True)
                    if words and words[0].endswith("emocli"):
                        yield name_of(page), words[1:]


@pytest.mark.parametrize(
    ("page", "words"), [pytest.param(*shown, id=" ".join(shown[1])) for shown in shown_commands()]
)
def test_a_command_on_a_page_is_one_that_emocli_takes(
    page: str, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "mine.toml" in words:
        monkeypatch.chdir(tmp_path)
        Path("mine.toml").write_text('method = "bilstm"\ntrain = "sample"\n', encoding="utf-8")
    command: click.Command = emocli
    context = click.Context(emocli, info_name="emocli")
    while isinstance(command, click.Group) and words:
        if isinstance(command, Listing):
            words = command.named(words)
        found = command.get_command(context, words[0])
        assert found is not None, f"{page}: there is no command '{words[0]}'"
        command, words = found, words[1:]
        context = click.Context(command, context, info_name=command.name)
    command.make_context(
        command.name, [_EXAMPLES.get(word, word) for word in words], context.parent
    )
    given = list(pairwise(words))
    options = {after.partition("=")[0] for before, after in given if before == "-o"}
    for name in (after for before, after in given if before == "--method"):
        if name in registry().methods:
            described = registry().methods[name].config_class().described()
            assert options <= {option for option, *_ in described}


def test_every_method_has_its_page() -> None:
    for plugin in registry().plugins:
        if plugin.distribution == "emocli":
            page = read(f"docs/methods/{plugin.name}.md")
            assert [m.name for m in plugin.methods if f"`{m.name}`" not in page] == []


def test_every_data_set_of_the_catalogue_is_on_its_page() -> None:
    page = read("docs/data.md")
    for dataset in BUILTIN:
        row = f"| `{dataset.name}` | {dataset.title} | {dataset.task} | {dataset.language} |"
        assert f"{row} {len(dataset.labels)} | {dataset.licence} |" in page


def test_the_folders_of_plugins_are_the_entry_points() -> None:
    settings = tomllib.loads(read("pyproject.toml"))
    declared = settings["project"]["entry-points"]["emocli"]
    folders = {path.parent.name for path in (ROOT / "plugins").glob("*/__init__.py")}
    assert set(declared.values()) == folders
    assert set(settings["tool"]["mypy"]["packages"]) == {"emocli", *folders}
    assert all(module == f"emocli_{name}" for name, module in declared.items())


@pytest.mark.parametrize(
    "name", ["pyproject.toml", "emocli_bow/__init__.py", "emocli_bow/model.py"]
)
def test_the_plugin_on_the_page_is_the_one_that_is_tested(name: str) -> None:
    language = "toml" if name.endswith(".toml") else "python"
    content = (EXAMPLE / name).read_text(encoding="utf-8")
    assert f"```{language}\n{content}```\n" in read("plugins/README.md")


def test_the_plugin_on_the_page_is_as_short_as_it_says() -> None:
    lines = [
        line
        for path in sorted(EXAMPLE.rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert len(lines) <= 55
    assert sum(bool(line.strip()) for line in lines) <= 50


def test_the_changelog_tells_of_this_version() -> None:
    assert f"{importlib.metadata.version('emocli')}" in read("CHANGELOG.md")


def test_the_data_set_of_the_plugins_page_can_be_read(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", read("docs/plugins.md"), re.DOTALL)
    (tmp_path / "moods").mkdir()
    (tmp_path / "moods" / "train.tsv").write_text("what a day\tglad\nrain\tgloomy\n")
    names: dict[str, Any] = {"__file__": str(tmp_path / "__init__.py")}
    exec(code, names)
    (moods,) = names["emocli_datasets"]()
    found = read_labelled("moods", role="train", datasets={"moods": moods})
    assert [(one.text, one.labels) for one in found.examples] == [
        ("what a day", ("glad",)),
        ("rain", ("gloomy",)),
    ]
