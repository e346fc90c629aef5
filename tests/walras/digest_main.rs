//! The digests of runs, as a program of their own: small, so that a landing checks them in the release profile,
//! too, without building all the other tests there.
#![allow(dead_code, reason = "the other tests need more of what is shared")]
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::wildcard_enum_match_arm,
    reason = "a test that panics has failed, statistics need no portability, and a test \
              looks at the facts that it is about"
)]

mod build;
mod customers;
mod digest;
mod storm;
