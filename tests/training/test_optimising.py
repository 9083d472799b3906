from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from emocli.errors import EmocliError
from emocli.methods import Config
from emocli.training.optimising import Stepper
from emocli.training.settings import Settings


class Numbers(nn.Module):
    """Two parameters, both 1 at first."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Parameter(torch.tensor(1.0))
        self.b = nn.Parameter(torch.tensor(1.0))

    def slope(self, items: list[float]) -> Tensor:
        """A loss with the gradient (3, 4) times the mean of the items."""
        return torch.tensor(items).mean() * (3 * self.a + 4 * self.b)

    def values(self) -> list[float]:
        return [self.a.item(), self.b.item()]


def make(total: int = 10, parameters: Any = None, **options: Any) -> tuple[Numbers, Stepper]:
    numbers = Numbers()
    return numbers, Stepper(numbers, Config(**options), Settings(), parameters, total)


def rates(stepper: Stepper, numbers: Numbers, steps: int, group: int = 0) -> list[float]:
    found = []
    for _ in range(steps):
        stepper.step(numbers.slope, [1.0])
        found.append(stepper.optimizer.param_groups[group]["lr"])
    return found


def gradients(stepper: Stepper) -> list[list[float]]:
    """What the optimiser is given, a row a step."""
    seen: list[list[float]] = []

    def look(optimizer: torch.optim.Optimizer, *_: Any) -> None:
        parameters = optimizer.param_groups[0]["params"]
        seen.append([p.grad.item() for p in parameters])

    stepper.optimizer.register_step_pre_hook(look)
    return seen


def two_at_most(numbers: Numbers) -> tuple[list[int], Callable[[list[float]], Tensor]]:
    """The slope in a memory that holds two items, and how many it was asked for each time."""
    sizes: list[int] = []

    def tight(items: list[float]) -> Tensor:
        sizes.append(len(items))
        if len(items) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return numbers.slope(items)

    return sizes, tight


def test_the_first_step_of_adam_is_as_long_as_the_learning_rate() -> None:
    numbers, stepper = make(learning_rate=0.1, clip_norm=0.0)
    assert stepper.step(numbers.slope, [1.0]) == 7.0
    assert numbers.values() == pytest.approx([0.9, 0.9])


def test_weight_decay_is_no_part_of_the_gradient() -> None:
    numbers, stepper = make(learning_rate=0.1, weight_decay=0.5)
    stepper.step(numbers.slope, [1.0])
    assert numbers.values() == pytest.approx([1 - 0.1 * 0.5 - 0.1] * 2)


def test_the_learning_rate_is_constant_unless_told_otherwise() -> None:
    numbers, stepper = make(total=3, learning_rate=0.1)
    assert rates(stepper, numbers, 3) == [0.1, 0.1, 0.1]


def test_the_learning_rate_rises_then_falls_to_nothing() -> None:
    numbers, stepper = make(total=10, learning_rate=1.0, schedule="linear", warmup=0.2)
    expected = [1 / 2, 1, 1, 7 / 8, 6 / 8, 5 / 8, 4 / 8, 3 / 8, 2 / 8, 1 / 8]
    assert rates(stepper, numbers, 10) == expected


def test_the_learning_rate_falls_from_the_first_step_without_warm_up() -> None:
    numbers, stepper = make(total=4, learning_rate=0.5, schedule="linear")
    assert rates(stepper, numbers, 4) == [0.5, 0.375, 0.25, 0.125]


def test_the_learning_rate_stays_when_it_has_risen() -> None:
    numbers, stepper = make(total=8, learning_rate=1.0, warmup=0.5)
    assert rates(stepper, numbers, 6) == [1 / 4, 2 / 4, 3 / 4, 1, 1, 1]


def test_warm_up_over_part_of_a_step_does_not_overshoot() -> None:
    """2.5 steps of warm-up used to make the third step's learning rate 1.2 times too big."""
    numbers, stepper = make(total=10, learning_rate=1.0, warmup=0.25)
    assert rates(stepper, numbers, 4) == pytest.approx([0.4, 0.8, 1.0, 1.0])


def test_parameters_keep_the_proportion_of_their_learning_rates() -> None:
    numbers = Numbers()
    groups: list[dict[str, Any]] = [{"params": [numbers.a], "lr": 0.2}, {"params": [numbers.b]}]
    config = Config(learning_rate=1.0, schedule="linear")
    stepper = Stepper(numbers, config, Settings(), groups, 2)
    found = []
    for _ in range(2):
        stepper.step(numbers.slope, [1.0])
        found.append([group["lr"] for group in stepper.optimizer.param_groups])
    assert found == [[0.2, 1.0], [0.1, 0.5]]


def test_only_the_given_parameters_change() -> None:
    numbers = Numbers()
    stepper = Stepper(numbers, Config(), Settings(), [numbers.b], 1)
    stepper.step(numbers.slope, [1.0])
    assert numbers.a.item() == 1.0
    assert numbers.b.item() < 1.0


def test_what_needs_no_gradient_does_not_change() -> None:
    numbers = Numbers()
    numbers.a.requires_grad_(False)
    stepper = Stepper(numbers, Config(weight_decay=0.5), Settings(), None, 1)
    stepper.step(numbers.slope, [1.0])
    assert numbers.a.item() == 1.0
    assert numbers.b.item() < 1.0


