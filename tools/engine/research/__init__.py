"""Deciding under noise: whether a change raised a metric, and what a campaign of such decisions may get wrong."""
