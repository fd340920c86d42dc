"""The names of other libraries over ours, for moving in by changing an import."""
