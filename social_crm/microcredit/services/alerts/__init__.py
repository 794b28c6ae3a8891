"""Alerts before and after a due date: found set by set, written down once, sent once, and visible when they are not."""
