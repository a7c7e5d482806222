//! What a server saw and did.
use std::collections::BTreeMap;

/// What a server saw and did, in order.
#[derive(Clone, Debug, Default)]
pub struct Log {
    events: Vec<Event>,
    accepted: usize,
    ended: usize,
    requests: usize,
    most_open: usize,
    /// Whether events are only counted.
    brief: bool,
}

/// Where a request was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The number of the connection.
    pub connection: usize,
    /// How many requests had come over it before.
    pub nth: usize,
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
    pub(crate) fn new(brief: bool) -> Self {
        Self { brief, ..Self::default() }
    }

    pub(crate) fn push(&mut self, connection: usize, what: What) {
        match what {
            What::Accepted => self.accepted = self.accepted.saturating_add(1),
            What::Ended(_) => self.ended = self.ended.saturating_add(1),
            What::Request(_) => self.requests = self.requests.saturating_add(1),
            _ => {}
        }
        self.most_open = self.most_open.max(self.open());
        if !self.brief {
            self.events.push(Event { connection, what });
        }
    }

    /// Everything, unless the plan is a [`brief`](crate::Plan::brief) one.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// How many connections were accepted.
    pub fn connections(&self) -> usize {
        self.accepted
    }

    /// How many connections are open.
    pub fn open(&self) -> usize {
        self.accepted.saturating_sub(self.ended)
    }

    /// The most connections that were open at a time.
    pub fn most_open(&self) -> usize {
        self.most_open
    }

    /// How many requests came.
    pub fn request_count(&self) -> usize {
        self.requests
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

    /// Where the requests were seen, by their `x-request-id`, each in the order in which they were
    /// complete: for many ids at a time.
    pub fn sightings(&self) -> BTreeMap<&str, Vec<Sighting>> {
        let (mut sightings, mut requests) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::new());
        for Event { connection, what } in &self.events {
            let What::Request(request) = what else { continue };
            let before = requests.entry(*connection).or_insert(0_usize);
            let sighting = Sighting { connection: *connection, nth: *before };
            *before = before.saturating_add(1);
            sightings.entry(request.id().unwrap_or_default()).or_default().push(sighting);
        }
        sightings
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
        self.ended
    }

    /// The TLS sessions, in order: whether each continued an earlier one.
    pub fn handshakes(&self) -> impl Iterator<Item = bool> {
        self.events.iter().filter_map(|event| {
            if let What::Handshake { resumed } = event.what { Some(resumed) } else { None }
        })
    }
}
