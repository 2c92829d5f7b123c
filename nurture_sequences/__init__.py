"""What time does: sequences, their clocks, and the mail that leaves because an hour has come."""
