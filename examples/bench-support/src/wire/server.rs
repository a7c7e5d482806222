//! The server: two answers that are ready, one thread for each connection.
//!
//! It uses std only, so that no benchmark brings an HTTP server, or a runtime, into the tree of the
//! crate that it measures.
use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::ExitCode,
    sync::Arc,
    thread,
};

use crate::answers;

struct Answers {
    token: Vec<u8>,
    users: Vec<u8>,
}

/// Says its address and serves until its standard input ends, so that it never outlives who started
/// it.
pub(super) fn serve() -> ExitCode {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    println!("{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let answers = Arc::new(Answers {
            token: with_head(&answers::actor_token()),
            users: with_head(&answers::users()),
        });
        for stream in listener.incoming() {
            let answers = Arc::clone(&answers);
            // An error is a client that went away.
            thread::spawn(move || stream.and_then(|stream| converse(&stream, &answers)));
        }
    });
    let _ = io::copy(&mut io::stdin(), &mut io::sink());
    ExitCode::SUCCESS
}

fn with_head(body: &[u8]) -> Vec<u8> {
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend_from_slice(body);
    answer
}

fn converse(mut stream: &TcpStream, answers: &Answers) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut input = BufReader::new(stream);
    let mut line = String::new();
    while input.read_line(&mut line)? > 0 {
        let answer: &[u8] = match line.trim_end() {
            "POST /v1/actor_tokens HTTP/1.1" => &answers.token,
            "GET /v1/users?limit=100 HTTP/1.1" => &answers.users,
            _ => b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
        };
        let (mut length, mut has_key) = (0, false);
        loop {
            line.clear();
            input.read_line(&mut line)?;
            let Some((name, value)) = line.split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap_or(0);
            }
            has_key |= name.eq_ignore_ascii_case("authorization");
        }
        line.clear();
        let received = io::copy(&mut input.by_ref().take(length), &mut io::sink())?;
        let complete = has_key && received == length && (length > 60 || length == 0);
        stream.write_all(if complete {
            answer
        } else {
            b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"
        })?;
    }
    Ok(())
}
