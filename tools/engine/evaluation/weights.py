"""How much each applicable dimension weighs: fixed by the contract, the same for base and candidate (algorithms.md 5)."""

import math
from collections.abc import Mapping
from typing import Final

from state.configuration import Configuration
from state.errors import Refusal
from state.measurement import TIER_WEIGHTS, TIERS, PlannedDimension, Profile, Tier

SHARES: Final[dict[Tier, float]] = {"hygiene": 0.50, "growth": 0.50}
SHARES_WITH_PROJECT: Final[dict[Tier, float]] = {"hygiene": 0.30, "growth": 0.20, "project": 0.50}


def contract_weights(configuration: Configuration, profile: Profile) -> dict[str, float]:
    """The weights that a contract gives to what its profile measures. Raises what dimension_weights raises."""
    given = configuration.eval_weights
    shares: dict[Tier, float] | None = {"hygiene": given.hygiene, "growth": given.growth, "project": given.project} if given else None
    return dimension_weights(profile, shares, {name: weight for tier in TIERS for name, weight in configuration.weights_of(tier).items()})


def dimension_weights(profile: Profile, shares: Mapping[Tier, float] | None, own: Mapping[str, float]) -> dict[str, float]:
    """The weight of every applicable dimension; they sum to 1.

    w_d = s_t * o_d / sum(o over the applicable dimensions of tier t), the tiers' shares s_t renormalised over the tiers in which something counts.
    `shares` are the user's `## Eval Weights`, if any; `own` the weights o_d that the user gives to single dimensions. A weight of 0 takes a
    dimension out of the composite, and nothing else.
    Raises Refusal BAD_CONFIG where the weights give nothing to any applicable dimension.
    """
    applicable = profile.applicable()
    if not applicable:
        return {}
    weighed = {dimension.name: own.get(dimension.name, _usual(dimension)) for dimension in applicable}
    sums = {tier: math.fsum(weighed[each.name] for each in applicable if each.tier == tier) for tier in {each.tier for each in applicable}}
    default = SHARES_WITH_PROJECT if "project" in sums else SHARES
    chosen = {tier: share for tier, share in (shares or default).items() if sums.get(tier, 0.0) > 0}
    total = math.fsum(chosen.values())
    if total <= 0:
        raise Refusal(
            "BAD_CONFIG",
            f"The weights give nothing to any dimension that is measured here ({', '.join(sorted(weighed))}).",
            where=("factory.md: ## Eval Weights, ## Hygiene Weights, ## Growth Weights",),
            expected="a weight above 0 for at least one of these, and a share above 0 for its tier",
        )
    return {each.name: chosen[each.tier] / total * weighed[each.name] / sums[each.tier] if each.tier in chosen else 0.0 for each in applicable}


def _usual(dimension: PlannedDimension) -> float:
    return 1.0 if dimension.tier == "project" else TIER_WEIGHTS[dimension.tier][dimension.name]
