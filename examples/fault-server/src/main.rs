//! Opens every row of the table and says where it is, for clients in other languages and for a look
//! by hand (`curl -v`). Ends with its standard input.
use std::{
    error::Error,
    io::{self, Write as _},
};

use clerk_fault_server::{Plan, Server, answer, rows};

fn main() -> Result<(), Box<dyn Error>> {
    let elsewhere = Server::start(Plan::answering(answer(200, "{}")))?;
    let mut out = io::stdout().lock();
    writeln!(out, "elsewhere, where redirects point to: {}", elsewhere.base_url())?;
    let mut open = Vec::new();
    for row in rows(&elsewhere.address().to_string()) {
        match row.open() {
            Ok(site) => {
                writeln!(out, "{:2} {} {}", row.number, site.base_url(), row.name)?;
                for call in &row.calls {
                    writeln!(out, "   {} -> {:?}", call.method, call.expected)?;
                }
                open.push(site);
            }
            Err(problem) => {
                writeln!(out, "{:2} not to be had here ({problem}): {}", row.number, row.name)?;
            }
        }
    }
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
