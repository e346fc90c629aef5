//! The market: what happens to pods and money, rule by rule.
//!
//! - [`rent`]: a request is checked, joins, is tried in its round, waits or is refused (POD-04 to
//!   POD-06, POD-11, POD-12, GEN-11 classes 7 and 8).
//! - [`place`]: where a request goes, and how it gets there: free GPUs, a promise, displacement
//!   (POD-05, SPOT-04 to SPOT-08).
//! - [`moving`]: a stopped pod goes to another host, and its volume is copied (POD-16).
//! - [`start`]: from placement to container up; reset and restart (POD-07, POD-08, POD-15).
//! - [`stop`]: stops, terminations, resets and completions, and when they take effect (POD-10, POD-15,
//!   POD-17 to POD-21, HOST-04); [`leave`]: what a pod gives up, and the end of its rental (POD-22).
//! - [`bid`]: the bid of a live spot pod is changed (SPOT-16).
//! - [`displace`]: SIGTERM, grace, SIGKILL, promises taken over (SPOT-07 to SPOT-09).
//! - [`checkpoint`]: checkpoints, at SIGTERM too, and what they cost (POD-20, STOR-07).
//! - [`charge`]: meters and postings (BILL-01 to BILL-05, STOR).
//! - [`plans`]: savings plans: bought, given places, earned, expired (PLAN).
//! - [`funds`]: lines, draining, hold, deposits and payments (BILL-06 to BILL-14, ACCT).
//! - [`network`]: network volumes come, grow and go (NVOL-01 to NVOL-04, NVOL-08).
//! - [`spot`]: spot prices that all pay, how they move, and what follows (SPOT-12 to SPOT-15, SPOT-17).
//! - [`price`]: list prices and what is published (GPU-03 to GPU-05, HOST-13); [`list_price`]: those
//!   that a policy moves.
//! - [`image`]: what hosts pull and keep of images (TMPL-04, TMPL-05); [`template`]: what requests start from
//!   (TMPL-01 to TMPL-03); [`team`]: conversion and members (TEAM-01, TEAM-02).
//! - [`worker`]: GPUs of serverless workers, and what they cost (SLS-22, SLS-36 to SLS-47).
//! - [`answer`]: what the platform's read operations answer (API-03, API-04, GPU-06).

pub mod answer;
pub mod bid;
pub mod charge;
pub mod checkpoint;
pub mod displace;
pub mod funds;
pub mod image;
pub mod leave;
pub mod list_price;
pub mod moving;
pub mod network;
pub mod place;
pub mod plans;
pub mod price;
pub mod rent;
pub mod spot;
pub mod start;
pub mod stop;
pub mod team;
pub mod template;
pub mod worker;
