"""What people did while the database was away: kept on this machine's disk, and done when it is back.

A visitor never sees an outage and no lead is lost. What is kept here is done once: each verb can tell a repeat.
"""

from funnel.spool.spool import KEPT, Kind, Spool, here
from funnel.spool.store import Entry, Store, StoreError

__all__ = ["KEPT", "Entry", "Kind", "Spool", "Store", "StoreError", "here"]
