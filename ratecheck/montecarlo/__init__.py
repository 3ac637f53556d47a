"""Cells of a study, the journal that survives a kill, and the processes that compute them."""
