"""Cells on a Dask cluster; the only package that imports dask, distributed or dask_jobqueue.

The client (this process) keeps the journal, as in a local run. Studies travel by value, because a
worker cannot import a study file; each answer names the versions it was computed with, because
another numpy may give other last digits.
"""
