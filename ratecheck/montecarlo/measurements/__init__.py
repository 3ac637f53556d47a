"""Measurements of studies: one random experiment each, a pure function of abscissa and streams."""
