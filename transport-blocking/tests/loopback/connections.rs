//! Connections: shared, kept, and given up.
use std::{
    io::{self, Write as _},
    net::Shutdown,
    sync::mpsc,
    thread,
};

use clerk_blocking::{Clerk, RawOperation};
use serde_json::{Value, json};

use crate::server::{Server, ok};

fn get(clerk: &Clerk, path: &'static str) -> Value {
    clerk.call(RawOperation::new(http::Method::GET, path)).unwrap()
}

#[test]
fn one_connection_serves_many_calls_and_all_clones() {
    let server = Server::answering(|_| ok("{}"));
    let clerk = server.client();
    for _ in 0..10 {
        get(&clerk, "/things");
        get(&clerk.clone(), "/others");
    }
    let seen = server.seen();
    assert_eq!(seen.len(), 20);
    assert!(seen.iter().all(|request| request.connection == 0));
}

#[test]
fn threads_share_a_client() {
    // Each answer tells what it is an answer to.
    let server = Server::answering(|request| ok(&format!("{:?}", request.line())));
    let clerk = server.client();
    let threads = ["a", "b", "c", "d"].map(|name| {
        let clerk = clerk.clone();
        thread::spawn(move || {
            for i in 0..50 {
                let value = clerk
                    .call(RawOperation::new(http::Method::GET, format!("/{name}/{i}")))
                    .unwrap();
                assert_eq!(value, json!(format!("GET /v1/{name}/{i}")));
            }
        })
    });
    for thread in threads {
        thread.join().unwrap();
    }
    let seen = server.seen();
    assert_eq!(seen.len(), 200);
    assert!(seen.iter().all(|request| request.connection < 4));
}

#[test]
fn a_name_is_looked_up() {
    let server = Server::answering(|_| ok("{}"));
    let clerk = Clerk::builder("sk_test_abc")
        .base_url(format!("http://localhost:{}", server.port))
        .build()
        .unwrap();
    get(&clerk, "/things");
    get(&clerk, "/things");
    assert_eq!(server.seen().iter().map(|request| request.connection).collect::<Vec<_>>(), [0, 0]);
}

#[test]
fn a_connection_that_the_server_closed_is_not_used_again() {
    let (sender, closed) = mpsc::channel();
    let server = Server::writing(move |_, stream| {
        stream.write_all(ok("{}").as_bytes())?;
        stream.shutdown(Shutdown::Both)?;
        sender.send(()).map_err(io::Error::other)
    });
    let clerk = server.client();
    for number in 0..3 {
        get(&clerk, "/things");
        closed.recv().unwrap();
        assert_eq!(server.seen().len(), number + 1);
    }
    assert_eq!(server.seen()[2].connection, 2);
}

#[test]
fn what_comes_after_an_answer_belongs_to_no_other() {
    let server =
        Server::answering(|request| if request.number == 0 { ok("1") + &ok("2") } else { ok("3") });
    let clerk = server.client();
    assert_eq!(get(&clerk, "/things"), json!(1));
    assert_eq!(get(&clerk, "/things"), json!(3));
    assert_eq!(server.seen()[1].connection, 1);
}
