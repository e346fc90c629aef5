//! The integration tests, in one binary so that they link once.

#[cfg(test)]
mod agenda;
mod build;
mod invariants;
mod theory;
