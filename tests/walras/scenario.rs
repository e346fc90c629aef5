//! The reader of scenarios: what RON text means, and what is said when it means nothing.

mod reading;
