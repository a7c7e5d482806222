//! P05: no secret in any text, and none at any other host.
//!
//! Each kind of secret has a marker of its own. They are looked for in what `Debug` and `Display` give of everything
//! that holds one, in all that the libraries tell through `tracing` and `log` at every level, in panic messages, and in
//! what servers read that are not the configured one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test says what is wrong by failing.
use std::{error::Error as StdError, fmt::Debug};

use clerk_promises::Canaries;

mod elsewhere;
mod telling;
mod values;

/// What was looked through, and what was found.
#[derive(Debug, Default)]
struct Search {
    canaries: Canaries,
    texts: usize,
    bytes: usize,
    found: Vec<String>,
}

impl Search {
    fn text(&mut self, place: &str, text: &str) {
        self.texts += 1;
        self.bytes += text.len();
        for kind in self.canaries.found(text) {
            let cut: String = text.chars().take(300).collect();
            self.found.push(format!("{kind} in {place}: {cut}"));
        }
    }

    /// What a program could print of a value.
    fn value(&mut self, place: &str, value: &dyn Debug) {
        self.text(place, &format!("{value:?}"));
        self.text(place, &format!("{value:#?}"));
    }

    /// What a program could print of an error.
    fn error(&mut self, place: &str, error: &(dyn StdError + 'static)) {
        let mut next = Some(error);
        while let Some(error) = next {
            self.text(place, &error.to_string());
            self.value(place, &error);
            next = error.source();
        }
    }

    fn print(self, what: &str) {
        let mut figure = clerk_promises::Figure::of(5);
        for found in &self.found {
            figure.require(false, || found.clone());
        }
        figure.print(&format!(
            "{what}: {} kinds of secrets, {} texts, {} bytes searched, {} leaks",
            self.canaries.kinds(),
            self.texts,
            self.bytes,
            self.found.len()
        ));
    }
}
