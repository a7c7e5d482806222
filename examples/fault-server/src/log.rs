//! What a server saw and did.

/// What a server saw and did, in order.
#[derive(Clone, Debug, Default)]
pub struct Log {
    events: Vec<Event>,
}

/// One thing that happened on one connection.
#[derive(Clone, Debug)]
pub struct Event {
    /// The number of the connection, from 0 in the order of acceptance.
    pub connection: usize,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum What {
    /// The client connected.
    Accepted,
    /// The TLS session stands.
    Handshake {
        /// Whether it continues an earlier session.
        resumed: bool,
    },
    /// There is no TLS session, and why not.
    HandshakeFailed(String),
    /// So many bytes came, after the handshake if there was one.
    Read(usize),
    /// A whole request came, or its head if the script reads no further.
    Request(Request),
    /// So many bytes were handed to the kernel by one step.
    Wrote(usize),
    /// The connection is no more.
    Ended(End),
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By the server, in order.
    Fin,
    /// By the server, with a reset.
    Reset,
    /// By the client, or because the server was dropped.
    Peer,
}

/// A request as it came over the wire.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The target: path and query.
    pub target: String,
    /// The headers, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body; empty if the script does not read it.
    pub body: Vec<u8>,
}

impl Request {
    /// The first header of this name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The `x-request-id`, by which a test finds its own request again.
    pub fn id(&self) -> Option<&str> {
        self.header("x-request-id")
    }

    pub(crate) fn parse(head: &str) -> Self {
        let mut lines = head.split("\r\n");
        let mut words = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
        Self { method, target, headers: headers.collect(), body: Vec::new() }
    }
}

impl Log {
    pub(crate) fn push(&mut self, connection: usize, what: What) {
        self.events.push(Event { connection, what });
    }

    /// Everything.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// How many connections were accepted.
    pub fn connections(&self) -> usize {
        self.events.iter().filter(|event| matches!(event.what, What::Accepted)).count()
    }

    /// The requests, in the order in which they were complete.
    pub fn requests(&self) -> impl Iterator<Item = &Request> {
        self.events.iter().filter_map(|event| {
            if let What::Request(request) = &event.what { Some(request) } else { None }
        })
    }

    /// How many requests carried this `x-request-id`.
    pub fn seen(&self, id: &str) -> usize {
        self.requests().filter(|request| request.id() == Some(id)).count()
    }

    /// How many bytes came, handshakes left out.
    pub fn bytes_read(&self) -> usize {
        self.events
            .iter()
            .map(|event| if let What::Read(bytes) = event.what { bytes } else { 0 })
            .sum()
    }

    /// How many bytes were handed to the kernel.
    pub fn bytes_written(&self) -> usize {
        self.events
            .iter()
            .map(|event| if let What::Wrote(bytes) = event.what { bytes } else { 0 })
            .sum()
    }

    /// How a connection ended, if it has.
    pub fn end(&self, connection: usize) -> Option<End> {
        self.events
            .iter()
            .filter(|event| event.connection == connection)
            .find_map(|event| if let What::Ended(end) = event.what { Some(end) } else { None })
    }

    /// How many connections have ended.
    pub fn ended(&self) -> usize {
        self.events.iter().filter(|event| matches!(event.what, What::Ended(_))).count()
    }

    /// The TLS sessions, in order: whether each continued an earlier one.
    pub fn handshakes(&self) -> impl Iterator<Item = bool> {
        self.events.iter().filter_map(|event| {
            if let What::Handshake { resumed } = event.what { Some(resumed) } else { None }
        })
    }
}
