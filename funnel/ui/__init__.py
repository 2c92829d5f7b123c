"""Door for marketers: signing in, and the app itself, whose source is TypeScript (`src/`)."""

from flask.blueprints import BlueprintSetupState

from funnel import extensions
from funnel.extensions import Tab
from funnel.ui import pages, shell, signin
from funnel.ui.blueprint import Pages

door = Pages("ui", __name__)
signin.add_to(door)
pages.add_to(door)
shell.add_to(door)


@door.record
def _tabs(state: BlueprintSetupState) -> None:
    own = [Tab("Home", "ui.home"), Tab("Leads", "ui.list_leads"), Tab("Mailbox", "ui.list_mail")]
    extensions.of(state.app).tabs[:0] = own
