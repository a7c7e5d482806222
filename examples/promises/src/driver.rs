//! Runs a row of the table of faults on each transport.
use std::{
    error::Error as StdError,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use clerk_fault_server::{
    CONNECT_TIMEOUT, Log, MAX_RESPONSE_BODY, Outcome, Person, Row, SECRET_KEY, Site, Wants,
};
use clerk_hyper::{CallOptions, CancelFlag, Error};

/// A transport, and what it is run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driver {
    /// clerk-hyper, on a runtime of one thread.
    OneThread,
    /// clerk-hyper, on a runtime of two threads.
    Threads,
    /// clerk-blocking.
    Blocking,
}

/// What came of a row.
#[derive(Debug)]
pub struct Run {
    /// What came of its calls, in their order.
    pub outcomes: Vec<Outcome>,
    /// What the server saw of them.
    pub log: Log,
}

type AnyError = Box<dyn StdError + Send + Sync>;

/// How often a row is run again that was not to the point: see [`Row::missed`].
const TRIES: u32 = 100;

impl fmt::Display for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Driver {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::OneThread, Self::Threads, Self::Blocking];
    /// One of each crate.
    pub const CRATES: [Self; 2] = [Self::OneThread, Self::Blocking];

    /// Its name, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::OneThread => "hyper, one thread",
            Self::Threads => "hyper, several threads",
            Self::Blocking => "blocking",
        }
    }

    /// Runs a row.
    ///
    /// # Errors
    ///
    /// If this machine does not have what the row needs, or the row is never to the point.
    pub fn run_row(self, row: &Row) -> Result<Run, AnyError> {
        for _ in 0..TRIES {
            let site = Arc::new(row.open()?);
            let outcomes = match self {
                Self::OneThread => {
                    let mut runtime = tokio::runtime::Builder::new_current_thread();
                    runtime.enable_all().build()?.block_on(on_hyper(row, &site))?
                }
                Self::Threads => {
                    let mut runtime = tokio::runtime::Builder::new_multi_thread();
                    runtime.worker_threads(2).enable_all();
                    runtime.build()?.block_on(on_hyper(row, &site))?
                }
                Self::Blocking => blocking(row, &site)?,
            };
            let log = Arc::into_inner(site).ok_or("the site is still held")?.finish();
            if !row.missed(&outcomes, &log) {
                return Ok(Run { outcomes, log });
            }
        }
        Err(format!("row {} ({}) is never to the point", row.number, row.name).into())
    }
}

/// What both builders are told.
macro_rules! build {
    ($builder:expr, $site:expr) => {{
        let mut builder = $builder
            .base_url($site.base_url())
            .connect_timeout(CONNECT_TIMEOUT)
            .max_response_body(MAX_RESPONSE_BODY);
        if let Some(config) = $site.tls_config() {
            builder = builder.tls_config(config);
        }
        builder.build()?
    }};
}

async fn on_hyper(row: &Row, site: &Arc<Site>) -> Result<Vec<Outcome>, AnyError> {
    let clerk = build!(clerk_hyper::Clerk::builder(SECRET_KEY), site);
    let mut outcomes = Vec::new();
    for (number, call) in row.calls.iter().enumerate() {
        // Elsewhere, so that the runtime hears meanwhile of the connections that end.
        let (waiting, next) = (Arc::clone(site), call.clone());
        tokio::task::spawn_blocking(move || waiting.ready(&next))
            .await?
            .then_some(())
            .ok_or(LATE)?;
        let options = row.options(number);
        let start = Instant::now();
        let answer = async {
            match call.wants {
                Wants::Person => clerk.call_with(call.person(), options).await.map(Some),
                Wants::Nothing => clerk.call_with(call.nothing(), options).await.map(|()| None),
                Wants::Json => clerk.call_with(call.json(), options).await.map(|_| None),
            }
        };
        let result = match call.cancelled {
            None => Some(answer.await),
            Some(stage) => {
                let waiting = Arc::clone(site);
                let reached = tokio::task::spawn_blocking(move || waiting.reached(stage));
                tokio::select! {
                    result = answer => Some(result),
                    reached = reached => { reached?.then_some(()).ok_or(LATE)?; None }
                }
            }
        };
        outcomes.push(Outcome { result, elapsed: start.elapsed() });
    }
    Ok(outcomes)
}

fn blocking(row: &Row, site: &Arc<Site>) -> Result<Vec<Outcome>, AnyError> {
    let clerk = build!(clerk_blocking::Clerk::builder(SECRET_KEY), site);
    let mut outcomes = Vec::new();
    for (number, call) in row.calls.iter().enumerate() {
        site.ready(call).then_some(()).ok_or(LATE)?;
        let run = |options: CallOptions| -> (Result<Option<Person>, Error>, Duration) {
            let start = Instant::now();
            let result = match call.wants {
                Wants::Person => clerk.call_with(call.person(), options).map(Some),
                Wants::Nothing => clerk.call_with(call.nothing(), options).map(|()| None),
                Wants::Json => clerk.call_with(call.json(), options).map(|_| None),
            };
            (result, start.elapsed())
        };
        let options = row.options(number);
        let (result, elapsed) = match call.cancelled {
            None => run(options),
            Some(stage) => {
                let flag = CancelFlag::new();
                std::thread::scope(|scope| {
                    scope.spawn(|| {
                        // If it does not get there, the call goes on, and is not as expected.
                        if site.reached(stage) {
                            flag.cancel();
                        }
                    });
                    run(options.cancel_with(&flag))
                })
            }
        };
        outcomes.push(Outcome { result: Some(result), elapsed });
    }
    Ok(outcomes)
}

const LATE: &str = "the server does not get ready";
