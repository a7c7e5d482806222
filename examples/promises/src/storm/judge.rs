//! What the callers were told, held against what the servers saw.
use std::{collections::BTreeSet, fmt, time::Duration};

use clerk_fault_server::{Log, Sighting};
use clerk_hyper::{ErrorKind, http::Method};

use super::{Ended, Told};

/// What was found. The lists are of calls that must not be.
#[derive(Debug, Default)]
pub struct Verdict {
    /// How many calls there were.
    pub calls: usize,
    /// How many got their answer.
    pub succeeded: usize,
    /// How many were dropped, or cancelled by their flag.
    pub cancelled: usize,
    /// How many failed, and the request may have reached the server.
    pub maybe_sent: usize,
    /// How many failed, and the request is said not to have reached the server.
    pub not_sent: usize,
    /// How many ended, well or not, after more than one attempt that the server saw.
    pub repeated: usize,
    /// By how much the calls overran their limits that did.
    pub lateness: Lateness,
    /// Answers to somebody else's request.
    pub crossed: Vec<String>,
    /// Calls that are said not to have been sent, and that the server saw.
    pub lies: Vec<String>,
    /// What must not be repeated, and was.
    pub duplicates: Vec<String>,
    /// Ids that the server saw, and that nobody sent.
    pub unknown: Vec<String>,
}

/// By how much calls overran their limits.
#[derive(Debug, Default)]
pub struct Lateness(Vec<Duration>);

impl Lateness {
    /// One more.
    pub fn add(&mut self, late: Duration) {
        self.0.push(late);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The one that so many percent are not above.
    pub fn percentile(&mut self, percent: usize) -> Duration {
        self.0.sort_unstable();
        let at = self.0.len().saturating_sub(1).saturating_mul(percent).div_ceil(100);
        self.0.get(at).copied().unwrap_or_default()
    }

    /// How many are above this.
    pub fn above(&self, limit: Duration) -> usize {
        self.0.iter().filter(|late| **late > limit).count()
    }

    /// Those of another run, too.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} calls ({} succeeded, {} failed maybe sent, {} failed not sent, {} cancelled; {} \
             repeated)",
            self.calls,
            self.succeeded,
            self.maybe_sent,
            self.not_sent,
            self.cancelled,
            self.repeated
        )
    }
}

/// Joins what the callers were told with what the server saw. `deadline` is the limit of calls that
/// have none of their own; `refused` says of a request whether its answer was a 429.
pub fn judge(
    told: &[Told],
    log: &Log,
    deadline: Duration,
    refused: impl Fn(Sighting) -> bool,
) -> Verdict {
    let sightings = log.sightings();
    let mut verdict = Verdict { calls: told.len(), ..Verdict::default() };
    for told in told {
        let seen = sightings.get(told.asked.id.as_str()).map_or(&[][..], Vec::as_slice);
        verdict.repeated = verdict.repeated.saturating_add(usize::from(seen.len() > 1));
        let limit = told.asked.deadline.unwrap_or(deadline);
        if let Some(late) = told.elapsed.checked_sub(limit) {
            verdict.lateness.add(late);
        }
        let once = matches!(told.asked.method, Method::POST | Method::PATCH);
        if once && seen.iter().rev().skip(1).any(|sighting| !refused(*sighting)) {
            verdict.duplicates.push(format!("seen at {seen:?}: {told:?}"));
        }
        let counter = match &told.ended {
            Ended::Dropped => &mut verdict.cancelled,
            Ended::Person(id) => {
                if *id != told.asked.id || seen.is_empty() {
                    verdict.crossed.push(format!("{told:?}"));
                }
                &mut verdict.succeeded
            }
            Ended::Error(error) => {
                if !error.may_have_been_sent() && !seen.is_empty() {
                    verdict.lies.push(format!("seen at {seen:?}: {told:?}"));
                }
                match (error.kind(), error.may_have_been_sent()) {
                    (ErrorKind::Cancelled, _) => &mut verdict.cancelled,
                    (_, true) => &mut verdict.maybe_sent,
                    (_, false) => &mut verdict.not_sent,
                }
            }
        };
        *counter = counter.saturating_add(1);
    }
    let asked: BTreeSet<_> = told.iter().map(|told| told.asked.id.as_str()).collect();
    verdict.unknown =
        sightings.keys().filter(|id| !asked.contains(*id)).map(ToString::to_string).collect();
    verdict
}

