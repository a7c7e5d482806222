//! A network and a server that misbehave, as a seed says.
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use clerk_core::{FailureKind, Phase};
use http::Response;

use crate::world::{Dice, START};

/// What becomes of a request.
#[derive(Clone, Debug)]
pub(crate) enum Fate {
    /// Not a byte of it leaves, and the transport knows.
    Unsent(FailureKind, Duration),
    /// It is lost on the way, and the transport does not know.
    Lost(FailureKind, Duration),
    /// It reaches the server after this time, and the answer is back after that.
    Served { there: Duration, back: Duration, plan: Plan, end: End },
}

/// How much of an answer arrives.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Whole,
    /// The head.
    Cut(FailureKind),
    Lost(FailureKind),
}

/// What the server says, and whether it does the work.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Plan {
    /// It does, and says so.
    Fine,
    Status {
        status: u16,
        hint: Option<Hint>,
        /// A 503 is no proof that nothing happened.
        works: bool,
    },
    /// It does, and says something that nobody understands.
    Garbage,
    /// It does, and compresses what it says although nobody asked for that.
    Zipped,
    /// It does not, and sends the caller elsewhere.
    Redirect,
}

/// `Retry-After`, in one of its forms.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Hint {
    Seconds(u64),
    /// A date that many seconds after the one in `Date`.
    Dated(u64),
    /// The same without a `Date`: what it means depends on the caller's wall clock.
    Undated(u64),
    /// Nothing that can be read, or more than one.
    Odd(&'static str),
    /// A number beyond all times.
    Endless,
}

impl Plan {
    pub(crate) fn works(&self) -> bool {
        match self {
            Self::Fine | Self::Garbage | Self::Zipped => true,
            Self::Status { works, .. } => *works,
            Self::Redirect => false,
        }
    }

