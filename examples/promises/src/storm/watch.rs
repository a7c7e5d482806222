//! What is watched beside the calls: panics, lateness, and what is left behind.
use std::{
    fs,
    sync::{
        Once,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc::{self, RecvTimeoutError},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

static PANICS: AtomicUsize = AtomicUsize::new(0);
static HOOK: Once = Once::new();
/// How often controls wake up.
pub(super) const TICK: Duration = Duration::from_millis(5);
/// How long is waited for what should go by itself.
const PATIENCE: Duration = Duration::from_secs(10);

/// Counts panics from now on, those that somebody catches too.
pub fn watch_panics() {
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            PANICS.fetch_add(1, SeqCst);
            usual(panic);
        }));
    });
}

/// How many panics there were.
pub fn panics() -> usize {
    PANICS.load(SeqCst)
}

/// A thread that only sleeps, and notes how late it wakes up: how busy the machine is.
#[derive(Debug)]
pub(super) struct Control {
    stop: mpsc::Sender<()>,
    thread: JoinHandle<Duration>,
}

impl Control {
    /// Starts the thread.
    pub(super) fn start() -> Self {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut latest = Duration::ZERO;
            loop {
                let start = Instant::now();
                let end = stopped.recv_timeout(TICK);
                if end != Err(RecvTimeoutError::Timeout) {
                    return latest;
                }
                latest = latest.max(start.elapsed().saturating_sub(TICK));
            }
        });
        Self { stop, thread }
    }

    /// Ends the thread: by how much it was late at the worst.
    pub(super) fn finish(self) -> Duration {
        drop(self.stop);
        self.thread.join().unwrap_or(Duration::MAX)
    }
}

/// The first runtime of a process opens what all others use, for as long as the process lives: with the
/// feature `signal` of tokio, which others may turn on, a pair of sockets.
pub fn warm_up() {
    drop(tokio::runtime::Builder::new_current_thread().enable_all().build());
}

/// What the process had before: open descriptors and threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Baseline {
    descriptors: usize,
    threads: usize,
}

impl Baseline {
    /// What there is now; nothing at all where the system does not say.
    pub fn now() -> Self {
        warm_up();
        Self {
            // Reading the list takes one itself, each time.
            descriptors: fs::read_dir("/proc/self/fd").map_or(0, Iterator::count),
            threads: fs::read_to_string("/proc/self/status")
                .unwrap_or_default()
                .lines()
                .find_map(|line| line.strip_prefix("Threads:")?.trim().parse().ok())
                .unwrap_or_default(),
        }
    }

    /// What is there more than before, if that does not go within ten seconds.
    pub fn left_over(self) -> Option<String> {
        let start = Instant::now();
        loop {
            let now = Self::now();
            if now.descriptors <= self.descriptors && now.threads <= self.threads {
                return None;
            }
            if start.elapsed() > PATIENCE {
                let open = fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
                let open: Vec<_> =
                    open.filter_map(|entry| fs::read_link(entry.path()).ok()).collect();
                return Some(format!("{now:?}, and before: {self:?}; open: {open:?}"));
            }
            thread::park_timeout(Duration::from_millis(1));
        }
    }
}
