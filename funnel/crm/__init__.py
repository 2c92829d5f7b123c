"""Verbs and reads: functions of (session, ..., now). They never commit and never see Flask."""
