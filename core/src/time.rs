//! Time as the API writes it, and time as a driver reads it.
use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::Arg;

/// Milliseconds since the Unix epoch: what the API puts in `created_at` and most other times.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use clerk_core::Timestamp;
///
/// let created = Timestamp::from_millis(1_700_690_400_000);
/// assert_eq!(created.to_string(), "2023-11-22T22:00:00Z");
/// assert_eq!(SystemTime::from(created), SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_690_400));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// So many milliseconds after the Unix epoch; before it, if negative.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// So many seconds after the Unix epoch, at the most what fits.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The moment `duration` later, at the most what fits.
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl From<SystemTime> for Timestamp {
    /// Keeps milliseconds; what does not fit becomes the nearest time that does.
    fn from(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self(i64::try_from(after.as_millis()).unwrap_or(i64::MAX)),
            Err(before) => {
                let before = before.duration();
                // Round down, as for times after the epoch.
                let millis = before.as_nanos().div_ceil(1_000_000);
                Self(i64::try_from(millis).map_or(i64::MIN, |millis| -millis))
            }
        }
    }
}

impl From<Timestamp> for SystemTime {
    /// What the system's clock cannot express becomes the Unix epoch.
    fn from(timestamp: Timestamp) -> Self {
        let distance = Duration::from_millis(timestamp.0.unsigned_abs());
        let time = if timestamp.0 < 0 {
            UNIX_EPOCH.checked_sub(distance)
        } else {
            UNIX_EPOCH.checked_add(distance)
        };
        time.unwrap_or(UNIX_EPOCH)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, with milliseconds if there are any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, in_day) = (self.0.div_euclid(86_400_000), self.0.rem_euclid(86_400_000));
        let (year, month, day) = civil_from_days(days);
        let (seconds, millis) = (in_day / 1000, in_day % 1000);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if millis != 0 {
            write!(f, ".{millis:03}")?;
        }
        f.write_str("Z")
    }
}

/// Year, month and day of the Gregorian calendar, from days since the Unix epoch.
///
/// The well-known arithmetic on eras of 400 years, which start on the first of March.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("milliseconds since the Unix epoch")
            }

            fn visit_i64<E: de::Error>(self, millis: i64) -> Result<Timestamp, E> {
                Ok(Timestamp(millis))
            }

            fn visit_u64<E: de::Error>(self, millis: u64) -> Result<Timestamp, E> {
                i64::try_from(millis)
                    .map(Timestamp)
                    .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(millis), &self))
            }

            /// A server may write `1.7e12` for a whole number.
            fn visit_f64<E: de::Error>(self, millis: f64) -> Result<Timestamp, E> {
                let whole = millis as i64;
                if whole as f64 == millis && whole != i64::MAX {
                    Ok(Timestamp(whole))
                } else {
                    Err(E::invalid_value(de::Unexpected::Float(millis), &self))
                }
            }
        }
        deserializer.deserialize_i64(Visitor)
    }
}

impl Arg<Timestamp> for SystemTime {
    fn into_arg(self) -> Timestamp {
        self.into()
    }
}

/// Milliseconds since the Unix epoch as a JSON `number`, which may have a fraction.
///
/// The API writes the times of API keys, M2M tokens and OAuth tokens as numbers. It calls them
/// milliseconds, but for OAuth tokens, where it names no unit; its examples of API keys and of OAuth
/// tokens look like seconds. Do not decide by them whether a key or token can be used: the answer
/// says that itself. Whole numbers and fractions keep their value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FractionalTimestamp(serde_json::Number);

impl FractionalTimestamp {
    /// The time in whole milliseconds, rounded down, at the most what fits.
    pub fn timestamp(&self) -> Timestamp {
        Timestamp(self.0.as_i64().unwrap_or_else(|| self.as_millis().floor() as i64))
    }

    /// Milliseconds since the Unix epoch, with the fraction.
    pub fn as_millis(&self) -> f64 {
        self.0.as_f64().unwrap_or(f64::MAX)
    }
}

impl From<Timestamp> for FractionalTimestamp {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp.0.into())
    }
}

/// A time as RFC 3339 text: how a few requests want it.
///
/// Any text is taken as it is, the server checks it; a [`SystemTime`] or a [`Timestamp`] is
/// written in UTC with milliseconds.
///
/// ```
/// use clerk_core::{Rfc3339, Timestamp};
///
/// assert_eq!(Rfc3339::from(Timestamp::from_millis(1_700_690_400_020)).as_str(), "2023-11-22T22:00:00.020Z");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rfc3339(String);

