//! `hybrid` (Shahrad et al., ATC'20, section 4.2): each branch on idle times told by hand, then whole markets (SLS-23).

use super::play::Play;
use walras::ids::Id;
use walras::policy::keep_alive::keep_alive;
use walras::policy::{KeepAlive, Registry};
use walras::scenario::model::serverless::{Hybrid, KeepAliveChoice};
use walras::units::{Money, SimTime, Span};

const fn s(seconds: u64) -> Span {
    Span::from_seconds(seconds)
}

/// The paper's figures.
const PAPER: Hybrid = Hybrid { range: s(14_400), cell: s(60), tail: 0.99, head: 0.05, margin: 0.1 };

/// How long each job of a history takes, in seconds.
const TAKES: u64 = 8;

/// A policy that saw a job, and then one after each of these idle times, in seconds; and when the last ended.
fn history(terms: Hybrid, idle: impl IntoIterator<Item = u64>) -> (Box<dyn KeepAlive>, SimTime) {
    let choice = KeepAliveChoice::Hybrid(terms);
    let mut policy = keep_alive(&choice, &Registry::new()).expect("built in");
    let mut now = SimTime::ZERO;
    for gap in [0].into_iter().chain(idle) {
        now = now + s(gap);
        policy.note_arrival(now);
        now = now + s(TAKES);
        policy.note_idle(now);
    }
    (policy, now)
}

/// What it says after that: how long a worker is kept whose last job has just ended, and one that is ready `later`, in
/// seconds; and how long after that end one is woken ahead.
fn answers(
    (mut policy, end): (Box<dyn KeepAlive>, SimTime),
    later: u64,
) -> (Span, Span, Option<Span>) {
    let kept = policy.timeout(end, s(5));
    let ahead = policy.wake_ahead(end).map(|at| at - end);
    // A worker that was woken and has met no job leaves the end of the last one as it was.
    policy.note_idle(end + s(later));
    (kept, policy.timeout(end + s(later), s(5)), ahead)
}

/// Of twenty idle times one lies in cell 10, eighteen in cell 20, one in cell 30.
fn twenty() -> impl Iterator<Item = u64> {
    [630].into_iter().chain([1_230; 18]).chain([1_830])
}

#[test]
fn hybrid_goes_at_once_is_woken_at_the_head_and_kept_to_the_tail() {
    // Head: 10 min × 0.9. Tail: 31 min × 1.1 = 2046 s.
    let all = |later| answers(history(PAPER, twenty()), later);
    assert_eq!(all(543), (Span::ZERO, s(2_046 - 543), Some(s(540))));
    // Ready before the head, as a scaler may want: it goes, and is woken when it is time.
    assert_eq!(all(539).1, Span::ZERO);
    assert_eq!(all(540).1, s(2_046 - 540));
    // Ready after the tail: too late for the job it was woken for.
    assert_eq!(all(2_046).1, Span::ZERO);
    assert_eq!(all(9_000).1, Span::ZERO);
    // Nobody is woken once the head is past.
    let (mut policy, end) = history(PAPER, twenty());
    assert_eq!(policy.wake_ahead(end + s(539)), Some(end + s(540)));
    assert_eq!(policy.wake_ahead(end + s(540)), None);
}

#[test]
fn hybrid_has_the_head_and_the_tail_that_it_is_told() {
    let all = |terms| answers(history(terms, twenty()), 1_200);
    // No margin: cell 10 begins at 600 s, cell 30 ends at 1860 s.
    let bare = Hybrid { margin: 0.0, ..PAPER };
    assert_eq!(all(bare), (Span::ZERO, s(660), Some(s(600))));
    // The middle of them, in both directions: cell 20.
    let middle = Hybrid { head: 0.1, tail: 0.9, ..bare };
    assert_eq!(all(middle), (Span::ZERO, s(60), Some(s(1_200))));
    // The tail ends with the range: 240 min × 1.1 would be 264 min. Cell 239 × 0.9 is 215.1 min.
    let (mut policy, end) = history(PAPER, [14_370; 3]);
    assert_eq!(policy.wake_ahead(end), Some(end + s(12_906)));
    assert_eq!(policy.timeout(end + s(13_000), s(5)), s(1_400));
}

#[test]
fn hybrid_without_a_head_keeps_and_wakes_nobody_ahead() {
    // A head of nothing, though nothing ever came within ten minutes.
    let none = Hybrid { head: 0.0, ..PAPER };
    assert_eq!(answers(history(none, twenty()), 100), (s(2_046), s(1_946), None));
    // Two of twenty within the first minute: the head is its lower edge.
    let soon = [30, 30].into_iter().chain([1_230; 18]);
    assert_eq!(answers(history(PAPER, soon), 100), (s(1_386), s(1_286), None));
    // A third of the idle times is none at all: these jobs came while another was there.
    let (mut policy, mut end) = history(PAPER, [1_230; 10]);
    for _ in 0..10 {
        policy.note_arrival(end + s(1_230));
        policy.note_arrival(end + s(1_231));
        end = end + s(1_239);
        policy.note_idle(end);
    }
    assert_eq!(answers((policy, end), 100), (s(1_386), s(1_286), None));
}

