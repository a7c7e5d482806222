//! A server that notes what it is asked, byte for byte, and answers as a test says.
use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use clerk_blocking::{Clerk, ClerkBuilder};

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// On which connection, from 0.
    pub(crate) connection: usize,
    /// How many requests came before it, on all connections.
    pub(crate) number: usize,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    /// Method, path and query.
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap().trim_end_matches(" HTTP/1.1")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            line.split_once(": ")
                .filter(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        })
    }
}

pub(crate) struct Server {
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Answers each request with what `answer` writes; the connection ends if that fails.
    pub(crate) fn writing(
        answer: impl Fn(&Seen, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&seen), Arc::new(answer));
        thread::spawn(move || {
            for (connection, stream) in listener.incoming().enumerate() {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                thread::spawn(move || serve(connection, stream?, &log, &*answer));
            }
        });
        Self { port, seen }
    }

    /// Answers each request with the bytes that `answer` gives.
    pub(crate) fn answering(answer: impl Fn(&Seen) -> String + Send + Sync + 'static) -> Self {
        Self::writing(move |request, stream| stream.write_all(answer(request).as_bytes()))
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn builder(&self) -> ClerkBuilder {
        Clerk::builder("sk_test_abc").base_url(self.url())
    }

    pub(crate) fn client(&self) -> Clerk {
        self.builder().build().unwrap()
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(
    connection: usize,
    mut stream: TcpStream,
    log: &Mutex<Vec<Seen>>,
    answer: &dyn Fn(&Seen, &mut TcpStream) -> io::Result<()>,
) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Ok(());
            }
        }
        let mut seen = Seen { connection, number: 0, head, body: Vec::new() };
        let length = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
        seen.body.resize(length, 0);
        reader.read_exact(&mut seen.body)?;
        {
            let mut log = log.lock().unwrap();
            seen.number = log.len();
            log.push(seen.clone());
        }
        answer(&seen, &mut stream)?;
    }
}

/// An answer with a body.
pub(crate) fn answer(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub(crate) fn ok(body: &str) -> String {
    answer("200 OK", body)
}

pub(crate) fn token(status: &str) -> String {
    format!(
        r#"{{"object":"actor_token","id":"act_1","status":"{status}","user_id":"user_1","actor":{{"sub":"user_2"}},"token":"secret","created_at":1,"updated_at":2}}"#
    )
}
