"""Peers that do not import beside this project, in an environment of their own."""
