//! What a scenario may say about customers.
