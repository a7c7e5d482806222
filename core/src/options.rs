//! What can be chosen for one call.
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use http::{HeaderName, HeaderValue};

use crate::{Error, MachineSecretKey, RetryPolicy, base_url::Base};

/// What can be chosen for one call; everything else is the client's [`Config`](crate::Config).
///
/// The operations of a client have these as setters of their own
/// (`clerk.users().get(id).deadline(…).send()`); this type carries them to
/// [`Client::call_with`](crate::Client::call_with) and to flows.
///
/// ```
/// use std::time::Duration;
/// use clerk_core::{CallOptions, RetryPolicy};
///
/// let options = CallOptions::new()
///     .deadline(Duration::from_secs(3))
///     .retry(RetryPolicy::none())
///     .header("x-request-source", "nightly-sync");
/// ```
///
/// A value that cannot be used is reported when the call is made, before anything is sent.
#[doc(alias = "RequestOptions")]
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) base: Option<Base>,
    pub(crate) machine_secret_key: Option<HeaderValue>,
    pub(crate) cancel: Option<CancelFlag>,
    /// The first field that cannot be used, and why.
    wrong: Option<(&'static str, String)>,
}

/// Headers that belong to the SDK or to the HTTP library.
const RESERVED: [&str; 14] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

impl CallOptions {
    /// Nothing chosen.
    pub fn new() -> Self {
        Self::default()
    }

    /// Uses another retry policy; [`RetryPolicy::none()`] for a single attempt.
    #[must_use]
    #[doc(alias = "retries")]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Limits the whole call, waits between attempts included; 30 s unless set for the client.
    ///
    /// Without [`attempt_timeout`](Self::attempt_timeout) a single attempt may use all of it:
    /// uploads are slow.
    #[must_use]
    pub fn deadline(mut self, time: Duration) -> Self {
        self.reject_zero("deadline", time);
        self.deadline = Some(time);
        self
    }

    /// Limits one attempt, from connecting to the last byte of the answer; 10 s unless set for the
    /// client.
    #[must_use]
    #[doc(alias = "timeoutMs")]
    pub fn attempt_timeout(mut self, time: Duration) -> Self {
        self.reject_zero("attempt_timeout", time);
        self.attempt_timeout = Some(time);
        self
    }

    /// Adds a header, in the place of one that the SDK sends. A name that is given twice is sent
    /// twice. The headers that carry the key, the length or the connection are not open to this.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match header(name, value) {
            Ok(header) => self.headers.push(header),
            Err(problem) => self.reject("header", problem),
        }
        self
    }

    /// Adds a parameter to the query string; the value is encoded.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sends this call, and the key, to another base URL, checked like the client's.
    #[must_use]
    #[doc(alias = "serverURL")]
    pub fn base_url(mut self, url: &str) -> Self {
        match Base::parse(url) {
            Ok(base) => self.base = Some(base),
            Err(problem) => self.reject("base_url", problem.into_owned()),
        }
        self
    }

    /// Sends this machine secret key with operations that go with one, instead of the client's.
    #[must_use]
    pub fn machine_secret_key(mut self, key: &MachineSecretKey) -> Self {
        match key.header() {
            Ok(header) => self.machine_secret_key = Some(header),
            Err(_) => self.reject("machine_secret_key", "it cannot stand in a header".to_owned()),
        }
        self
    }

    /// Ends the call when `flag` is raised: before the next attempt, or at most 50 ms into a wait.
    /// An attempt under way goes on to its end or its time limit. (An asynchronous call is cancelled
    /// at once by dropping its future.)
    #[must_use]
    #[doc(alias = "abort")]
    pub fn cancel_with(mut self, flag: &CancelFlag) -> Self {
        self.cancel = Some(flag.clone());
        self
    }

    /// The first thing that cannot be used.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match &self.wrong {
            Some((field, problem)) => Err(Error::argument(*field, problem.clone())),
            None => Ok(()),
        }
    }

    fn reject_zero(&mut self, field: &'static str, time: Duration) {
        if time.is_zero() {
            self.reject(field, "no time at all: give more than zero".to_owned());
        }
    }

    fn reject(&mut self, field: &'static str, problem: String) {
        self.wrong.get_or_insert((field, problem));
    }
}

/// A header that callers may set, marked so that `Debug` does not show its value: it may be a
/// secret of theirs.
pub(crate) fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let Ok(name) = HeaderName::try_from(name) else {
        return Err("it has a name that no header can have".to_owned());
    };
    if RESERVED.contains(&name.as_str()) {
        return Err(format!("`{name}` is set by the SDK or the HTTP library"));
    }
    let Ok(mut value) = HeaderValue::try_from(value) else {
        return Err(format!("the value of `{name}` has a character that no header can have"));
    };
    value.set_sensitive(true);
    Ok((name, value))
}

/// Raised by one thread to end a call of another. Clones are the same flag.
///
/// ```
/// use clerk_core::{CallOptions, CancelFlag};
///
/// let flag = CancelFlag::new();
/// let options = CallOptions::new().cancel_with(&flag);
/// flag.cancel();
/// assert!(flag.is_cancelled());
/// ```
#[derive(Clone, Debug, Default)]
pub struct CancelFlag(Arc<AtomicBool>);

impl CancelFlag {
    /// A flag that is not raised.
    pub fn new() -> Self {
        Self::default()
    }

    /// Raises the flag; it stays raised.
    pub fn cancel(&self) {
        self.0.store(true, Relaxed);
    }

    /// Whether the flag is raised.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Relaxed)
    }
}