impl Rfc3339 {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Rfc3339 {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Rfc3339 {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<Timestamp> for Rfc3339 {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp.to_string())
    }
}

impl From<SystemTime> for Rfc3339 {
    fn from(time: SystemTime) -> Self {
        Timestamp::from(time).into()
    }
}

macro_rules! rfc3339_args {
    ($($From:ty),*) => {$(
        impl Arg<Rfc3339> for $From {
            fn into_arg(self) -> Rfc3339 {
                self.into()
            }
        }

        impl Arg<crate::Nullable<Rfc3339>> for $From {
            fn into_arg(self) -> crate::Nullable<Rfc3339> {
                crate::Nullable::Value(self.into())
            }
        }
    )*};
}
rfc3339_args!(&str, String, Timestamp, SystemTime);

/// A whole number of seconds, for lifetimes.
///
/// Where a parameter is in seconds, an integer or a [`Duration`] can be passed; a part of a second
/// counts as a whole one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub u64);

impl From<Duration> for Seconds {
    fn from(duration: Duration) -> Self {
        Self(duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0)))
    }
}

impl From<Seconds> for Duration {
    fn from(seconds: Seconds) -> Self {
        Self::from_secs(seconds.0)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Arg<Seconds> for u64 {
    fn into_arg(self) -> Seconds {
        Seconds(self)
    }
}

impl Arg<Seconds> for Duration {
    fn into_arg(self) -> Seconds {
        self.into()
    }
}

impl Arg<crate::Nullable<Seconds>> for u64 {
    fn into_arg(self) -> crate::Nullable<Seconds> {
        crate::Nullable::Value(Seconds(self))
    }
}

impl Arg<crate::Nullable<Seconds>> for Duration {
    fn into_arg(self) -> crate::Nullable<Seconds> {
        crate::Nullable::Value(self.into())
    }
}

/// A reading of two clocks, made by whoever drives a flow.
///
/// ```
/// use std::time::{Instant, SystemTime};
/// use clerk_core::Moment;
///
/// let (wall_at_start, start) = (SystemTime::now(), Instant::now());
/// let now = || Moment::new(wall_at_start, start.elapsed(), SystemTime::now());
/// assert!(now().steady >= now().steady - std::time::Duration::from_secs(1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Moment {
    /// The Unix time when the driver started plus the time since on a clock that never goes back:
    /// deadlines, waits and ages are measured on it. Readings of two drivers of one process can be
    /// compared.
    pub steady: Duration,
    /// The wall clock, which may jump: dates and tokens are compared with it.
    pub wall: Timestamp,
}

impl Moment {
    /// A reading: `elapsed` since the driver started at `start`, and the wall clock as it is now.
    pub fn new(start: SystemTime, elapsed: Duration, wall: SystemTime) -> Self {
        let start = start.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { steady: start.saturating_add(elapsed), wall: wall.into() }
    }

    /// A reading on which both clocks agree, for tests.
    pub const fn at(steady: Duration) -> Self {
        Self { steady, wall: Timestamp(steady.as_millis() as i64) }
    }

    /// The moment `duration` later, on both clocks.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self {
            steady: self.steady.saturating_add(duration),
            wall: self.wall.saturating_add(duration),
        }
    }
}

impl From<Timestamp> for Moment {
    /// For what looks at one clock only: both clocks say this.
    fn from(wall: Timestamp) -> Self {
        Self { steady: Duration::from_millis(wall.0.max(0).unsigned_abs()), wall }
    }
}

impl From<SystemTime> for Moment {
    /// For what looks at one clock only: both clocks say this.
    fn from(wall: SystemTime) -> Self {
        Timestamp::from(wall).into()
    }
}

#[cfg(feature = "jiff")]
mod with_jiff {
    use super::{Rfc3339, Timestamp};

    impl From<jiff::Timestamp> for Timestamp {
        fn from(time: jiff::Timestamp) -> Self {
            Self(time.as_millisecond())
        }
    }

    impl TryFrom<Timestamp> for jiff::Timestamp {
        type Error = jiff::Error;

        fn try_from(timestamp: Timestamp) -> Result<Self, jiff::Error> {
            Self::from_millisecond(timestamp.0)
        }
    }

    impl From<jiff::Timestamp> for Rfc3339 {
        fn from(time: jiff::Timestamp) -> Self {
            Self(time.to_string())
        }
    }

    impl crate::Arg<Timestamp> for jiff::Timestamp {
        fn into_arg(self) -> Timestamp {
            self.into()
        }
    }

    impl crate::Arg<Rfc3339> for jiff::Timestamp {
        fn into_arg(self) -> Rfc3339 {
            self.into()
        }
    }
}
