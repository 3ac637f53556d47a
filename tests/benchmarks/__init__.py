"""Speed as ratios to named peers in the same run; never part of the tests."""
