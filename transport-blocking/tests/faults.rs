//! Every row of the table of faults, over real sockets: the typed result, and what the server saw.
#![allow(clippy::unwrap_used, clippy::panic)] // A test says what is wrong by failing.
use std::time::Instant;

use clerk_blocking::{CallOptions, Clerk};
use clerk_fault_server::{
    CONNECT_TIMEOUT, MAX_RESPONSE_BODY, Outcome, Plan, Row, SECRET_KEY, Server, Site, Wants,
    answer, rows,
};

#[test]
fn every_fault_gives_the_result_of_its_row() {
    let elsewhere = Server::start(Plan::answering(answer(200, "{}"))).unwrap();
    let mut problems = Vec::new();
    for row in rows(&elsewhere.address().to_string()) {
        let site = row.open().unwrap();
        let outcomes = run(&row, &site);
        problems.extend(row.problems(&outcomes, &site.finish()));
    }
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
    assert_eq!(elsewhere.finish().connections(), 0, "a redirect was followed");
}

fn run(row: &Row, site: &Site) -> Vec<Outcome> {
    let clerk = Clerk::builder(SECRET_KEY)
        .base_url(site.base_url())
        .connect_timeout(CONNECT_TIMEOUT)
        .attempt_timeout(row.attempt_timeout)
        .deadline(row.deadline())
        .max_response_body(MAX_RESPONSE_BODY)
        .retry(row.retry())
        .build()
        .unwrap();
    let mut outcomes = Vec::new();
    for (number, call) in row.calls.iter().enumerate() {
        assert!(site.ready(call), "row {}: the server does not get ready", row.number);
        let options = CallOptions::new().header("x-request-id", &row.id(number));
        let start = Instant::now();
        let result = match call.wants {
            Wants::Person => clerk.call_with(call.person(), options).map(Some),
            Wants::Nothing => clerk.call_with(call.nothing(), options).map(|()| None),
        };
        outcomes.push(Outcome { result, elapsed: start.elapsed() });
    }
    outcomes
}
