//! The integration tests, in one binary so that they link once.

#[cfg(test)]
mod agenda;
