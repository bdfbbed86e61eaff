"""How much each applicable dimension weighs: fixed by the contract, the same for base and candidate (algorithms.md 5)."""

import math
from collections.abc import Mapping
from typing import Final

from state.errors import Refusal
from state.measurement import TIER_WEIGHTS, PlannedDimension, Profile, Tier

SHARES: Final[dict[Tier, float]] = {"hygiene": 0.50, "growth": 0.50}
SHARES_WITH_PROJECT: Final[dict[Tier, float]] = {"hygiene": 0.30, "growth": 0.20, "project": 0.50}


def dimension_weights(profile: Profile, shares: Mapping[Tier, float] | None, project: Mapping[str, float]) -> dict[str, float]:
    """The weight of every applicable dimension; they sum to 1.

    w_d = s_t * o_d / sum(o over the applicable dimensions of tier t), the tiers' shares s_t renormalised over the tiers that have one.
    `shares` are the user's `## Eval Weights`, if any; `project` maps a project dimension to its own weight (1 where it has none).
    Raises Refusal BAD_CONFIG where the shares give nothing to any tier that has an applicable dimension.
    """
    applicable = profile.applicable()
    present = {dimension.tier for dimension in applicable}
    if not present:
        return {}
    default = SHARES_WITH_PROJECT if "project" in present else SHARES
    chosen = {tier: share for tier, share in (shares or default).items() if tier in present}
    total = math.fsum(chosen.values())
    if total <= 0:
        raise Refusal(
            "BAD_CONFIG",
            f"The weights give nothing to any tier that is measured here ({', '.join(sorted(present))}).",
            where=("factory.md: ## Eval Weights",),
            expected="a weight above 0 for at least one of these tiers",
        )
    own = {dimension.name: _own_weight(dimension, project) for dimension in applicable}
    sums = {tier: math.fsum(own[each.name] for each in applicable if each.tier == tier) for tier in present}
    return {each.name: chosen.get(each.tier, 0.0) / total * own[each.name] / sums[each.tier] for each in applicable}


def _own_weight(dimension: PlannedDimension, project: Mapping[str, float]) -> float:
    return project.get(dimension.name, 1.0) if dimension.tier == "project" else TIER_WEIGHTS[dimension.tier][dimension.name]
