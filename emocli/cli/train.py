"""`emocli train`: labelled texts in, a model folder out."""

from __future__ import annotations

import shutil
from functools import cache
from typing import TYPE_CHECKING, Any

import click

from emocli import models
from emocli.cli.completing import complete_data, complete_methods, complete_models
from emocli.cli.listing import json_option
from emocli.cli.materials import Materials, read_materials
from emocli.cli.options import (
    LARGEST_SEED,
    MOST_SEEDS,
    NumberRange,
    device_options,
    examples,
    long_option,
    shared_options,
)
from emocli.cli.output import reporter
from emocli.cli.recipe import Recipe, known_roles, make_recipe
from emocli.cli.recipe_file import RecipeFile, config_option
from emocli.cli.seeds import members_folder, train_seeds
from emocli.cli.training_result import show_result
from emocli.cli.training_settings import settings_of
from emocli.cli.unfinished import Wishes, alone, begin, how_to_go_on, without_resume
from emocli.errors import EmocliError
from emocli.reporting import SILENT, Reporter

if TYPE_CHECKING:
    from emocli.modelling.trained import Trained
    from emocli.training.distillation import Lesson
    from emocli.training.settings import Settings

_ARGUMENTS = "emocli.arguments"
_OWN = ("resume", "replace", "half", "device", "precision", "max_minutes", "long")


class _Train(click.Command):
    """Has an option for each role of the installed methods, and remembers what was typed."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        return [*map(_role_option, known_roles()), *super().get_params(ctx)]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[_ARGUMENTS] = tuple(args)
        return super().parse_args(ctx, args)


@click.command(
    "train",
    cls=_Train,
    epilog=examples(
        "emocli train --method bilstm --train train.csv --dev dev.csv --name mine",
        "emocli train --method datn2 --train semeval2018-ec --source semeval-sentiment-4a",
        "emocli train --config datn2.toml -o epochs=5 --seed 3",
    ),
)
@click.option(
    "--method",
    "-m",
    metavar="NAME",
    shell_complete=complete_methods,
    help="What to train; `emocli methods` lists them.",
)
@click.option("--train", metavar="DATA", shell_complete=complete_data, help="What to learn from.")
@click.option(
    "--dev",
    metavar="DATA",
    shell_complete=complete_data,
    help="What chooses epoch and thresholds.  [default: dev split]",
)
@click.option(
    "--option", "-o", "options", multiple=True, metavar="NAME=VALUE", help="Option of the method."
)
@config_option
@click.option(
    "--seed",
    type=click.IntRange(0, LARGEST_SEED),
    metavar="N",
    help="Seed of everything random.  [default: 0]",
)
@click.option(
    "--seeds",
    "n_seeds",
    type=click.IntRange(2, MOST_SEEDS),
    metavar="N",
    help="Train with N seeds, from --seed on, and keep the models as one ensemble.",
)
@click.option(
    "--name", metavar="NAME|FOLDER", help="Name, or folder, of the model.  [default: METHOD-DATA]"
)
@click.option("--replace", is_flag=True, help="Put the model in the place of one there already.")
@click.option("--resume", is_flag=True, help="Go on with an interrupted training.")
@click.option("--text-column", metavar="NAME", help="Column of the texts, in files.")
@click.option("--label-column", metavar="NAME", help="Column of the labels, in files.")
@click.option(
    "--base",
    multiple=True,
    metavar="MODEL",
    shell_complete=complete_models,
    help="Trained model that the method builds upon, or begins with; some want several.",
)
@click.option(
    "--teacher",
    multiple=True,
    metavar="MODEL",
    shell_complete=complete_models,
    help="Learn from this model's probabilities too; several are averaged.",
)
@click.option(
    "--unlabelled",
    multiple=True,
    metavar="DATA",
    shell_complete=complete_data,
    help="More texts, which the teachers label.",
)
@click.option(
    "--gold-weight",
    type=NumberRange(0, 1),
    metavar="W",
    help="Weight of gold labels beside the teachers'.  [default: 0.5]",
)
@click.option(
    "--max-minutes",
    type=NumberRange(min=0, min_open=True),
    metavar="M",
    help="Stop after so many minutes and keep the best epoch so far.",
)
@click.option("--half", is_flag=True, help="Save the weights in half precision.")
@long_option("truncate", "error")
@device_options
@json_option
@shared_options
@click.pass_context
def command(
    context: click.Context,
    /,
    config: RecipeFile | None,
    options: tuple[str, ...],
    n_seeds: int | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Train a model on labelled data and save it under a name.

    The epoch that is best on the dev data is kept, and the thresholds are fitted there. DATA is a
    file or a data set (`emocli data` lists them), as NAME or NAME:SPLIT. An interrupted training
    goes on with --resume.

    A TOML file holds options of the method and of this command as keys, all at top level; those
    that say how a single run goes, such as --resume and --quiet, are none. What is said on the
    command line wins.
    """
    from emocli.training.processes import Processes

    own = {key: given.pop(key) for key in _OWN}
    recipe = make_recipe(given, options, config)
    place = models.place_for(recipe.name, replace=own["replace"])
    typed = without_resume(context.meta[_ARGUMENTS])
    wishes = Wishes(place, typed, processes=Processes.launched(), **own)
    report = reporter() if wishes.processes.is_main else SILENT
    with alone(wishes):
        materials = read_materials(recipe, report)
        if n_seeds is None:
            trained = _train(recipe, materials, wishes, report)
        else:
            trained = train_seeds(n_seeds, recipe, materials, wishes, report, _train)
        if wishes.processes.is_main:
            _keep(trained, wishes)
            if n_seeds is not None:
                shutil.rmtree(members_folder(wishes), ignore_errors=True)
            show_result(trained, wishes.place, report, as_json=as_json)
    wishes.processes.leave()


