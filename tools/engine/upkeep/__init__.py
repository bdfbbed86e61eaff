"""Upkeep: the project's store opened only where it is the one that was here, looked at by the doctor, mended, and restored."""
