"""Settings from the environment, and the data an operator edits, in TOML beside this file."""
