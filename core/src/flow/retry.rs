//! When to try again: the policy, the budget that the clones of a client share, `Retry-After`.
use std::{
    borrow::Cow,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Duration,
};

use http::{
    HeaderMap,
    header::{DATE, RETRY_AFTER},
};

use crate::Timestamp;

/// When to try again.
///
/// The default is on and safe: nothing that may have changed the server is sent twice. It repeats
///
/// - any operation that was provably not sent, or was refused with 429 before any work;
/// - harmless operations (GET, PUT, DELETE, and POSTs declared so) after a lost connection, a
///   timeout, or one of the [`statuses`](Self::statuses);
/// - nothing after a TLS failure, broken HTTP, an answer too large, or any other status.
///
/// Waits are random between zero and a ceiling that doubles ("full jitter"), or what `Retry-After`
/// asks for and up to a quarter more. If that is longer than [`max_retry_after`](Self::max_retry_after),
/// or would end after the call's deadline, the call fails at once and the error carries the hint. The clones of a
/// client share a budget, so that retries never multiply an outage: when nearly everything fails,
/// nearly nothing is repeated.
///
/// ```
/// use std::time::Duration;
/// use clerk_core::{Config, RetryPolicy};
///
/// let patient = RetryPolicy::default().max_attempts(5).max_delay(Duration::from_secs(10));
/// let config = Config::builder("sk_test_abc").retry(patient).build()?;
/// let once = RetryPolicy::none(); // for one call: `.retry(RetryPolicy::none())`
/// # Ok::<(), clerk_core::Error>(())
/// ```
#[doc(alias = "RetryConfig")]
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Attempts in all, the first included; 3 unless set.
    pub max_attempts: u32,
    /// The ceiling of the first wait; 100 ms unless set.
    #[doc(alias = "initialInterval")]
    pub initial_delay: Duration,
    /// The ceiling of the first wait after a 429 without a hint; 1 s unless set.
    pub throttled_delay: Duration,
    /// The ceiling of every wait that the server did not ask for; 5 s unless set.
    #[doc(alias = "maxInterval")]
    pub max_delay: Duration,
    /// What the ceiling grows by from wait to wait; 2 unless set.
    pub exponent: f64,
    /// The longest `Retry-After` that is waited for; 20 s unless set.
    pub max_retry_after: Duration,
    /// How long after the start of a call a new attempt may begin; no limit but the deadline unless
    /// set.
    #[doc(alias = "maxElapsedTime")]
    pub max_elapsed: Duration,
    /// Whether failures to connect, timeouts and lost connections are repeated; so unless set.
    #[doc(alias = "retryConnectionErrors")]
    pub connection_errors: bool,
    /// The statuses that are repeated; 408, 425, 429, 500, 502, 503 and 504 unless set.
    #[doc(alias = "retryCodes")]
    pub statuses: Cow<'static, [u16]>,
    /// Whether even what may have changed the server is repeated: a POST whose answer was lost may
    /// then happen twice. Not so unless set.
    pub repeat_maybe_sent: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            initial_delay: Duration::from_millis(100),
            throttled_delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(5),
            exponent: 2.0,
            max_retry_after: Duration::from_secs(20),
            max_elapsed: Duration::MAX,
            connection_errors: true,
            statuses: Cow::Borrowed(&[408, 425, 429, 500, 502, 503, 504]),
            repeat_maybe_sent: false,
        }
    }
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $Type:ty,)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, $name: $Type) -> Self {
            self.$name = $name;
            self
        }
    )*};
}

impl RetryPolicy {
    /// One attempt, no matter what.
    pub fn none() -> Self {
        Self { max_attempts: 1, ..Self::default() }
    }

    setters! {
        /// Sets how many attempts there are in all.
        max_attempts: u32,
        /// Sets the ceiling of the first wait.
        initial_delay: Duration,
        /// Sets the ceiling of the first wait after a 429 without a hint.
        throttled_delay: Duration,
        /// Sets the ceiling of every wait that the server did not ask for.
        max_delay: Duration,
        /// Sets what the ceiling grows by from wait to wait; below 1 counts as 1.
        exponent: f64,
        /// Sets the longest `Retry-After` that is waited for.
        max_retry_after: Duration,
        /// Sets how long after the start of a call a new attempt may begin.
        max_elapsed: Duration,
        /// Sets whether failures to connect, timeouts and lost connections are repeated.
        connection_errors: bool,
        /// Sets whether even what may have changed the server is repeated. **A POST may then happen
        /// twice.**
        repeat_maybe_sent: bool,
    }

    /// Sets the statuses that are repeated.
    #[must_use]
    pub fn statuses(mut self, statuses: impl Into<Vec<u16>>) -> Self {
        self.statuses = Cow::Owned(statuses.into());
        self
    }