def test_a_long_gradient_is_shortened_to_the_largest_norm() -> None:
    numbers, stepper = make(clip_norm=5.0)
    seen = gradients(stepper)
    stepper.step(numbers.slope, [10.0])
    stepper.step(numbers.slope, [0.5])
    assert seen == [pytest.approx([3.0, 4.0]), pytest.approx([1.5, 2.0])]


def test_a_largest_norm_of_0_shortens_nothing() -> None:
    numbers, stepper = make(clip_norm=0.0)
    seen = gradients(stepper)
    stepper.step(numbers.slope, [10.0])
    assert seen == [[30.0, 40.0]]


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_ends_the_training(loss: float) -> None:
    numbers, stepper = make(learning_rate=0.5)
    stepper.step(numbers.slope, [1.0])
    before = numbers.values()
    with pytest.raises(EmocliError) as caught:
        stepper.step(numbers.slope, [loss])
    assert str(caught.value) == (
        f"the loss is {loss}: the training has diverged; lower the option learning_rate (now 0.5)."
    )
    assert numbers.values() == before


def test_a_batch_that_does_not_fit_is_learnt_in_pieces() -> None:
    numbers, stepper = make(clip_norm=0.0)
    sizes, tight = two_at_most(numbers)
    seen = gradients(stepper)
    batch = [1.0, 2.0, 3.0, 4.0, 5.0]
    assert stepper.step(tight, batch) == pytest.approx(7 * 3.0)
    assert sizes == [5, 3, 2, 2, 1]
    assert seen == [pytest.approx([9.0, 12.0])]
    assert stepper.pieces == 4
    stepper.step(tight, batch)
    assert sizes[5:] == [2, 2, 1]


def test_several_batches_teach_as_one() -> None:
    numbers, stepper = make(clip_norm=0.0)
    seen = gradients(stepper)
    assert stepper.step(numbers.slope, [1.0, 2.0], [6.0]) == pytest.approx(7 * 3.0)
    assert seen == [pytest.approx([9.0, 12.0])]
    assert stepper.steps == 1


def test_of_several_batches_none_is_learnt_twice_when_memory_runs_out() -> None:
    numbers, stepper = make(clip_norm=0.0)
    sizes, tight = two_at_most(numbers)
    seen = gradients(stepper)
    assert stepper.step(tight, [1.0, 2.0], [3.0, 4.0, 5.0]) == pytest.approx(7 * 3.0)
    assert sizes == [2, 3, 1, 1, 2, 1]
    assert seen == [pytest.approx([9.0, 12.0])]


def test_what_was_learnt_of_half_a_batch_is_forgotten_when_the_rest_does_not_fit() -> None:
    def tight(items: list[float]) -> Tensor:
        if len(items) == 2 and items[0] == 3.0:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return numbers.slope(items)

    numbers, stepper = make(clip_norm=0.0)
    seen = gradients(stepper)
    stepper.pieces = 2
    stepper.step(tight, [1.0, 2.0, 3.0, 4.0])
    assert seen == [pytest.approx([7.5, 10.0])]


def test_one_text_that_does_not_fit_ends_the_training() -> None:
    def tight(items: list[float]) -> Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    _, stepper = make()
    with pytest.raises(EmocliError) as caught:
        stepper.step(tight, [1.0, 2.0])
    assert str(caught.value) == (
        "out of memory even with one text a step; use another --device or --precision, "
        "or a smaller model."
    )


def test_another_fault_is_not_taken_for_a_lack_of_memory() -> None:
    def broken(items: list[float]) -> Tensor:
        raise RuntimeError("shapes do not match")

    _, stepper = make()
    with pytest.raises(RuntimeError, match=r"^shapes do not match$"):
        stepper.step(broken, [1.0, 2.0])


def test_steps_go_on_where_they_stopped() -> None:
    options = {"learning_rate": 0.1, "schedule": "linear", "warmup": 0.5}
    whole, stepper = make(total=6, **options)
    rates(stepper, whole, 6)
    first, before = make(total=6, **options)
    rates(before, first, 3)
    second, after = make(total=6, **options)
    second.load_state_dict(first.state_dict())
    after.load_state_dict(before.state_dict())
    assert after.steps == 3
    rates(after, second, 3)
    assert second.values() == whole.values()


def test_the_loss_is_computed_in_the_precision_asked_for() -> None:
    def product(items: list[float]) -> Tensor:
        result = torch.ones(2, 2) @ (torch.eye(2) * numbers.a)
        dtypes.append(result.dtype)
        return result.float().sum()

    numbers = Numbers()
    dtypes: list[torch.dtype] = []
    for precision in (torch.bfloat16, torch.float32):
        settings = Settings(precision=precision)
        Stepper(numbers, Config(), settings, [numbers.a], 1).step(product, [1.0])
    assert dtypes == [torch.bfloat16, torch.float32]


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        (lambda items: None, "None"),
        (lambda items: torch.ones(2, requires_grad=True), r"a tensor of shape \(2,\)"),
        (lambda items: torch.tensor(1.0), r"a tensor of shape \(\)"),
    ],
)
def test_a_loss_that_is_no_mean_is_told(loss: Any, told: str) -> None:
    _, stepper = make()
    with pytest.raises(EmocliError, match=f"^the method's loss .* is {told}, expected a mean"):
        stepper.step(loss, [1.0])