    /// The answer, if `body` is what a good one says. `now` is on the server's clock.
    pub(crate) fn answer(&self, now: Duration, body: &str) -> Response<Bytes> {
        let text = |text: &str| Bytes::copy_from_slice(text.as_bytes());
        let (builder, body) = match self {
            Self::Fine => (Response::builder(), text(body)),
            Self::Garbage => (Response::builder(), text("<html>maintenance")),
            Self::Zipped => (Response::builder().header("content-encoding", "gzip"), text(body)),
            Self::Redirect => {
                let location = "https://elsewhere.example/";
                (Response::builder().status(302).header("location", location), text(""))
            }
            Self::Status { status, hint, .. } => {
                let date = |seconds: u64| {
                    let at = UNIX_EPOCH + Duration::from_secs(START + now.as_secs() + seconds);
                    httpdate::fmt_http_date(at)
                };
                let builder = Response::builder().status(*status);
                let builder = match hint {
                    None => builder,
                    Some(Hint::Seconds(seconds)) => builder.header("retry-after", *seconds),
                    Some(Hint::Dated(seconds)) => {
                        builder.header("retry-after", date(*seconds)).header("date", date(0))
                    }
                    Some(Hint::Undated(seconds)) => builder.header("retry-after", date(*seconds)),
                    Some(Hint::Odd("two")) => {
                        builder.header("retry-after", 1).header("retry-after", 2)
                    }
                    Some(Hint::Odd(odd)) => builder.header("retry-after", *odd),
                    Some(Hint::Endless) => builder.header("retry-after", "99999999999999999999"),
                };
                (builder, text(r#"{"errors":[{"code":"as_the_script_says"}]}"#))
            }
        };
        builder.body(body).unwrap()
    }
}

/// How bad it is.
#[derive(Clone, Debug)]
pub(crate) struct Weather {
    /// Of a hundred requests, how many meet trouble.
    pub(crate) trouble: u64,
    /// Of these, how many are throttled.
    pub(crate) throttled: u64,
    /// The longest that one way takes if all is well, in milliseconds.
    pub(crate) latency: u64,
    /// When the server is down.
    pub(crate) outages: Vec<(Duration, Duration)>,
    /// Whether there are hints that depend on the wall clock.
    pub(crate) undated: bool,
}

impl Weather {
    /// Weather for a world that goes on for so many milliseconds.
    pub(crate) fn new(dice: &mut Dice, length: u64) -> Self {
        let outages = (0..dice.below(3)).map(|_| {
            let from = dice.time(length);
            (from, from + dice.time(length / 4))
        });
        let outages = outages.collect();
        Self {
            trouble: dice.pick(&[0, 10, 30, 60, 95, 100]),
            throttled: dice.pick(&[5, 30, 90]),
            latency: dice.pick(&[1, 20, 200, 2000]),
            outages,
            undated: false,
        }
    }

    /// Nothing goes wrong.
    pub(crate) fn calm(latency: u64) -> Self {
        Self { trouble: 0, throttled: 0, latency, outages: Vec::new(), undated: false }
    }

    pub(crate) fn fate(&self, dice: &mut Dice, now: Duration) -> Fate {
        let (there, back) = (dice.time(self.latency), dice.time(self.latency));
        let served = |plan, end| Fate::Served { there, back, plan, end };
        let whole = |plan| served(plan, End::Whole);
        let never = Duration::from_secs(1 << 30);
        if self.outages.iter().any(|(from, to)| (*from..*to).contains(&now)) {
            return match dice.below(4) {
                0 => Fate::Unsent(FailureKind::Connect, there),
                1 => Fate::Unsent(FailureKind::Timeout(Phase::Connect), never),
                2 => Fate::Lost(FailureKind::Timeout(Phase::Headers), never),
                _ => whole(Plan::Status { status: 503, hint: None, works: false }),
            };
        }
        if !dice.percent(self.trouble) {
            return whole(Plan::Fine);
        }
        if dice.percent(self.throttled) {
            return whole(Plan::Status { status: 429, hint: self.hint(dice), works: false });
        }
        match dice.below(18) {
            0 => Fate::Unsent(FailureKind::Connect, there),
            1 => Fate::Unsent(FailureKind::Timeout(Phase::Connect), Duration::from_secs(3)),
            2 => Fate::Unsent(FailureKind::Tls, there),
            3 => Fate::Lost(FailureKind::Closed, there),
            4 => Fate::Lost(FailureKind::Timeout(Phase::Headers), never),
            5 | 6 => served(Plan::Fine, End::Lost(FailureKind::Closed)),
            // It arrives, and the answer takes longer than anybody waits.
            7 => Fate::Served { there, back: never, plan: Plan::Fine, end: End::Whole },
            // It arrives when nobody waits any more.
            8 => Fate::Served { there: dice.time(60_000), back, plan: Plan::Fine, end: End::Whole },
            9 => served(Plan::Fine, End::Cut(FailureKind::Closed)),
            10 => served(Plan::Fine, End::Lost(FailureKind::Protocol)),
            11 => served(Plan::Fine, End::Cut(FailureKind::TooLarge)),
            12 => whole(Plan::Garbage),
            13 => whole(if dice.percent(50) { Plan::Zipped } else { Plan::Redirect }),
            14 => {
                let status = dice.pick(&[400, 401, 404, 409, 422, 501]);
                whole(Plan::Status { status, hint: None, works: false })
            }
            _ => {
                let status = dice.pick(&[408, 425, 500, 502, 503, 504]);
                let hint = if dice.percent(20) { self.hint(dice) } else { None };
                whole(Plan::Status { status, hint, works: dice.percent(50) })
            }
        }
    }

    fn hint(&self, dice: &mut Dice) -> Option<Hint> {
        let seconds = dice.pick(&[0, 1, 2, 3, 7, 19, 20, 21, 60, 3600]);
        match dice.below(8) {
            0 | 1 => None,
            2 => Some(Hint::Dated(seconds)),
            3 if self.undated => Some(Hint::Undated(seconds)),
            4 => Some(Hint::Odd(dice.pick(&["-5", "soon", "1.5", "+3", "12, 13", "two"]))),
            5 if dice.percent(30) => Some(Hint::Endless),
            _ => Some(Hint::Seconds(seconds)),
        }
    }
}
