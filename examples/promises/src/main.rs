//! Does every fault of the table to both transports, and writes what came of it into
//! `core/docs/what-can-go-wrong.md`, unless something is not as it must be.
use std::{error::Error, fs};

use clerk_promises::{PAGE, Table, marked};

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let table = Table::run()?;
    if !table.problems.is_empty() {
        return Err(table.problems.join("\n").into());
    }
    let page = fs::read_to_string(PAGE)?;
    let (written, _) = marked(&page).ok_or("the page has no mark")?;
    fs::write(PAGE, format!("{written}{}", table.page()))?;
    println!("{} rows, {} runs: {PAGE} is up to date", table.rows.len(), table.runs);
    Ok(())
}