#[test]
fn hybrid_counts_from_the_end_of_an_execution() {
    // Twenty minutes from job to job, of which each takes ten: half is idle, cell 10.
    let choice = KeepAliveChoice::Hybrid(PAPER);
    let mut policy = keep_alive(&choice, &Registry::new()).expect("built in");
    for job in 0..10 {
        policy.note_arrival(SimTime::from_seconds(job * 1_200));
        // A worker that idles while others execute: as if all work ended now.
        let kept = if job == 0 { s(14_400) } else { Span::ZERO };
        assert_eq!(policy.timeout(SimTime::from_seconds(job * 1_200 + 1), s(5)), kept);
        assert_eq!(policy.wake_ahead(SimTime::from_seconds(job * 1_200 + 1)), None);
        policy.note_idle(SimTime::from_seconds(job * 1_200 + 600));
    }
    let end = SimTime::from_seconds(9 * 1_200 + 600);
    assert_eq!(answers((policy, end), 600), (Span::ZERO, s(726 - 600), Some(s(540))));
}

#[test]
fn hybrid_keeps_for_the_range_where_the_histogram_says_nothing() {
    let range = |later| (PAPER.range, PAPER.range - s(later), None);
    // Nothing came yet; one job, and no time between two.
    let mut fresh =
        keep_alive(&KeepAliveChoice::Hybrid(PAPER), &Registry::new()).expect("built in");
    assert_eq!(fresh.timeout(SimTime::from_seconds(70), s(5)), PAPER.range);
    assert_eq!(fresh.wake_ahead(SimTime::from_seconds(70)), None);
    assert_eq!(answers(history(PAPER, []), 100), range(100));
    // Of 240 cells k have a time each: the coefficient of variation is √(240 / k − 1), above 2 below k = 48.
    let spread = |cells: u64| history(PAPER, (10..10 + cells).map(|cell| cell * 60 + 30));
    assert_eq!(answers(spread(49), 100), range(100));
    // Cell 12 is that of the third of 47, cell 56 the last: 12 min × 0.9, 57 min × 1.1.
    assert_eq!(answers(spread(47), 700), (Span::ZERO, s(3_762 - 700), Some(s(648))));
}

#[test]
fn hybrid_keeps_for_the_range_where_most_times_exceed_it() {
    // Just half of them do: those within the range say what they say, 20 min × 0.9 and 21 min × 1.1.
    let half = [1_230, 14_400, 1_230, 90_000];
    assert_eq!(answers(history(PAPER, half), 1_100), (Span::ZERO, s(286), Some(s(1_080))));
    // One more.
    let more = half.into_iter().chain([14_400]);
    assert_eq!(answers(history(PAPER, more), 1_100), (s(14_400), s(13_300), None));
}

/// A market with a job of 5 s every half an hour.
fn half_hours(settings: &str, jobs: u32) -> Play {
    let jobs: Vec<String> = (0..jobs).map(|job| format!("{} 5s", job * 1_800)).collect();
    Play::new(settings).jobs(&jobs.join("; ")).horizon("12h")
}

/// The first worker starts at 0, is ready at 3 and has done j1 at 8. The histogram knows nothing, so it is there until
/// j2 ends at 1805. The idle time, 1792 s, lies in cell 29: head 29 × 60 × 0.9 = 1566 s, tail 30 × 60 × 1.1 = 1980 s.
/// It goes at once; one is woken at 1805 + 1566 = 3371, takes j3 at 3600, goes at 3605. Further idle times, 1795 s,
/// lie in the same cell. After j5, at 7205, nothing comes: who is woken at 8771 stays until 7205 + 1980 = 9185, and
/// nobody is woken again.
#[test]
fn sls_23_hybrid_serves_what_it_foresees_warm() {
    half_hours("keep_alive: hybrid", 5)
        .told()
        .jobs("j1 3–8 s1 cold; j2 1800–1805 s1; j3 3600–3605 s1; j4 5400–5405 s1; j5 7200–7205 s1")
        .runs(
            "s1 0/3/1805 1805 s 0.2888; s1 3371/3374/3605 234 s 0.03744;
            s1 5171/5174/5405 234 s 0.03744; s1 6971/6974/7205 234 s 0.03744;
            s1 8771/8774/9185 414 s 0.06624",
        );
}

