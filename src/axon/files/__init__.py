"""Disk and git into values: which files there are, what they hold, and where a repository begins."""
