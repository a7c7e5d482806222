//! One call of a storm, and what came of it.
use std::{
    future::poll_fn,
    pin::pin,
    sync::mpsc,
    task::Poll,
    thread,
    time::{Duration, Instant},
};

use clerk_fault_server::Person;
use clerk_hyper::{CallOptions, CancelFlag, Error, RawOperation, http::Method};

use super::Random;

/// What is called.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The `x-request-id`, and the id of the person who must come back.
    pub id: String,
    /// The method.
    pub method: Method,
    /// How large the body of the request is, in bytes; 0 for none.
    pub body: usize,
    /// The limit of the call, if it has one of its own.
    pub deadline: Option<Duration>,
    /// The limit of an attempt, if the call has one of its own.
    pub attempt_timeout: Option<Duration>,
    /// Another base URL than the client's.
    pub base_url: Option<String>,
    /// When the caller loses interest.
    pub cancel: Cancel,
}

/// When the caller loses interest: a future is dropped then, a blocking call has its flag raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancel {
    /// It does not.
    Never,
    /// After so many polls, or so many milliseconds where nothing is polled.
    Polls(usize),
    /// After this time.
    After(Duration),
}

/// What came of a call.
#[derive(Debug)]
pub struct Told {
    /// The call.
    pub asked: Asked,
    /// How long it took.
    pub elapsed: Duration,
    /// How it ended.
    pub ended: Ended,
}

/// How a call ended.
#[derive(Debug)]
pub enum Ended {
    /// With the person of this id.
    Person(String),
    /// With an error.
    Error(Error),
    /// It was dropped.
    Dropped,
}

impl Asked {
    /// A good call without limits of its own.
    pub fn get(id: String) -> Self {
        Self {
            id,
            method: Method::GET,
            body: 0,
            deadline: None,
            attempt_timeout: None,
            base_url: None,
            cancel: Cancel::Never,
        }
    }

    /// A POST with a small body.
    pub fn post(id: String) -> Self {
        Self { method: Method::POST, body: 40, ..Self::get(id) }
    }

    /// The same, with another base URL.
    #[must_use]
    pub fn at(self, base_url: String) -> Self {
        Self { base_url: Some(base_url), ..self }
    }

    /// Any call: every method, some large bodies, some limits, some that are cancelled.
    pub fn any(random: &mut Random, id: String) -> Self {
        let methods = [
            Method::GET,
            Method::GET,
            Method::GET,
            Method::POST,
            Method::POST,
            Method::PATCH,
            Method::PUT,
            Method::DELETE,
        ];
        let mut asked = Self { method: random.one_of(&methods), ..Self::get(id) };
        if asked.method != Method::GET {
            let limit = if random.chance(8) { 300_000 } else { 300 };
            asked.body = random.below(limit);
        }
        if random.chance(25) {
            asked.deadline =
                Some(random.one_of(&[2, 20, 100, 300, 1500].map(Duration::from_millis)));
        }
        if random.chance(15) {
            asked.attempt_timeout =
                Some(random.one_of(&[1, 10, 50, 150].map(Duration::from_millis)));
        }
        if random.chance(15) {
            asked.cancel = if random.chance(50) {
                Cancel::Polls(random.below(20))
            } else {
                Cancel::After(random.millis_below(300))
            };
        }
        asked
    }

    fn parts(&self) -> (RawOperation<Person>, CallOptions) {
        let mut operation = RawOperation::new(self.method.clone(), "/users/user_1").returns();
        if self.body > 0 {
            operation = operation.body(&"x".repeat(self.body.saturating_sub(2)));
        }
        let mut options = CallOptions::new().header("x-request-id", &self.id);
        if let Some(time) = self.deadline {
            options = options.deadline(time);
        }
        if let Some(time) = self.attempt_timeout {
            options = options.attempt_timeout(time);
        }
        if let Some(url) = &self.base_url {
            options = options.base_url(url);
        }
        (operation, options)
    }

    /// Calls, and drops the call when the caller loses interest.
    pub async fn ask(self, clerk: &clerk_hyper::Clerk) -> Told {
        let (operation, options) = self.parts();
        let start = Instant::now();
        let call = clerk.call_with(operation, options);
        let result = match self.cancel {
            Cancel::Never => Some(call.await),
            Cancel::After(time) => tokio::time::timeout(time, call).await.ok(),
            Cancel::Polls(polls) => within(polls, call).await,
        };
        self.told(start.elapsed(), result)
    }

    /// Calls, and has another thread raise the flag of the call when the caller loses interest.
    pub fn ask_blocking(self, clerk: &clerk_blocking::Clerk) -> Told {
        let (operation, mut options) = self.parts();
        let after = match self.cancel {
            Cancel::Never => {
                let start = Instant::now();
                let result = clerk.call_with(operation, options);
                return self.told(start.elapsed(), Some(result));
            }
            Cancel::Polls(polls) => Duration::from_millis(polls as u64),
            Cancel::After(time) => time,
        };
        let flag = CancelFlag::new();
        options = options.cancel_with(&flag);
        let (over, call_ends) = mpsc::channel::<()>();
        thread::scope(|scope| {
            scope.spawn(move || {
                // Ends early with the call.
                if call_ends.recv_timeout(after) == Err(mpsc::RecvTimeoutError::Timeout) {
                    flag.cancel();
                }
            });
            let start = Instant::now();
            let result = clerk.call_with(operation, options);
            let elapsed = start.elapsed();
            drop(over);
            self.told(elapsed, Some(result))
        })
    }

    fn told(self, elapsed: Duration, result: Option<Result<Person, Error>>) -> Told {
        let ended = match result {
            None => Ended::Dropped,
            Some(Ok(person)) => Ended::Person(person.id),
            Some(Err(error)) => Ended::Error(error),
        };
        Told { asked: self, elapsed, ended }
    }
}

/// The output, or `None` if there is none after so many polls, which come whether anything happened
/// meanwhile or not.
async fn within<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    for _ in 0..polls {
        let polled = poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await;
        if let Poll::Ready(output) = polled {
            return Some(output);
        }
        tokio::task::yield_now().await;
    }
    None
}
