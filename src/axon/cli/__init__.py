"""The command line: questions and the main job, for a person and for scripts."""
