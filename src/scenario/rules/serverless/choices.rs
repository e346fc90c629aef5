//! The either-ors of the rules of serverless endpoints.

use crate::units::Span;

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$member_doc])* $member),* }
    };
}

choice! {
    /// SLS-11. What becomes of workers of an older revision.
    Rollout {
        /// All but busy ones stop at once; busy ones end the jobs in hand.
        Drain,
        /// The same, a share of them at a time.
        Batch,
        /// They work on until they stop by themselves.
        Lazy,
    }
}
choice! {
    /// SLS-22. Where a woken slot asks for GPUs.
    WakePlacement {
        /// On its bound host, then anywhere.
        BoundFirst,
        /// On its bound host alone.
        BoundOnly,
        /// Anywhere.
        Anywhere,
    }
}
choice! {
    /// SLS-27. How FlashBoot's gain falls with the time since the last stop.
    FlashLaw {
        /// It falls evenly.
        Linear,
        /// Its chance falls evenly.
        Chance,
    }
}
choice! {
    /// SLS-29. Which of equally busy workers takes a job.
    Dispatch {
        /// Who became idle last.
        MostRecentlyIdle,
        /// Who has been idle for longest.
        LongestIdle,
        /// Who was woken last.
        Newest,
        /// The lowest slot.
        LowestId,
    }
}
choice! {
    /// SLS-31. When a job is bound to a worker.
    Binding {
        /// When it is taken.
        Late,
        /// When it wakes one of its own.
        Early,
    }
}
choice! {
    /// SLS-35. When workers that the formula does not need stop.
    ScaleDown {
        /// When their idle timeout is over.
        IdleTimeout,
        /// At once, under request count.
        AtOnce,
    }
}
choice! {
    /// SLS-37. Where a throttled worker stands among those who wait.
    WorkerRank {
        /// By the time of asking.
        ByTime,
        /// After all requests for pods, active before flex.
        PodsFirst,
        /// Active before all, flex by time.
        ActiveFirst,
    }
}
choice! {
    /// SLS-41. When the active price holds.
    ActivePriceWhen {
        /// Always.
        Always,
        /// For seconds that begin without a job.
        NotWorking,
    }
}
choice! {
    /// SLS-42. Whom a price change reaches.
    WorkerPriceChange {
        /// Awake workers, from their next second.
        Running,
        /// New runs alone.
        NewRuns,
    }
}
choice! {
    /// SLS-46. What busy workers do below the line.
    WorkersAtLine {
        /// They end the jobs in hand.
        Drain,
        /// They stop.
        Stop,
    }
}
choice! {
    /// SLS-16. What `/health` calls idle.
    HealthIdle {
        /// Ready and without a job.
        Ready,
        /// Asleep and ready to be woken.
        Standby,
    }
}
choice! {
    /// JOB-03. Which calls a rate limit counts.
    RateLaw {
        /// Those of the present window.
        FixedWindow,
        /// Those of the time before.
        Sliding,
    }
}
choice! {
    /// JOB-08. How long a job takes on another GPU type.
    JobSpeed {
        /// As long.
        Equal,
        /// By the types' relative speed.
        Relative,
    }
}
choice! {
    /// JOB-12. What a job that takes too long does to its worker.
    OnExecutionTimeout {
        /// It stops, and its other jobs are requeued.
        StopWorker,
        /// It works on.
        KeepWorker,
    }
}
choice! {
    /// JOB-13. What a time to live covers.
    TtlCovers {
        /// The queue.
        Queue,
        /// The execution, too.
        Life,
    }
}

/// JOB-04. How a rate limit grows with the running workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateGrowth {
    /// It does not.
    None,
    /// By so much for each.
    Add(u32),
    /// It is at least so much for each.
    Max(u32),
}

/// JOB-10. When a low-priority job becomes a normal one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LowPriorityEscalates {
    /// Never.
    Never,
    /// So long after its submission.
    After(Span),
}
