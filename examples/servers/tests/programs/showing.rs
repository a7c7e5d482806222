//! What is not as it should be is told.
use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener},
};

use clerk_example_servers::{Ask, Failure, get, send_all, serve_beside};

/// What comes of a request to a server like this.
fn outcome(ask: Ask, serve: fn(TcpListener, ()) -> Result<(), Failure>) -> Result<(), String> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let server = serve_beside(serve, listener, ());
    send_all(&[ask], address, &[], &[server]).map_err(|error| error.to_string())
}

/// Answers one request.
fn hello(listener: TcpListener, (): ()) -> Result<(), Failure> {
    let (mut stream, _) = listener.accept()?;
    let head = BufReader::new(stream.try_clone()?).lines();
    for line in head {
        if line?.is_empty() {
            break;
        }
    }
    Ok(stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nhello")?)
}

#[test]
fn another_answer_is_an_error() {
    assert_eq!(outcome(get("/").gets(200, "hello"), hello), Ok(()));
    for (status, answer, told) in
        [(200, "hello, ann", "200 hello, ann"), (401, "hello", "401 hello"), (404, "", "404")]
    {
        let problem = format!("that is not as it should be: {told}");
        assert_eq!(outcome(get("/").gets(status, answer), hello), Err(problem));
    }
}

#[test]
fn a_server_that_has_ended_says_why() {
    let problem = outcome(get("/"), |_, ()| Err("it has no key".into()));
    assert_eq!(problem, Err("it has no key".to_owned()));
    let problem = outcome(get("/"), |listener, ()| {
        listener.accept()?; // and closed at once
        Ok(())
    });
    assert!(problem.unwrap_err().starts_with("GET / of nobody: "));
}
