//! The server does what its script says, writes it down, and ends; the table notices lies.
#![allow(clippy::unwrap_used, clippy::panic)] // A test says what is wrong by failing.
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use clerk_core::{Error, Failure, FailureKind, Reach};
use clerk_fault_server::{
    CANARY, Certificates, ClosedPort, End, Leaf, Log, Outcome, Person, Plan, Row, Server, Sighting,
    Step, answer, person, rows,
};

const REQUEST: &[u8] =
    b"POST /v1/users?a=b HTTP/1.1\r\nX-Request-Id: 7\r\ncontent-length: 2\r\n\r\n{}";

fn connect(server: &Server) -> TcpStream {
    let mut client = TcpStream::connect(server.address()).unwrap();
    client.write_all(REQUEST).unwrap();
    client
}

fn read(client: &mut TcpStream) -> Result<String, std::io::ErrorKind> {
    let mut text = String::new();
    client.read_to_string(&mut text).map_err(|error| error.kind())?;
    Ok(text)
}

#[test]
fn it_writes_down_what_happened() {
    let plan = Plan::always(vec![Step::ReadRequest, Step::Write(answer(200, "{}")), Step::Fin])
        .then(vec![Step::ReadRequest, Step::Reset])
        .then(vec![Step::ReadRequest, Step::Echo, Step::Again]);
    let server = Server::start(plan).unwrap();
    assert!(read(&mut connect(&server)).unwrap().ends_with("content-length: 2\r\n\r\n{}"));
    assert_eq!(read(&mut connect(&server)), Err(std::io::ErrorKind::ConnectionReset));
    let mut client = connect(&server);
    client.shutdown(std::net::Shutdown::Write).unwrap();
    assert!(read(&mut client).unwrap().ends_with(&person("7")));
    assert!(server.wait(|log| log.ended() == 3));

    let log = server.finish();
    assert_eq!(
        [0, 1, 2].map(|number| log.end(number)),
        [Some(End::Fin), Some(End::Reset), Some(End::Peer)]
    );
    assert_eq!((log.connections(), log.seen("7"), log.bytes_read()), (3, 3, 3 * REQUEST.len()));
    let request = log.requests().next().unwrap();
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/v1/users?a=b"));
    assert_eq!(request.body, b"{}");
}

#[test]
fn it_ends_its_connections_and_knows_what_had_arrived() {
    let server = Server::start(Plan::always(vec![Step::ReadRequest, Step::Stall])).unwrap();
    let mut clients: Vec<_> = (0..20).map(|_| connect(&server)).collect();
    let log = server.finish();
    assert_eq!((log.connections(), log.seen("7"), log.ended()), (20, 20, 20));
    for client in &mut clients {
        assert_eq!(read(client).unwrap_or_default(), "");
    }
}

#[test]
fn what_has_no_end_ends_with_the_server() {
    for step in [
        Step::WriteForever(b"endless".to_vec()),
        Step::Drip(b"drop".to_vec(), Duration::from_secs(3600)),
        Step::Drain,
    ] {
        let server = Server::start(Plan::always(vec![step])).unwrap();
        let client = connect(&server);
        assert!(server.wait(|log| log.connections() == 1));
        assert_eq!(server.finish().ended(), 1);
        drop(client);
    }
}

#[test]
fn scripts_can_be_made_for_each_connection() {
    let plan = Plan::made(|number| match number {
        0 => vec![Step::Read, Step::Reset],
        _ => vec![Step::ReadRequest, Step::EchoAnd(b"more".to_vec()), Step::Drain],
    });
    let server = Server::start(plan).unwrap();
    let (mut first, mut second) = (connect(&server), connect(&server));
    assert_eq!(read(&mut first), Err(std::io::ErrorKind::ConnectionReset));
    assert!(read(&mut second).unwrap().ends_with(&(person("7") + "more")));
    assert!(server.wait(|log| log.open() == 1));
    let log = server.finish();
    let at = |connection| Sighting { connection, nth: 0 };
    let mut seen = log.sightings().remove("7").unwrap();
    seen.sort_by_key(|sighting| sighting.connection);
    assert_eq!(seen, [at(0), at(1)]);
    assert_eq!((log.open(), log.request_count()), (0, 2));
}

#[test]
fn a_brief_log_counts() {
    let server = Server::start(Plan::always(vec![Step::ReadRequest, Step::Stall]).brief()).unwrap();
    let clients = [(); 3].map(|()| connect(&server));
    assert!(server.wait(|log| log.request_count() == 3));
    assert_eq!((server.log().open(), server.log().most_open()), (3, 3));
    drop(clients);
    let log = server.finish();
    assert_eq!((log.connections(), log.ended(), log.open(), log.most_open()), (3, 3, 0, 3));
    assert!(log.events().is_empty());
}

#[test]
fn a_tls_server_can_leave_out_the_handshake() {
    let config = Certificates::new().unwrap().server(Leaf::Good).unwrap();
    let plan = Plan::always(vec![Step::Bare, Step::ReadRequest, Step::Echo, Step::Fin]);
    let server = Server::start_tls(plan, config).unwrap();
    assert!(read(&mut connect(&server)).unwrap().ends_with(&person("7")));
    assert_eq!(server.finish().handshakes().count(), 0);
}

#[test]
fn a_closed_port_is_closed() {
    let port = ClosedPort::open().unwrap();
    let error = TcpStream::connect(port.address()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
}

/// The first row of a number that asks a server once.
fn row(number: u8) -> Row {
    rows("127.0.0.1:9")
        .into_iter()
        .find(|row| row.number == number && row.calls.len() == 1)
        .unwrap()
}

fn seen(row: &Row, times: usize) -> Log {
    let server = Server::start(Plan::always(vec![Step::ReadRequest])).unwrap();
    for _ in 0..times {
        let mut client = TcpStream::connect(server.address()).unwrap();
        let (id, key) = (row.id(0), clerk_fault_server::SECRET_KEY);
        write!(
            client,
            "GET / HTTP/1.1\r\nx-request-id: {id}\r\nauthorization: Bearer {key}\r\n\r\n"
        )
        .unwrap();
        read(&mut client).unwrap();
    }
    server.finish()
}

fn problems(
    row: &Row,
    result: Result<Option<Person>, Error>,
    elapsed: Duration,
    times: usize,
) -> usize {
    row.problems(&[Outcome { result: Some(result), elapsed }], &seen(row, times)).len()
}

#[test]
fn the_table_notices_lies() {
    let failed = |kind, reach, text: &str| Err(Failure::new(kind, reach, text).into());
    let row = row(4);
    let closed = |text: &str| failed(FailureKind::Closed, Reach::MaybeSent, text);
    assert_eq!(problems(&row, closed("gone"), Duration::ZERO, 1), 0);
    assert_eq!(problems(&row, closed("gone"), Duration::from_secs(30), 1), 1, "too late");
    assert_eq!(problems(&row, closed(CANARY), Duration::ZERO, 1), 1, "tells a secret");
    assert_eq!(problems(&row, closed("gone"), Duration::ZERO, 2), 2, "asked twice");
    assert_eq!(problems(&row, Ok(None), Duration::ZERO, 1), 1, "no error");
    assert_eq!(
        problems(&row, failed(FailureKind::Protocol, Reach::MaybeSent, ""), Duration::ZERO, 1),
        1,
        "another kind"
    );
    // The wrong reach, the id in the log, and bytes in the log.
    assert_eq!(
        problems(&row, failed(FailureKind::Closed, Reach::NotSent, ""), Duration::ZERO, 1),
        3,
        "it was sent"
    );
}
