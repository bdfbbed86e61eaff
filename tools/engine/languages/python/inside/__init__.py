"""Scripts that run under the project's interpreter (Python 3.9 or later), beside its pytest: standard library, pytest and coverage only.

They lie outside every tree that is measured. Nothing of ours imports them; they are started by their path.
"""
