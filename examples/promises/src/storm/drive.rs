//! Three ways to call: two kinds of runtime, and threads.
use std::{
    fmt, io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

use clerk_fault_server::{CONNECT_TIMEOUT, MAX_RESPONSE_BODY, SECRET_KEY};
use clerk_hyper::{RetryPolicy, rustls::ClientConfig};
use tokio::{runtime, task::JoinSet};

use crate::Driver;

use super::{
    Asked, Ended, Told,
    watch::{Control, TICK},
};

/// How the client is made.
#[derive(Clone)]
pub struct Settings {
    /// Where the API is.
    pub base_url: String,
    /// Whom to trust.
    pub tls: Option<ClientConfig>,
    /// The limit of an attempt.
    pub attempt_timeout: Duration,
    /// The limit of a call.
    pub deadline: Duration,
    /// When to try again.
    pub retry: RetryPolicy,
    /// How many connections are kept, if not as many as usual.
    pub max_idle: Option<usize>,
    /// Where a good server is, for the calls after the storm.
    pub good: String,
    /// Waits until the callers have gone and the client is still there; `false` if what should come
    /// of that does not.
    pub at_rest: Arc<dyn Fn() -> bool + Send + Sync>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// The same settings on both builders, which have no type in common.
macro_rules! client {
    ($Clerk:ty, $settings:expr) => {{
        let settings = $settings;
        let mut builder = <$Clerk>::builder(SECRET_KEY)
            .base_url(&settings.base_url)
            .connect_timeout(CONNECT_TIMEOUT)
            .attempt_timeout(settings.attempt_timeout)
            .deadline(settings.deadline)
            .max_response_body(MAX_RESPONSE_BODY)
            .retry(settings.retry.clone());
        if let Some(tls) = &settings.tls {
            builder = builder.tls_config(tls.clone());
        }
        if let Some(connections) = settings.max_idle {
            builder = builder.max_idle_connections(connections);
        }
        builder.build().map_err(io::Error::other)
    }};
}

impl Settings {
    /// Usual settings, with short limits.
    pub fn new(base_url: String, good: String) -> Self {
        Self {
            base_url,
            tls: None,
            attempt_timeout: Duration::from_millis(400),
            deadline: Duration::from_secs(1),
            retry: RetryPolicy::default(),
            max_idle: None,
            good,
            at_rest: Arc::new(|| true),
        }
    }

    /// A client on hyper.
    ///
    /// # Errors
    ///
    /// If a setting cannot be used.
    pub fn hyper(&self) -> io::Result<clerk_hyper::Clerk> {
        client!(clerk_hyper::Clerk, self)
    }

    /// A client that blocks.
    ///
    /// # Errors
    ///
    /// If a setting cannot be used.
    pub fn blocking(&self) -> io::Result<clerk_blocking::Clerk> {
        client!(clerk_blocking::Clerk, self)
    }
}

/// What a caller (by its number) calls next (by how many calls it made); `None` if it is done.
pub type Work = Arc<dyn Fn(usize, usize) -> Option<Asked> + Send + Sync>;

/// What came of a run.
#[derive(Debug)]
pub struct Run {
    /// What came of the calls.
    pub told: Vec<Told>,
    /// How late the thread of the control was, at the worst.
    pub control: Duration,
    /// How late a task on the same runtime was.
    pub runtime: Option<Duration>,
    /// How many tasks were left on the runtime when the client was gone.
    pub tasks: usize,
    /// What the client failed to do after the storm.
    pub broken: Vec<String>,
}

impl Run {
    fn new() -> Self {
        Self {
            told: Vec::new(),
            control: Duration::ZERO,
            runtime: None,
            tasks: 0,
            broken: Vec::new(),
        }
    }
}

impl Driver {
    /// How many callers share the client.
    pub fn callers(self) -> usize {
        if self == Self::Blocking { 32 } else { 64 }
    }

    /// Makes a client, has every caller do its work, and lets the client go.
    ///
    /// # Errors
    ///
    /// If there is no runtime.
    pub fn run(self, settings: &Settings, work: &Work) -> io::Result<Run> {
        let control = Control::start();
        let mut run = match self {
            Self::Blocking => blocking(self.callers(), settings, work)?,
            Self::OneThread => hyper(&mut runtime::Builder::new_current_thread(), settings, work)?,
            Self::Threads => {
                hyper(runtime::Builder::new_multi_thread().worker_threads(4), settings, work)?
            }
        };
        run.control = control.finish();
        Ok(run)
    }
}

/// The calls after the storm: many at once would find what one does not.
fn calm(settings: &Settings) -> Vec<Asked> {
    let call = |number| Asked {
        deadline: Some(Duration::from_secs(10)),
        ..Asked::get(format!("after_{number}")).at(settings.good.clone())
    };
    (0..8).map(call).collect()
}

fn check(told: &Told, broken: &mut Vec<String>) {
    if !matches!(&told.ended, Ended::Person(id) if *id == told.asked.id) {
        broken.push(format!("a good call after the storm: {told:?}"));
    }
}

const NOT_AT_REST: &str = "what was to come when the callers had gone did not";

fn hyper(builder: &mut runtime::Builder, settings: &Settings, work: &Work) -> io::Result<Run> {
    let runtime = builder.enable_all().build()?;
    runtime.block_on(async {
        let mut run = Run::new();
        let latest = Arc::new(AtomicU64::new(0));
        let heart = tokio::spawn(heartbeat(Arc::clone(&latest)));
        let clerk = settings.hyper()?;
        let mut callers = JoinSet::new();
        for caller in 0..Driver::Threads.callers() {
            let (clerk, work) = (clerk.clone(), Arc::clone(work));
            callers.spawn(async move {
                let mut tale = Tale::default();
                while let Some(asked) = work(caller, tale.length) {
                    tale.add(asked.ask(&clerk).await);
                }
                tale
            });
        }
        while let Some(tale) = callers.join_next().await {
            run.told.extend(tale.map_err(io::Error::other)?.pieces.into_iter().flatten());
        }
        for asked in calm(settings) {
            check(&asked.ask(&clerk).await, &mut run.broken);
        }
        // Elsewhere, so that the runtime hears of connections that end meanwhile.
        let at_rest = Arc::clone(&settings.at_rest);
        let rests = tokio::task::spawn_blocking(move || at_rest());
        if !rests.await.map_err(io::Error::other)? {
            run.broken.push(NOT_AT_REST.to_owned());
        }
        drop(clerk);
        heart.abort();
        drop(heart.await);
        run.runtime = Some(Duration::from_micros(latest.load(SeqCst)));
        let start = Instant::now();
        run.tasks = loop {
            let tasks = runtime::Handle::current().metrics().num_alive_tasks();
            if tasks == 0 || start.elapsed() > Duration::from_secs(10) {
                break tasks;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        };
        Ok(run)
    })
}

/// What one caller was told, in pieces: a vector that grows is copied, and those of all callers would
/// be at the same time, which takes longer than any call.
#[derive(Default)]
struct Tale {
    pieces: Vec<Vec<Told>>,
    length: usize,
}

impl Tale {
    const PIECE: usize = 256;

    fn add(&mut self, told: Told) {
        self.length = self.length.saturating_add(1);
        match self.pieces.last_mut() {
            Some(piece) if piece.len() < Self::PIECE => piece.push(told),
            _ => {
                let mut piece = Vec::with_capacity(Self::PIECE);
                piece.push(told);
                self.pieces.push(piece);
            }
        }
    }
}

/// Notes how late a task is that only sleeps.
async fn heartbeat(latest: Arc<AtomicU64>) {
    loop {
        let start = Instant::now();
        tokio::time::sleep(TICK).await;
        let late = start.elapsed().saturating_sub(TICK);
        latest.fetch_max(u64::try_from(late.as_micros()).unwrap_or(u64::MAX), SeqCst);
    }
}

fn blocking(callers: usize, settings: &Settings, work: &Work) -> io::Result<Run> {
    let mut run = Run::new();
    let clerk = settings.blocking()?;
    thread::scope(|scope| {
        let call = |caller| {
            let clerk = clerk.clone();
            move || {
                let mut tale = Tale::default();
                while let Some(asked) = work(caller, tale.length) {
                    tale.add(asked.ask_blocking(&clerk));
                }
                tale
            }
        };
        let callers: Vec<_> = (0..callers).map(|caller| scope.spawn(call(caller))).collect();
        for caller in callers {
            match caller.join() {
                Ok(tale) => run.told.extend(tale.pieces.into_iter().flatten()),
                Err(_) => run.broken.push("a caller panicked".to_owned()),
            }
        }
    });
    for asked in calm(settings) {
        check(&asked.ask_blocking(&clerk), &mut run.broken);
    }
    if !(settings.at_rest)() {
        run.broken.push(NOT_AT_REST.to_owned());
    }
    Ok(run)
}
