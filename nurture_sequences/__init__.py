"""What time does: sequences, their clocks, and the mail that leaves because an hour has come."""

#: verbs of the `funnel` command, loaded when they are asked for; `wsgi.py` adds them
COMMANDS = {
    "due": "nurture_sequences.commands:due",
    "sequences": "nurture_sequences.commands:sequences",
    "simulate": "nurture_sequences.commands:simulate",
}
