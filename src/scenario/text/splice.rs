//! Overrides of single values: `--set path=value` spliced into the text.
