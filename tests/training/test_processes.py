from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from emocli.errors import UsageError
from emocli.training.processes import Processes

SECOND = Processes(n=3, index=1)


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Say what the other processes add to what this one brings."""

    def bring(*values: float) -> None:
        def total(self: Processes, tensor: Tensor) -> Tensor:
            return tensor + torch.tensor(values).view_as(tensor)

        monkeypatch.setattr(Processes, "total", total)

    return bring


def test_a_training_is_alone_unless_a_launcher_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    assert Processes.launched() == Processes(1, 0)
    monkeypatch.setenv("WORLD_SIZE", "3")
    monkeypatch.setenv("RANK", "1")
    assert Processes.launched() == SECOND
    assert not SECOND.is_main
    assert Processes(3, 0).is_main


def test_the_processes_shares_make_up_the_batch() -> None:
    shares = [Processes(3, index).share([10, 11, 12, 13]) for index in range(3)]
    assert shares == [[10, 13], [11], [12]]
    assert SECOND.share([10]) == []
    assert Processes().share([10, 11]) == [10, 11]


def test_gradients_and_losses_of_all_processes_are_added_up(others: Any) -> None:
    used, unused, others_only = (nn.Parameter(torch.zeros(2)) for _ in range(3))
    used.grad = torch.tensor([1.0, 2.0])
    # Loss; how many have a gradient of each parameter; the gradients.
    others(0.5, 1, 0, 1, 10.0, 20.0, 0.0, 0.0, 7.0, 8.0)
    assert SECOND.add_gradients([used, unused, others_only], 0.25) == 0.75
    assert used.grad.tolist() == [11.0, 22.0]
    assert unused.grad is None
    assert others_only.grad is not None
    assert others_only.grad.tolist() == [7.0, 8.0]


def test_one_process_keeps_its_gradients_as_they_are() -> None:
    parameter = nn.Parameter(torch.zeros(2))
    gradient = parameter.grad = torch.tensor([1.0, 2.0])
    assert Processes().add_gradients([parameter], 0.25) == 0.25
    assert parameter.grad is gradient


def test_rows_worked_out_by_several_processes_come_together(others: Any) -> None:
    part = np.array([[0.1, 0.2]], dtype=np.float32)
    others(0.3, 0.4, 0.0, 0.0, 0.5, 0.6)
    whole = SECOND.gather(part, [1], 3, torch.device("cpu"))
    np.testing.assert_allclose(whole, [[0.3, 0.4], [0.1, 0.2], [0.5, 0.6]])


def test_one_device_is_refused_where_there_are_several_processes() -> None:
    with pytest.raises(UsageError) as caught:
        SECOND.join("cuda:1")
    assert str(caught.value) == (
        "--device cuda:1 is one device, and there are 3 processes, each with its own; "
        "leave --device out."
    )


def test_one_process_takes_any_device() -> None:
    assert Processes().join("cpu") == torch.device("cpu")


@pytest.mark.parametrize("told", ["many", "-1"])
def test_a_number_of_processes_that_is_none_is_refused(
    told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", told)
    with pytest.raises(UsageError, match=f"^WORLD_SIZE is '{told}' and RANK '0', by which"):
        Processes.launched()


def test_an_empty_number_of_processes_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "")
    assert Processes.launched() == Processes()
