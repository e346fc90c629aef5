//! Serverless endpoints, held against the worked examples of the market rules' appendix (cases S01 to S46), and
//! against what the rules say beyond them.

mod answers;
mod corners;
mod credit;
mod crowd;
mod endpoints;
mod jobs;
mod keep_alive;
mod line;
mod money;
mod play;
mod policies;
mod requests;
mod scaling;
mod scarcity;
mod starts;
mod storm;
mod told;
mod updates;
mod warm_up;
mod workers;
