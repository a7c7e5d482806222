//! What a server does with a connection.
use std::{fmt, sync::Arc, time::Duration};

/// What a server does with one connection, in order. After the last step it closes in order.
pub type Script = Vec<Step>;

/// One thing that a server does.
#[derive(Clone, Debug)]
pub enum Step {
    /// As the first step on a server that speaks TLS: there is no handshake, and the rest of the script
    /// goes over the bare connection.
    Bare,
    /// Reads what comes, once. If a whole head is among it, the request counts as seen.
    Read,
    /// Reads one request with its body, which must have a `content-length`. Ends the connection if
    /// the client does.
    ReadRequest,
    /// Reads the head of a request and leaves the body where it is.
    ReadHead,
    /// Writes this.
    Write(Vec<u8>),
    /// Answers with a person whose id is the `x-request-id` of the last request.
    Echo,
    /// The same, with this behind it in one piece.
    EchoAnd(Vec<u8>),
    /// Writes this again and again, until the client goes away or 256 MiB are written.
    WriteForever(Vec<u8>),
    /// Writes this again and again, one byte at a time, with so much time between two.
    Drip(Vec<u8>, Duration),
    /// Does nothing until the client goes away.
    Stall,
    /// Tells the client that nothing more will come, and reads until it goes away.
    Drain,
    /// Closes in order.
    Fin,
    /// Resets.
    Reset,
    /// Begins again with the first step.
    Again,
}

/// The scripts of a server: the first connection gets the first one, and so on; the last one
/// serves all connections that follow.
#[derive(Clone, Default)]
pub struct Plan {
    /// Shared with the connections: who counts memory does not count copies of what a server writes.
    scripts: Vec<Arc<Script>>,
    made: Option<Arc<dyn Fn(usize) -> Script + Send + Sync>>,
    pub(crate) brief: bool,
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan").field("scripts", &self.scripts).finish_non_exhaustive()
    }
}

impl Plan {
    /// One script for every connection.
    pub fn always(script: Script) -> Self {
        Self { scripts: vec![Arc::new(script)], ..Self::default() }
    }

    /// The script that this gives for the number of the connection, which counts from 0.
    pub fn made(script: impl Fn(usize) -> Script + Send + Sync + 'static) -> Self {
        Self { made: Some(Arc::new(script)), ..Self::default() }
    }

    /// Another script for the connections after those that have one.
    #[must_use]
    pub fn then(mut self, script: Script) -> Self {
        self.scripts.push(Arc::new(script));
        self
    }

    /// Answers every request on every connection with these bytes.
    pub fn answering(answer: Vec<u8>) -> Self {
        Self::always(vec![Step::ReadRequest, Step::Write(answer), Step::Again])
    }

    /// Counts what happens, and writes none of it down: for more requests than fit into memory.
    #[must_use]
    pub fn brief(mut self) -> Self {
        self.brief = true;
        self
    }

    pub(crate) fn script(&self, connection: usize) -> Arc<Script> {
        if let Some(made) = &self.made {
            return Arc::new(made(connection));
        }
        self.scripts.get(connection).or(self.scripts.last()).cloned().unwrap_or_default()
    }
}

/// A well-formed answer with a JSON body.
pub fn answer(status: u16, body: &str) -> Vec<u8> {
    answer_with(status, "content-type: application/json\r\n", body.as_bytes())
}

/// A well-formed answer with these header lines, each with its line end, and a body.
pub fn answer_with(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut answer =
        format!("HTTP/1.1 {status} As Asked\r\n{headers}content-length: {}\r\n\r\n", body.len())
            .into_bytes();
    answer.extend_from_slice(body);
    answer
}

/// The JSON of a [`Person`](crate::Person).
pub fn person(id: &str) -> String {
    format!(r#"{{"object":"user","id":"{id}"}}"#)
}
