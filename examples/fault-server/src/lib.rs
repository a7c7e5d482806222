//! A local HTTP server that misbehaves, with a log of what it saw, and the table of what a client
//! must make of it.
//!
//! A [`Server`] listens on a free port of 127.0.0.1 and plays one [`Script`] per connection: read a
//! request, write these bytes, stall, close, reset. It writes down what it read and wrote, so that
//! a test compares what a client says with what happened:
//!
//! ```
//! use clerk_fault_server::{Plan, Server, Step};
//! use std::{io::{Read, Write}, net::TcpStream};
//!
//! let server = Server::start(Plan::always(vec![Step::ReadRequest, Step::Reset]))?;
//! let mut client = TcpStream::connect(server.address())?;
//! client.write_all(b"GET /v1/users HTTP/1.1\r\nx-request-id: 7\r\n\r\n")?;
//! assert!(client.read(&mut [0]).is_err());
//! let log = server.finish();
//! assert_eq!(log.requests().map(|request| request.id()).collect::<Vec<_>>(), [Some("7")]);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! [`rows`] is the table of faults, each with the result that a transport of this project must
//! give; every transport runs all of it. For one of your own it goes like this, with a call that drives
//! [`Call::person`], say, with [`Row::options`] (`examples/promises/src/driver.rs` does it for ours):
//!
//! ```
//! use clerk_fault_server::{Call, Outcome, Plan, Row, Server, Site, answer, rows};
//!
//! fn run(call: impl Fn(&Site, &Row, usize, &Call) -> Outcome) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
//!     let elsewhere = Server::start(Plan::answering(answer(200, "{}")))?;
//!     for row in rows(&elsewhere.address().to_string()) {
//!         loop {
//!             let site = row.open()?;
//!             let mut outcomes = Vec::new();
//!             for (number, next) in row.calls.iter().enumerate() {
//!                 assert!(site.ready(next)); // or a connection that is about to end is used
//!                 outcomes.push(call(&site, &row, number, next)); // one client for all calls of a row
//!             }
//!             let log = site.finish();
//!             if !row.missed(&outcomes, &log) { // or this run says nothing, and is to be done again
//!                 assert_eq!(row.problems(&outcomes, &log), [""; 0]);
//!                 break;
//!             }
//!         }
//!     }
//!     assert_eq!(elsewhere.finish().connections(), 0); // nobody followed a redirect
//!     Ok(())
//! }
//! ```
//!
//! Nothing here waits by sleeping: a stall is a read that ends when the client goes away or the
//! server is dropped, and dropping it ends its threads.

mod check;
mod connection;
mod log;
mod ports;
mod row;
mod script;
mod server;
mod site;
mod table;
mod tls;

pub use self::{
    check::Outcome,
    log::{End, Event, Log, Request, Sighting, What},
    ports::{BlackHole, ClosedPort},
    row::{Call, Expected, Person, Row, Stage, Status, Wants},
    script::{Plan, Script, Step, answer, answer_with, person},
    server::Server,
    site::{Place, Site},
    table::rows,
    tls::{Certificates, Leaf},
};

use std::time::Duration;

/// The key that clients of the table are built with: it must not show up in any text.
pub const SECRET_KEY: &str = "sk_test_CANARYcanaryCANARYcanary";
/// What no text of an error may contain: a part of [`SECRET_KEY`] and of bodies in the table.
pub const CANARY: &str = "CANARY";
/// The connect limit of the table's clients.
pub const CONNECT_TIMEOUT: Duration = Duration::from_millis(300);
/// The limit of an attempt in the rows that are about it.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(400);
/// The limit in the other rows: enough for what has to end by itself, in a debug build on a busy
/// machine too.
pub const AMPLE: Duration = Duration::from_secs(10);
/// The largest body that the table's clients take, in bytes.
pub const MAX_RESPONSE_BODY: usize = 1 << 20;
/// How much later than its limit a call may end, on a slow machine in a debug build.
pub const GRACE: Duration = Duration::from_millis(1500);
