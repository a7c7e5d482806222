//! HTTP/1.1 by hand, for one request on one connection.
use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use crate::Failure;

/// No answer of these servers is as long.
const MAX_ANSWER: u64 = 64 << 10;
/// More than enough on loopback.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The body, or the header that says the most if there is none.
    pub(crate) text: String,
}

/// An answer, as it came.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Received {
    /// The values of a header, which is named in small letters.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let found = self.headers.iter().filter(move |(found, _)| found == name);
        found.map(|(_, value)| &**value)
    }
}

/// Sends a request, and gives what is to be shown of the answer.
pub(crate) fn exchange(
    server: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&'static str, String)],
    body: &str,
) -> Result<Answer, Failure> {
    let answer = send(server, &server.to_string(), method, path, headers, body)?;
    let header = |name: &str| Some(format!("{name}: {}", answer.all(name).next()?));
    let text = if answer.body.is_empty() {
        header("www-authenticate").or_else(|| header("retry-after")).unwrap_or_default()
    } else {
        answer.body
    };
    Ok(Answer { status: answer.status, text })
}

/// Sends a request to a server by this name, and reads the answer until the server closes.
pub(crate) fn send(
    server: SocketAddr,
    host: &str,
    method: &str,
    path: &str,
    headers: &[(&'static str, String)],
    body: &str,
) -> Result<Received, Failure> {
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() {
        request.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    request.push_str("\r\n");
    request.push_str(body);

    let late = Instant::now() + PATIENCE;
    let mut stream = TcpStream::connect_timeout(&server, PATIENCE)?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(request.as_bytes())?;
    let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let left = late.saturating_duration_since(Instant::now());
        if left.is_zero() || answer.len() as u64 > MAX_ANSWER {
            return Err("the answer is too slow, or too long".into());
        }
        stream.set_read_timeout(Some(left))?;
        let count = stream.read(&mut piece)?;
        if count == 0 {
            return read(&answer);
        }
        answer.extend_from_slice(piece.get(..count).unwrap_or_default());
    }
}

fn read(answer: &[u8]) -> Result<Received, Failure> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Response::new(&mut headers);
    let length = match head.parse(answer)? {
        httparse::Status::Complete(length) => length,
        httparse::Status::Partial => return Err("the server closed before it had answered".into()),
    };
    let status = head.code.unwrap_or_default();
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let headers = head.headers.iter();
    let headers =
        headers.map(|header| (header.name.to_ascii_lowercase(), text(header.value))).collect();
    Ok(Received { status, headers, body: text(answer.get(length..).unwrap_or_default()) })
}
