"""Door for visitors and recipients: forms, confirmation, unsubscribe. No login, no cookie."""

from funnel.landing import confirm, embed, forms, unsubscribe
from funnel.landing.door import door

__all__ = ["confirm", "door", "embed", "forms", "unsubscribe"]
