//! What is printed, and whether the bars were met.
use std::process::ExitCode;

/// What was missed.
#[derive(Debug, Default)]
pub(crate) struct Report {
    failed: bool,
}

impl Report {
    /// A bar on something that hardly varies.
    pub(crate) fn must(&mut self, what: &str, seen: f64, bar: f64) {
        if seen > bar {
            self.failed = true;
            println!("MISSED: {what}: {seen:.3}, and the bar is {bar}");
        }
    }

    /// A bar on something that varies with what else the machine does.
    pub(crate) fn should(&self, what: &str, seen: f64, bar: f64) {
        if seen > bar {
            println!(
                "WARNING: {what}: {seen:.3}, and the bar is {bar}; run it again on a quiet machine"
            );
        }
    }

    pub(crate) fn skip(&self, what: &str) {
        println!("== SKIPPED: {what}");
    }

    pub(crate) fn end(self) -> ExitCode {
        if self.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}

pub(crate) fn headline(columns: [&str; 4]) {
    let [name, a, b, c] = columns;
    println!("{name:<44}{a:>14}{b:>10}  {c}");
}

pub(crate) fn row(name: &str, value: f64, ratio: Option<f64>, remark: &str) {
    let ratio = ratio.map(|ratio| format!("{ratio:.3}")).unwrap_or_default();
    let value = if value >= 1000.0 { format!("{value:.0}") } else { format!("{value:.1}") };
    println!("{:<44}{value:>14}{ratio:>10}  {remark}", format!("  {name}"));
}
