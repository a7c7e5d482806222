//! What a test prints of a promise.

/// Whether the promises are to be measured in full, and not only as far as every change needs.
pub fn is_full() -> bool {
    std::env::var_os("CLERK_PROMISES").is_some_and(|value| value == "full")
}

/// What was measured of a promise, and all that speaks against it.
#[derive(Debug)]
pub struct Figure {
    number: u8,
    against: Vec<String>,
}

impl Figure {
    /// Of the promise with this number.
    pub fn of(number: u8) -> Self {
        Self { number, against: Vec::new() }
    }

    /// Something that the promise does not allow, unless `allowed`.
    pub fn require(&mut self, allowed: bool, otherwise: impl FnOnce() -> String) {
        if !allowed {
            self.against.push(otherwise());
        }
    }

    /// Whether anything speaks against the promise so far.
    pub fn fails(&self) -> bool {
        !self.against.is_empty()
    }

    /// Prints the figure as one that was not judged, and why not: on a machine that is too busy, for
    /// example. What speaks against the promise is printed, and nothing fails.
    pub fn report(self, figure: &str, why: &str) {
        let Self { number, against } = self;
        let against: String = against.iter().map(|problem| format!("; {problem}")).collect();
        println!("P{number:02} reported: {figure} (not judged: {why}){against}");
    }

    /// Prints the figure.
    ///
    /// # Panics
    ///
    /// If anything speaks against the promise: a test that measures is one that fails.
    #[track_caller]
    #[allow(clippy::panic)] // See above.
    pub fn print(self, figure: &str) {
        let Self { number, against } = self;
        if against.is_empty() {
            println!("P{number:02} holds: {figure}");
        } else {
            println!("P{number:02} FAILS: {figure}; {}", against.join("; "));
            panic!("P{number:02}: {} things against it:\n{}", against.len(), against.join("\n"));
        }
    }
}
