"""`./run bench`: each hot path beside its own limit, measured in the same run on the same machine."""
