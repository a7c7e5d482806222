//! TLS with one configuration of rustls, the caller's or ours.
//!
//! ureq's own connector takes no configuration of the caller's, and when limits are set per call it
//! reads the roots anew for each connection.
use std::{
    fmt,
    io::{self, Read as _, Write as _},
    sync::{Arc, OnceLock},
};

use clerk_core::FailureKind;
#[cfg(feature = "webpki-roots")]
use rustls::RootCertStore;
use rustls::{
    ClientConfig, ClientConnection, StreamOwned, crypto::CryptoProvider, pki_types::ServerName,
};
use rustls_platform_verifier::BuilderVerifierExt as _;
use ureq::{
    Error,
    unversioned::transport::{
        Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport,
        TransportAdapter,
    },
};

use crate::{classify::ours, wire};

/// Whom to trust.
#[derive(Clone, Default)]
pub(crate) enum Trust {
    /// Whom the machine trusts.
    #[default]
    Machine,
    /// Mozilla's roots, as they were when the program was built.
    #[cfg(feature = "webpki-roots")]
    Mozilla,
    /// Whatever the caller's configuration says.
    Own(Box<ClientConfig>),
}

impl Trust {
    fn build(self) -> Result<ClientConfig, String> {
        if let Self::Own(mut config) = self {
            // A server that is offered HTTP/2 would speak it, and ureq does not.
            config.alpn_protocols.clear();
            return Ok(*config);
        }
        let builder = ClientConfig::builder_with_provider(provider().ok_or(NO_PROVIDER)?)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?;
        #[cfg(feature = "webpki-roots")]
        if let Self::Mozilla = self {
            let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
            return Ok(builder.with_root_certificates(roots).with_no_client_auth());
        }
        match builder.with_platform_verifier() {
            Ok(builder) => Ok(builder.with_no_client_auth()),
            Err(error) => Err(format!("{NO_ROOTS} ({error}): {INSTALL_ROOTS}")),
        }
    }
}

const NO_PROVIDER: &str = "no cryptography is built in: turn on the feature `ring` (it is on by \
    default) or `aws-lc-rs` of clerk-blocking, or give `.tls_config(…)`";
const NO_ROOTS: &str = "this machine has no trusted roots to check a server's certificate with";
const INSTALL_ROOTS: &str = "install the CA certificates of the distribution (`ca-certificates`), \
    or use `.webpki_roots()` (feature `webpki-roots`) or `.tls_config(…)`";

/// Always named, never the process's: two crates that turn on one provider each would make rustls
/// panic over which is meant.
#[allow(clippy::unnecessary_wraps)] // It is `None` without the features.
fn provider() -> Option<Arc<CryptoProvider>> {
    #[cfg(feature = "ring")]
    return Some(Arc::new(rustls::crypto::ring::default_provider()));
    #[cfg(all(feature = "aws-lc-rs", not(feature = "ring")))]
    return Some(Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
    #[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
    None
}

/// Puts TLS over a connection to an https host.
pub(crate) struct Tls {
    trust: Trust,
    /// Made when it is first needed: reading the machine's roots takes milliseconds, and a client for
    /// loopback may never need them.
    config: OnceLock<Result<Arc<ClientConfig>, String>>,
}

impl Tls {
    pub(crate) fn new(trust: Trust) -> Self {
        Self { trust, config: OnceLock::new() }
    }

    /// The configuration, or why there is none.
    pub(crate) fn config(&self) -> Result<&Arc<ClientConfig>, &str> {
        let config = self.config.get_or_init(|| self.trust.clone().build().map(Arc::new));
        config.as_ref().map_err(String::as_str)
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

impl<In: Transport> Connector<In> for Tls {
    type Out = Either<In, Session<In>>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        let Some(transport) = chained else { return Ok(None) };
        if !details.needs_tls() {
            return Ok(Some(Either::A(transport)));
        }
        // A client that was made for loopback is asked for https, and cannot.
        let config = self.config().map_err(|problem| ours(FailureKind::Tls, problem))?;
        let host = details.uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let name = ServerName::try_from(host.to_owned()).map_err(|_| {
            Error::Tls("the host can have no certificate: it is no name of a server")
        })?;
        let mut connection =
            ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
        let mut socket = TransportAdapter::new(transport, details.current_time.clone());
        socket.set_timeout(wire::left(details.timeout)?);
        connection.complete_io(&mut socket)?;
        let buffers = LazyBuffers::new(
            details.config.input_buffer_size(),
            details.config.output_buffer_size(),
        );
        Ok(Some(Either::B(Session { stream: StreamOwned::new(connection, socket), buffers })))
    }
}

/// A connection under TLS.
pub(crate) struct Session<T: Transport> {
    stream: StreamOwned<ClientConnection, TransportAdapter<T>>,
    buffers: LazyBuffers,
}

impl<T: Transport> fmt::Debug for Session<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("over", &self.stream.sock.inner()).finish_non_exhaustive()
    }
}

impl<T: Transport> Transport for Session<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.get_mut().set_timeout(timeout);
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        self.stream.write_all(output)?;
        // Writing keeps its last error to itself.
        Ok(self.stream.flush()?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.get_mut().set_timeout(timeout);
        let amount = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        // What is decrypted and not asked for belongs to no later exchange.
        let idle =
            self.stream.conn.process_new_packets().is_ok_and(|state| {
                state.plaintext_bytes_to_read() == 0 && !state.peer_has_closed()
            });
        idle && self.stream.get_mut().get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}
