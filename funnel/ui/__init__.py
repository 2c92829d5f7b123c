"""Door for marketers: signing in, and the app itself, whose source is TypeScript (`src/`)."""

from funnel.ui import joining, mail_frame, provider_step, second_step, shell, signin
from funnel.ui.blueprint import Pages

door = Pages("ui", __name__)
signin.add_to(door)
second_step.add_to(door)
provider_step.add_to(door)
joining.add_to(door)
mail_frame.add_to(door)
shell.add_to(door)