/// The first of many problems, for people: the others are most often alike.
pub fn some(problems: &[String]) -> String {
    let first: Vec<_> = problems.iter().take(5).map(String::as_str).collect();
    format!("{} in all, such as {}", problems.len(), first.join(", "))
}

impl Verdict {
    /// Those of another run, too.
    pub fn extend(&mut self, other: Self) {
        for (mine, other) in [
            (&mut self.calls, other.calls),
            (&mut self.succeeded, other.succeeded),
            (&mut self.cancelled, other.cancelled),
            (&mut self.maybe_sent, other.maybe_sent),
            (&mut self.not_sent, other.not_sent),
            (&mut self.repeated, other.repeated),
        ] {
            *mine = mine.saturating_add(other);
        }
        for (mine, other) in [
            (&mut self.crossed, other.crossed),
            (&mut self.lies, other.lies),
            (&mut self.duplicates, other.duplicates),
            (&mut self.unknown, other.unknown),
        ] {
            mine.extend(other);
        }
        self.lateness.extend(other.lateness);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A test says what is wrong by failing.
    use std::{
        io::{Read as _, Write as _},
        net::TcpStream,
    };

    use clerk_fault_server::{Plan, Server, Step};
    use clerk_hyper::{Error, Failure, FailureKind, Reach};

    use super::*;
    use crate::storm::Asked;

    /// What a server saw to which these ids were sent.
    fn seen(ids: &[&str]) -> Log {
        let plan = Plan::always(vec![Step::ReadRequest, Step::Echo, Step::Fin]);
        let server = Server::start(plan).unwrap();
        for id in ids {
            let mut client = TcpStream::connect(server.address()).unwrap();
            write!(client, "POST / HTTP/1.1\r\nx-request-id: {id}\r\n\r\n").unwrap();
            client.read_to_end(&mut Vec::new()).unwrap();
        }
        server.finish()
    }

    #[test]
    fn lies_are_noticed() {
        let log = seen(&["a", "a", "b", "stray"]);
        let error = |reach| Ended::Error(Error::from(Failure::new(FailureKind::Closed, reach, "")));
        let found = |id: &str, ended, refused: bool| {
            let second = Duration::from_secs(1);
            let told = Told { asked: Asked::post(id.to_owned()), elapsed: 3 * second, ended };
            let verdict = judge(&[told], &log, second, |_| refused);
            assert_eq!(verdict.lateness.above(second), 1);
            assert!(verdict.unknown.contains(&"stray".to_owned()));
            [verdict.crossed, verdict.lies, verdict.duplicates].map(|list| list.len())
        };
        assert_eq!(found("b", Ended::Person("b".to_owned()), false), [0, 0, 0]);
        assert_eq!(found("b", error(Reach::MaybeSent), false), [0, 0, 0]);
        assert_eq!(found("c", error(Reach::NotSent), false), [0, 0, 0]);
        assert_eq!(found("b", Ended::Person("a".to_owned()), false), [1, 0, 0], "somebody else's");
        assert_eq!(found("c", Ended::Person("c".to_owned()), false), [1, 0, 0], "never asked");
        assert_eq!(found("b", error(Reach::NotSent), false), [0, 1, 0], "it was sent");
        assert_eq!(found("a", error(Reach::MaybeSent), false), [0, 0, 1], "sent twice");
        assert_eq!(found("a", error(Reach::MaybeSent), true), [0, 0, 0], "refused, and sent again");
    }
}
