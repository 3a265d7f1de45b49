"""Exports: the runs of an interval as files, written part by part by a task."""
