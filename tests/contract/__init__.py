"""The service and its description, held against each other."""
