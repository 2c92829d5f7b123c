"""`funnel up`: the database, the web server and the workers in one terminal, started, watched, stopped.

It imports neither SQLAlchemy nor Flask: it stays small beside what it watches, and what needs the
database's rows is done by a short-lived `funnel prepare`.
"""