    /// The ceiling of the wait after attempt number `attempt`, from 1.
    pub(crate) fn ceiling(&self, attempt: u32, throttled: bool) -> Duration {
        let first = if throttled { self.throttled_delay } else { self.initial_delay };
        let growth = self
            .exponent
            .max(1.0)
            .powi(i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX));
        // What cannot be a duration (too long, not a number) is the longest.
        Duration::try_from_secs_f64(first.as_secs_f64() * growth)
            .unwrap_or(Duration::MAX)
            .min(self.max_delay)
    }
}

/// What the clones of a client may spend on retries: as in other cloud SDKs, a bucket that retries
/// empty and successes fill.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU32);

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicU32::new(Self::FULL))
    }
}

impl Budget {
    const FULL: u32 = 500;
    /// The price of a retry after a 429, which costs the server little.
    pub(crate) const THROTTLED: u32 = 5;
    /// The price of any other retry.
    pub(crate) const TRANSIENT: u32 = 14;

    /// Takes `cost`, if there is so much.
    pub(crate) fn spend(&self, cost: u32) -> bool {
        self.0.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(cost)).is_ok()
    }

    /// Gives back what a call's retries took, or a little for a call that needed none.
    pub(crate) fn refund(&self, spent: u32) {
        // Full is the common case, and needs no write to memory that all threads share.
        if self.0.load(Relaxed) < Self::FULL {
            let add = |left: u32| Some(left.saturating_add(spent.max(1)).min(Self::FULL));
            let _ = self.0.fetch_update(Relaxed, Relaxed, add);
        }
    }
}

/// How long the server asks to wait: seconds, or a date in any of the three forms of HTTP.
///
/// What is not one of these is no hint; neither are two of them, nor zero, nor the past. A number
/// too large to be a time is `Duration::MAX`. A date is compared with the answer's own `Date`,
/// which has the same clock; where that is missing, with the caller's.
pub(crate) fn retry_after(headers: &HeaderMap, now: Option<Timestamp>) -> Option<Duration> {
    let mut values = headers.get_all(RETRY_AFTER).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    let text = value.to_str().ok()?.trim();
    let hint = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().map_or(Duration::MAX, Duration::from_secs)
    } else {
        let date = Timestamp::from(httpdate::parse_http_date(text).ok()?);
        let sent =
            headers.get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
        let since = sent.map(Timestamp::from).or(now)?;
        Duration::from_millis(
            u64::try_from(date.as_millis().saturating_sub(since.as_millis())).unwrap_or(0),
        )
    };
    (!hint.is_zero()).then_some(hint)
}

/// The next of a series of well-mixed numbers (SplitMix64), for jitter.
pub(crate) fn mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(value: &str, date: Option<&str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, value.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        // Sun, 06 Nov 1994 08:49:37 GMT
        retry_after(&headers, Some(Timestamp::from_secs(784_111_777)))
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let seconds = |n| Some(Duration::from_secs(n));
        for (value, expected) in [
            ("1", seconds(1)),
            ("120", seconds(120)),
            (" 7 ", seconds(7)),
            ("0", None),
            ("-5", None),
            ("+3", None),
            ("abc", None),
            ("1.5", None),
            ("1e3", None),
            ("12, 13", None),
            ("", None),
            ("99999999999999999999", Some(Duration::MAX)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", seconds(10)),
            ("Sunday, 06-Nov-94 08:49:47 GMT", seconds(10)),
            ("Sun Nov  6 08:49:47 1994", seconds(10)),
            ("Sun, 06 Nov 1994 08:49:27 GMT", None),
        ] {
            assert_eq!(hint(value, None), expected, "{value:?}");
        }
    }

    #[test]
    fn a_date_is_compared_with_the_servers_clock() {
        let date = Some("Sun, 06 Nov 1994 09:00:00 GMT");
        assert_eq!(hint("Sun, 06 Nov 1994 09:00:03 GMT", date), Some(Duration::from_secs(3)));
        assert_eq!(hint("Sun, 06 Nov 1994 08:59:59 GMT", date), None);
    }

    #[test]
    fn two_hints_are_none() {
        let mut headers = HeaderMap::new();
        headers.append(RETRY_AFTER, "1".parse().unwrap());
        headers.append(RETRY_AFTER, "2".parse().unwrap());
        assert_eq!(retry_after(&headers, None), None);
    }

    #[test]
    fn ceilings_double_up_to_the_maximum() {
        let policy = RetryPolicy::default();
        let ceilings =
            [1, 2, 3, 6, 7, 40, u32::MAX].map(|attempt| policy.ceiling(attempt, false).as_millis());
        assert_eq!(ceilings, [100, 200, 400, 3200, 5000, 5000, 5000]);
        assert_eq!(policy.ceiling(2, true), Duration::from_secs(2));
        let odd = policy.exponent(f64::NAN);
        assert_eq!(odd.ceiling(9, false), Duration::from_millis(100));
    }
}
