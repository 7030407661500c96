"""The leaf of the house: what crosses rooms. Imports nothing of ours."""
