"""The C library. To be imported where it is called: that takes milliseconds, and Python may have been built without ctypes."""

import ctypes

LIBRARY = ctypes.CDLL(None, use_errno=True)
