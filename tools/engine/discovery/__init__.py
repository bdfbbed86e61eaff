"""Seeing how a project can be measured, and drafting its factory.md. Nothing of the project runs."""
