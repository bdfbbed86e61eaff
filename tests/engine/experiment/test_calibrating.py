"""When a calibration has seen enough."""

import pytest

from tools.engine.experiment.calibrating import FEWEST_ROUNDS, SAMPLES_WANTED, TIME_LIMIT, goes_on


@pytest.mark.parametrize(
    ("rounds", "fewest", "seconds", "on"),
    [
        (0, 1, 0.0, True),
        (FEWEST_ROUNDS - 1, SAMPLES_WANTED, TIME_LIMIT * 9, True),  # twice more at least, however many there are and however long it takes
        (FEWEST_ROUNDS, SAMPLES_WANTED - 1, TIME_LIMIT, True),
        (FEWEST_ROUNDS, SAMPLES_WANTED, 0.0, False),
        (FEWEST_ROUNDS, SAMPLES_WANTED - 1, TIME_LIMIT + 1, False),
    ],
)
def test_a_calibration_ends_with_enough_samples_or_when_its_time_is_over_but_not_before_two_rounds(
    rounds: int, fewest: int, seconds: float, on: bool
) -> None:
    assert goes_on(rounds, fewest, seconds) is on
