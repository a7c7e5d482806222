//! Where the client of a row connects to.
use std::{error::Error, sync::Arc};

use rustls::ClientConfig;

use crate::{BlackHole, Call, Certificates, ClosedPort, Leaf, Log, Plan, Row, Server, Stage};

/// A name that no resolver has to ask anybody about: a label has 63 characters at the most.
const NO_NAME: &str = "a-label-of-more-than-sixty-three-characters-is-no-part-of-any-name.invalid";

/// Where the client connects to.
#[derive(Clone, Debug)]
pub enum Place {
    /// A server with this plan.
    Server(Plan),
    /// The same behind TLS, as far as the plan has it.
    Tls(Plan, Leaf),
    /// A port that refuses.
    ClosedPort,
    /// A port that neither accepts nor refuses.
    BlackHole,
    /// A name that is not known, without asking anybody outside of this machine.
    NoSuchName,
}

/// A [`Place`] that is open.
#[derive(Debug)]
pub struct Site {
    base_url: String,
    trusted: Option<Arc<ClientConfig>>,
    server: Option<Server>,
    _port: Option<Port>,
}

/// Held for as long as the site is open.
#[derive(Debug)]
#[expect(dead_code, reason = "to be dropped is all that they are for")]
enum Port {
    Closed(ClosedPort),
    BlackHole(BlackHole),
}

impl Row {
    /// Opens the place.
    ///
    /// # Errors
    ///
    /// If this machine has no such place to offer.
    pub fn open(&self) -> Result<Site, Box<dyn Error + Send + Sync>> {
        Site::open(&self.place)
    }
}

impl Site {
    fn open(place: &Place) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let of = |server: Server| Self {
            base_url: server.base_url(),
            trusted: None,
            server: Some(server),
            _port: None,
        };
        Ok(match place {
            Place::Server(plan) => of(Server::start(plan.clone())?),
            Place::Tls(plan, leaf) => {
                let certificates = Certificates::new()?;
                let server = Server::start_tls(plan.clone(), certificates.server(*leaf)?)?;
                let base_url = server.base_url_as("localhost");
                let trusted = Some(Arc::new(certificates.client()?));
                Self { base_url, trusted, ..of(server) }
            }
            Place::ClosedPort => {
                let port = ClosedPort::open()?;
                Self::without_server(format!("http://{}", port.address()), Some(Port::Closed(port)))
            }
            Place::BlackHole => {
                let port = BlackHole::open()?;
                Self::without_server(
                    format!("http://{}", port.address()),
                    Some(Port::BlackHole(port)),
                )
            }
            Place::NoSuchName => Self::without_server(format!("https://{NO_NAME}"), None),
        })
    }

    fn without_server(base_url: String, port: Option<Port>) -> Self {
        Self { base_url, trusted: None, server: None, _port: port }
    }

    /// The base URL for the client.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// What the client trusts, if it is not what it trusts anyway.
    pub fn tls_config(&self) -> Option<ClientConfig> {
        self.trusted.as_deref().cloned()
    }

    /// Waits until the server is ready for a call; `false` if it does not get ready.
    pub fn ready(&self, call: &Call) -> bool {
        match &self.server {
            Some(server) if call.after_end => server.wait(|log| log.ended() == log.connections()),
            _ => true,
        }
    }

    /// Waits until a call, the first one, has got so far; `false` if it does not.
    pub fn reached(&self, stage: Stage) -> bool {
        self.server.as_ref().is_some_and(|server| {
            server.wait(|log| match stage {
                Stage::Connecting => log.bytes_read() > 0,
                Stage::Asked => log.requests().count() > 0,
                Stage::Answering | Stage::Waiting => log.bytes_written() > 0,
            })
        })
    }

    /// Closes it, and gives its log, empty where there is no server.
    pub fn finish(self) -> Log {
        self.server.map(Server::finish).unwrap_or_default()
    }
}
