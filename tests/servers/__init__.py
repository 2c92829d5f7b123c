"""Real servers for tests and proofs: on free ports of this machine, killed and restarted at will, gone at the end.

Each is a context manager with `start()`, `kill()` (SIGKILL of all its processes) and `stop()`. What they write lies in
the folder they are given, so a `start()` after a `kill()` finds the same data behind the same address.
"""
