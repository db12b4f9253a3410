"""Regulars: an engine by which an online shop knows, groups, serves and keeps its visitors."""

__version__ = "0.1.0"
