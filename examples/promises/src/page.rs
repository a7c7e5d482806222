//! The joined table, as a page for people.
use std::fmt::Write as _;

use clerk_fault_server::{Expected, Row};
use clerk_hyper::FailureKind;

use crate::{Cell, Driver, Joined, Table};

/// The page that the table is shown on.
pub const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../core/docs/what-can-go-wrong.md");
/// What stands between the text that people wrote and what is made from the table.
const MARK: &str = "<!-- made from the table of faults: cargo run -p clerk-promises -->\n";

/// A page's part that people wrote, with the mark at its end, and what is made from the table.
pub fn marked(page: &str) -> Option<(&str, &str)> {
    page.split_at_checked(page.find(MARK)?.saturating_add(MARK.len()))
}

/// Which faults belong together.
const PARTS: [(&str, std::ops::RangeInclusive<u8>); 8] = [
    ("Connections and time", 1..=10),
    ("Answers that are not as HTTP wants them", 11..=27),
    ("Answers that are not what they should be", 28..=37),
    ("When to come back", 38..=41),
    ("Redirects", 42..=42),
    ("Connections that are used again", 43..=43),
    ("TLS", 44..=44),
    ("Callers who give up, or have no time left", 45..=46),
];

impl Table {
    /// What the transports give for each fault, in Markdown. Where they differ, both are named.
    pub fn page(&self) -> String {
        let mut page = String::new();
        for (title, numbers) in PARTS {
            // Writing to a string does not fail.
            let _ = write!(
                page,
                "\n## {title}\n\n| | the server | you get | GET | POST |\n|--:|---|---|--:|--:|\n"
            );
            let mut lines: Vec<Line> = Vec::new();
            for joined in self.rows.iter().filter(|joined| numbers.contains(&joined.row.number)) {
                let line = joined.line();
                if !lines.last_mut().is_some_and(|last| last.take(&line)) {
                    lines.push(line);
                }
            }
            for Line { number, names, results, get, post } in lines {
                let (names, results) = (names.join("; "), results.join(", or "));
                let _ = writeln!(page, "| {number} | {names} | {results} | {get} | {post} |");
            }
        }
        page
    }
}

/// One line of the page: what has one number and one result, or one name.
struct Line {
    number: u8,
    names: Vec<&'static str>,
    results: Vec<String>,
    /// How often a GET was tried.
    get: String,
    post: String,
}

impl Line {
    /// Takes another one in, if it fits.
    fn take(&mut self, other: &Self) -> bool {
        let fits = self.number == other.number && self.get == other.get && self.post == other.post;
        if fits && self.results == other.results {
            self.names.extend(
                other
                    .names
                    .iter()
                    .filter(|name| !self.names.contains(name))
                    .copied()
                    .collect::<Vec<_>>(),
            );
            true
        } else if fits && self.names == other.names {
            self.results.extend_from_slice(&other.results);
            true
        } else {
            false
        }
    }
}

impl Joined {
    fn line(&self) -> Line {
        let line = |result, get, post| Line {
            number: self.row.number,
            names: vec![self.row.name],
            results: vec![result],
            get,
            post,
        };
        let [hyper, .., blocking] = &self.cells;
        let either = |of: fn(&Cell) -> String| {
            let (ours, theirs) = (of(hyper), of(blocking));
            if ours == theirs { ours } else { format!("hyper: {ours}; blocking: {theirs}") }
        };
        if let Some(why) = self.row.varies {
            return line(format!("{}; {why}", allowed(&self.row)), String::new(), String::new());
        }
        let tries = |tries: Option<u32>| tries.map(|tries| tries.to_string()).unwrap_or_default();
        let both = |of: fn(&Cell) -> Option<u32>| {
            let (ours, theirs) = (tries(of(hyper)), tries(of(blocking)));
            if ours == theirs { ours } else { format!("{ours} or {theirs}") }
        };
        let results = either(|cell| cell.results.join(", then "));
        line(results, both(|cell| cell.get), both(|cell| cell.post))
    }

    /// What is different between the transports and should not be: where no reason is listed.
    pub fn difference(&self) -> Option<String> {
        let [one, several, blocking] = &self.cells;
        // A future is dropped; a thread goes on until its attempt ends.
        let given_up = self.row.calls.iter().any(|call| call.cancelled.is_some());
        let differs = one != several || !given_up && one != blocking;
        (differs && self.row.varies.is_none()).then(|| {
            let cells = Driver::ALL.iter().zip(&self.cells).map(|(driver, cell)| {
                format!("{driver}: {:?}, GET {:?}, POST {:?}", cell.results, cell.get, cell.post)
            });
            let cells: Vec<_> = cells.collect();
            format!("row {} ({}): {}", self.row.number, self.row.name, cells.join("; "))
        })
    }
}

/// The kinds of failure that a row allows.
fn allowed(row: &Row) -> String {
    let kinds = row.calls.iter().filter_map(|call| match &call.expected {
        Expected::Failure { kinds, .. } => Some(kinds),
        _ => None,
    });
    let kinds: Vec<_> = kinds.flatten().map(|kind| format!("`{}`", in_words(*kind))).collect();
    kinds.join(" or ")
}

/// As an error's kind is written in the table.
pub(crate) fn in_words(kind: FailureKind) -> String {
    match kind {
        FailureKind::Timeout(phase) => format!("Timeout({phase:?})"),
        kind => format!("{kind:?}"),
    }
}
