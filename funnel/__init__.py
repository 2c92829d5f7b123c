"""What people do: capture leads, know them, measure what became of them.

Doors (`landing`, `intake`, `api`, `ui`) let people in; `schemas` says what may be said; `crm` is
what is done; `models` is what is remembered. What happens by itself lives in `nurture_sequences`,
which imports this package; this package never imports it.
"""
