//! The integration tests: one binary, a module per chapter.

#[cfg(test)]
mod story;
#[cfg(test)]
mod trace;
