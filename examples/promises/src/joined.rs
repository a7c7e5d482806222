//! The table of faults, run on each transport, and joined.
use std::{
    error::Error as StdError,
    num::NonZero,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use clerk_fault_server::{Outcome, Plan, Row, Server, answer, rows};
use clerk_hyper::{Error, FailureKind};
use http::Method;

use crate::{Driver, page::in_words};

/// How many rows run at the same time: most of them wait.
const AT_ONCE: NonZero<usize> = NonZero::new(6).unwrap();

/// A row, and what came of it.
#[derive(Debug)]
pub struct Joined {
    /// The row.
    pub row: Row,
    /// What came of it, in the order of [`Driver::ALL`].
    pub cells: [Cell; 3],
}

/// What came of a row on one transport.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The result of each call, in a few words.
    pub results: Vec<String>,
    /// How often the client tried in all, with three attempts and a GET; `None` where the row is
    /// about something else.
    pub get: Option<u32>,
    /// The same with a POST.
    pub post: Option<u32>,
}

/// What came of all rows.
#[derive(Debug)]
pub struct Table {
    /// Row by row.
    pub rows: Vec<Joined>,
    /// What is not as it must be.
    pub problems: Vec<String>,
    /// How many rows were run in all: each on each transport, and again for each method.
    pub runs: usize,
}

type AnyError = Box<dyn StdError + Send + Sync>;

impl Table {
    /// Runs all rows on all transports: about half a minute.
    ///
    /// # Errors
    ///
    /// If this machine does not have what the rows need.
    pub fn run() -> Result<Self, AnyError> {
        let elsewhere = Server::start(Plan::answering(answer(200, "{}")))?;
        let rows = rows(&elsewhere.address().to_string());
        let (next, runs) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let cells = Mutex::new(vec![<[Cell; 3]>::default(); rows.len()]);
        let problems = Mutex::new(Vec::new());
        let work = || {
            loop {
                let job = next.fetch_add(1, Relaxed);
                let (number, driver) = (job / Driver::ALL.len(), job % Driver::ALL.len());
                let (Some(row), Some(&which)) = (rows.get(number), Driver::ALL.get(driver)) else {
                    return;
                };
                let run = |row: &Row| {
                    runs.fetch_add(1, Relaxed);
                    which.run_row(row)
                };
                let (cell, mut wrong) = fill(row, run).unwrap_or_else(|error| {
                    let problem = format!("row {} ({}): {error}", row.number, row.name);
                    (Cell::default(), vec![problem])
                });
                wrong.iter_mut().for_each(|problem| *problem = format!("{which}: {problem}"));
                let mut cells = cells.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(place) = cells.get_mut(number).and_then(|cells| cells.get_mut(driver)) {
                    *place = cell;
                }
                problems.lock().unwrap_or_else(PoisonError::into_inner).append(&mut wrong);
            }
        };
        thread::scope(|scope| {
            for _ in 0..AT_ONCE.get() {
                scope.spawn(work);
            }
        });
        let cells = cells.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut problems = problems.into_inner().unwrap_or_else(PoisonError::into_inner);
        let followed = elsewhere.finish().connections();
        if followed > 0 {
            problems.push(format!("{followed} redirects were followed"));
        }
        let rows: Vec<_> =
            rows.into_iter().zip(cells).map(|(row, cells)| Joined { row, cells }).collect();
        Ok(Self { rows, problems, runs: runs.into_inner() })
    }
}

fn fill(
    row: &Row,
    run: impl Fn(&Row) -> Result<crate::Run, AnyError>,
) -> Result<(Cell, Vec<String>), AnyError> {
    let done = run(row)?;
    let mut problems = row.problems(&done.outcomes, &done.log);
    let mut tries = |method| -> Result<Option<u32>, AnyError> {
        let Some(row) = row.repeated(method) else { return Ok(None) };
        let done = run(&row)?;
        problems.extend(row.problems(&done.outcomes, &done.log));
        Ok(done.outcomes.first().and_then(Outcome::error).map(Error::attempts))
    };
    let (get, post) = (tries(&Method::GET)?, tries(&Method::POST)?);
    let results = done.outcomes.iter().map(result).collect();
    Ok((Cell { results, get, post }, problems))
}

/// The typed result, in a few words.
fn result(outcome: &Outcome) -> String {
    match &outcome.result {
        None => "dropped".to_owned(),
        Some(Ok(Some(person))) => format!("`{}`", person.id),
        Some(Ok(None)) => "`()`".to_owned(),
        Some(Err(error)) => {
            let kind = match (error.timeout(), error.failure()) {
                (Some(phase), _) => in_words(FailureKind::Timeout(phase)),
                (None, Some(failure)) => in_words(failure.kind),
                (None, None) => format!("{:?}", error.kind()),
            };
            let mut text = format!("`{kind}`");
            if let Some(status) = error.status() {
                text += &format!(", status {}", status.as_u16());
            }
            if let Some(time) = error.retry_after() {
                text += &match time.as_secs() {
                    u64::MAX => ", come back never".to_owned(),
                    seconds => format!(", come back in {seconds} s"),
                };
            }
            text + if error.may_have_been_sent() { "" } else { ", not sent" }
        }
    }
}
