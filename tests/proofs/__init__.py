"""The long proofs: `python -m tests.proofs NAME`. See docs/operate/proofs.md for what each shows."""
