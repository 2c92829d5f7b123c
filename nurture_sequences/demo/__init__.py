"""The demo business of `funnel up --demo`: an invented solar installer, its landing page, its leads, its sequence.

`seed` fills an empty installation, `site` serves the landing page on an origin of its own. Nobody in here exists.
"""