def _keep(trained: Trained, wishes: Wishes) -> None:
    """Save the model; what was kept of its training is not needed any more."""
    if wishes.place.exists() and not wishes.replace:
        raise EmocliError(
            f"{wishes.place}: has come to be since this training began, which is kept: move it "
            "away, or add --replace, and give the same command with --resume."
        )
    models.save(trained, wishes.place, half=wishes.half)
    shutil.rmtree(wishes.checkpoint, ignore_errors=True)


def _train(recipe: Recipe, materials: Materials, wishes: Wishes, report: Reporter) -> Trained:
    from emocli.inference.devices import keep_freed_memory
    from emocli.training.stage import OutOfTimeError
    from emocli.training.train import TrainingData, train

    keep_freed_memory()
    settings = settings_of(recipe, materials, wishes)
    lesson = _lesson(recipe, materials, settings, report)
    bases = [models.load(name, settings.device) for name in recipe.base]
    data = TrainingData(materials.train, materials.dev, materials.roles, bases, lesson)
    if wishes.processes.is_main:
        begin(wishes, recipe, report)
    wishes.processes.wait()
    try:
        trained = train(recipe.method, recipe.config, data, settings, report)
    except (KeyboardInterrupt, OutOfTimeError):
        if wishes.processes.is_main:
            click.echo(how_to_go_on(wishes), err=True)
        raise
    terms = dict(materials.terms)
    for other in (*bases, *(lesson.teachers if lesson else ())):
        terms |= other.about.get("terms", {})
    trained.about |= {"commands": [wishes.command], "terms": terms}
    return trained


def _lesson(
    recipe: Recipe, materials: Materials, settings: Settings, report: Reporter
) -> Lesson | None:
    if not recipe.teacher:
        return None
    from emocli.training.distillation import Lesson

    return Lesson(
        teachers=[models.load(name, settings.device) for name in recipe.teacher],
        unlabelled=materials.unlabelled,
        gold_weight=recipe.gold_weight,
        precision=settings.scoring or settings.precision,
        reporter=report,
    )


@cache
def _role_option(role: str) -> click.Option:
    methods = ", ".join(sorted(known_roles()[role]))
    return click.Option(
        [f"--{role}"],
        multiple=True,
        metavar="DATA",
        shell_complete=complete_data,
        help=f"Data of the {role} task, for {methods}; several become one.",
    )
