"""Budgets of research: a block of runs that could exceed a limit is not started, by what a run cost at most so far."""

from hypothesis import given
from hypothesis import strategies as st

from state.configuration import CostBudget
from state.runs import Largest, Spent
from tools.engine.research.budget import NOT_MEASURED, Budget, stops


def budget(cycle: Spent, total: Spent | None = None, most: Largest | None = None, price: float | None = None, **limits: float) -> Budget:
    found = CostBudget.model_validate(limits) if limits else None
    return Budget(found, cycle, total or cycle, most or Largest(), price)


def test_without_limits_nothing_stops_and_what_was_spent_is_shown() -> None:
    found = budget(Spent(runs=12, seconds=90.0, dollars=1.5), most=Largest(dollars=0.2, seconds=9.0))
    assert stops(found, 1000) == ""
    assert found.shown() == {"limits": [], "dollars": "", "spent": "12 runs, 1.5 min, $1.50", "spent_in_all": ""}


def test_runs_stop_before_the_limit_is_exceeded() -> None:
    found = budget(Spent(runs=18), max_runs_per_cycle=20)
    assert stops(found, 2) == ""
    assert stops(found, 3) == "18 runs of 20 runs a cycle are spent, and 3 more runs are wanted"


def test_dollars_and_time_stop_by_the_largest_cost_of_a_run_so_far() -> None:
    spent = Spent(runs=10, seconds=100.0, dollars=4.0)
    most = Largest(dollars=0.6, seconds=30.0)
    in_dollars = budget(spent, most=most, max_per_cycle=5)
    assert stops(in_dollars, 1) == ""
    assert stops(in_dollars, 2) == "$4.00 of $5.00 a cycle is spent, and 2 more runs may cost $1.20"
    in_time = budget(spent, Spent(runs=50, seconds=3500.0), most, max_time_per_cycle=1000, max_time_total=3600)
    assert stops(in_time, 3) == ""
    assert stops(in_time, 4) == "58.3 min of 1.0 h in total is spent, and 4 more runs may cost 2.0 min"


def test_a_run_that_does_not_say_what_it_cost_counts_as_its_price_else_as_the_most_expensive() -> None:
    spent = Spent(runs=10, dollars=2.0, unpriced=5)
    assert budget(spent, price=0.1, most=Largest(dollars=0.5), max_per_cycle=5).dollars(spent) == 2.5
    assert budget(spent, most=Largest(dollars=0.5), max_per_cycle=5).dollars(spent) == 4.5
    assert stops(budget(spent, most=Largest(dollars=0.5), max_per_cycle=5), 2).startswith("$4.50 of $5.00")


def test_where_nobody_knows_what_runs_cost_it_is_said_and_stops_nothing() -> None:
    found = budget(Spent(runs=10, unpriced=10), max_per_cycle=5)
    assert stops(found, 100) == ""
    assert found.shown()["dollars"] == NOT_MEASURED
    assert budget(Spent(), max_per_cycle=5).shown()["dollars"] == "", "nothing was run yet"


def test_the_first_run_starts_though_its_cost_is_not_known_yet() -> None:
    assert stops(budget(Spent(), max_per_cycle=1, max_time_total=1), 20) == ""
    assert stops(budget(Spent(), price=0.4, max_per_cycle=1), 3) != ""


COSTS = st.lists(st.floats(min_value=0.01, max_value=2), min_size=1, max_size=40)


@given(COSTS, st.integers(1, 4), st.floats(min_value=1, max_value=20))
def test_a_budget_that_is_asked_before_each_block_is_exceeded_only_by_a_run_dearer_than_all_before(
    costs: list[float], block: int, limit: float
) -> None:
    done: list[float] = []
    while len(done) < len(costs):
        most = Largest(dollars=max(done)) if done else Largest()
        if stops(budget(Spent(runs=len(done), dollars=sum(done)), most=most, max_total=limit), block):
            break
        done += costs[len(done) : len(done) + block]
        dearest = max(done[: -block or None], default=None)
        if dearest is not None and max(done) <= dearest:
            assert sum(done) <= limit + 1e-9
