"""Draw docs/images/*.svg anew, from what the commands print: `python docs/make_images.py [MODEL]`.

Each picture is the real output of the command in its title, coloured as on a terminal; long ones
are cut after the first lines, which an ellipsis shows.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parent.parent
COLUMNS = {"predict": 100, "summary": 100, "benchmark": 128}
MOST_LINES = 21
MODEL = "datn2"
TWEETS = "docs/examples/tweets.txt"
PICTURES = {
    "predict": ["predict", TWEETS, "--model", MODEL],
    "summary": ["predict", TWEETS, "--model", MODEL, "--summary"],
    "benchmark": ["benchmark"],
}
FORMATS = {"predict": "table", "summary": "table", "benchmark": "rich"}


def output(name: str, arguments: list[str]) -> str:
    """What `emocli` prints on a terminal of so many columns as the picture has."""
    settings = {
        "COLUMNS": str(COLUMNS[name]),
        "FORCE_COLOR": "1",
        "PYTHONUTF8": "1",
        "TERM": "xterm",
    }
    variables = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    command = [sys.executable, "-m", "emocli", *arguments, "--format", FORMATS[name]]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=variables | settings,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def draw(name: str, arguments: list[str], printed: str) -> str:
    """The output as an SVG picture."""
    lines = printed.splitlines()
    shown = lines[:MOST_LINES] + (["…"] if len(lines) > MOST_LINES else [])
    console = Console(width=COLUMNS[name], record=True, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi("\n".join(shown)), soft_wrap=True)
    title = " ".join(["emocli", *arguments])
    return console.export_svg(title=title, unique_id=f"emocli-{name}")


def main(model: str) -> None:
    """Draw every picture with a trained model."""
    folder = ROOT / "docs" / "images"
    folder.mkdir(exist_ok=True)
    for name, arguments in PICTURES.items():
        used = [model if word == MODEL else word for word in arguments]
        picture = draw(name, arguments, output(name, used))
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*(sys.argv[1:] or [MODEL]))