/// The same without a head: the worker is there until 7205 + 1980 = 9185.
#[test]
fn sls_23_hybrid_with_no_head_wakes_nobody_ahead() {
    half_hours("keep_alive: hybrid(head: 0)", 5)
        .told()
        .jobs("j1 3–8 s1 cold; j2 1800–1805 s1; j3 3600–3605 s1; j4 5400–5405 s1; j5 7200–7205 s1")
        .runs("s1 0/3/9185 9185 s 1.4696");
}

/// SLS-10. Who was woken ahead at 3371 stays until 1805 + 1980 = 3785, though its time is counted anew meanwhile.
#[test]
fn sls_10_hybrid_counts_anew_from_the_same_beginning() {
    half_hours("keep_alive: hybrid", 2)
        .update("3400", r#"idle_timeout: "6s""#)
        .told()
        .runs("s1 0/3/1805 1805 s 0.2888; s1 3371/3374/3785 414 s 0.06624");
}

/// SLS-10. A waking is planned for 3371; by then the endpoint keeps its workers otherwise, and nobody is woken ahead.
#[test]
fn sls_10_another_keep_alive_takes_back_what_the_one_before_planned() {
    half_hours("keep_alive: hybrid", 2)
        .update("2000", "keep_alive: idle_timeout")
        .told()
        .runs("s1 0/3/1805 1805 s 0.2888");
}

/// A waking is planned for 3371 as the worker stops at 1805. j3 comes 25 s later, an idle time of the first cell: the
/// head is nothing, and the worker that it wakes would stay until 1838 + 1980. It is sent away at 2000, and at that
/// stop no waking is planned: the older plan holds no longer.
#[test]
fn sls_23_a_stop_takes_back_what_an_earlier_one_planned() {
    Play::new("keep_alive: hybrid")
        .jobs("0 5s; 1800 5s; 1830 5s")
        .update("2000", "workers_max: 0")
        .update("2100", "workers_max: 3")
        .told()
        .runs("s1 0/3/1805 1805 s 0.2888; s1 1830/1833/2000 170 s 0.0272 outdated");
}

/// j3 comes at 2000, an idle time of 195 s (cell 3), and ends in the queue at 2010, when nobody may be awake, nor any slot is there. So j4, at
/// 2400, comes after one of 390 s, not of nothing: the head is 3 × 60 × 0.9 = 162 s, the tail 30 × 60 × 1.1 = 1980 s.
#[test]
fn sls_23_hybrid_counts_from_the_end_of_a_job_that_no_worker_had() {
    Play::new("keep_alive: hybrid")
        .jobs("0 5s; 1800 5s; 2000 5s ttl: \"10s\"; 2400 5s")
        .update("1900", "workers_max: 0")
        .update("2100", "workers_max: 3")
        .told()
        .runs(
            "s1 0/3/1805 1805 s 0.2888; s6 2400/2403/2408 8 s 0.00128;
            s6 2570/2573/4388 1818 s 0.29088",
        );
}

/// Jobs come after 20 to 40 min. A worker is there from about 20 × 0.9 = 18 min until 44 min after the last: for some
/// 12 min of 30. One that is kept for the longest gap is always there.
#[test]
fn sls_23_hybrid_is_warm_for_less_than_the_longest_gap_costs() {
    let source = |endpoint: &str| {
        format!(
            r#"(endpoint: "{endpoint}", arrivals: Renewal(gap: Uniform(low: "20m", high: "40m")), execution: "5s"),"#
        )
    };
    let requests: String = ["e", "long", "short"].map(source).concat();
    let told = Play::new("keep_alive: hybrid")
        .endpoint("long", r#"idle_timeout: "40m""#)
        .endpoint("short", "")
        .more(&format!("requests: [{requests}],"))
        .horizon("20d")
        .told();
    let cold = |endpoint: usize| {
        let ends = told.ended.iter().filter(|(_, end)| end.endpoint.index() == endpoint);
        let (all, cold) =
            ends.fold((0, 0), |(all, cold), (_, end)| (all + 1, cold + u32::from(end.cold_start)));
        assert!(900 < all, "some 960 jobs came");
        f64::from(cold) / f64::from(all)
    };
    let cost = |endpoint: usize| -> Money {
        let runs = told.stopped.iter().filter(|run| run.worker.endpoint.index() == endpoint);
        runs.filter_map(|run| run.compute).sum()
    };
    let (hybrid, long, short) = (0, 1, 2);
    assert!(cold(hybrid) < 0.03, "{}", cold(hybrid));
    assert!(0.99 < cold(short), "{}", cold(short));
    // 12 of 30 minutes.
    let part = cost(hybrid).nanos() as f64 / cost(long).nanos() as f64;
    assert!((0.3..0.5).contains(&part), "{part}");
}
