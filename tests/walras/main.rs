//! The integration tests: one binary, a module per chapter.

#[cfg(test)]
mod metrics;
#[cfg(test)]
mod story;
#[cfg(test)]
mod trace;
