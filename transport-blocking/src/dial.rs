//! From a host's name to a TCP connection.
use std::{
    net::IpAddr,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
};

use http::Uri;
use ureq::{
    Error,
    config::Config,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{ConnectionDetails, Connector, NextTimeout, TcpConnector, Transport, time},
    },
};

use crate::wire;

/// Looks nothing up.
///
/// ureq asks its resolver on every call, before it looks for an idle connection, and its own one
/// starts a thread each time that there is a time limit. Here the name is looked up by [`Dial`]:
/// only for a new connection, and within the limit for making one. There is nothing to remember, so
/// an address that died is not tried again for old times' sake.
#[derive(Debug)]
pub(crate) struct Later;

impl Resolver for Later {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        // As ureq itself does where a proxy looks the name up.
        Ok(self.empty())
    }
}

/// Looks the name up, and connects.
#[derive(Debug, Default)]
pub(crate) struct Dial(TcpConnector);

impl<In: Transport> Connector<In> for Dial {
    type Out = <TcpConnector as Connector<In>>::Out;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        // Through a proxy, there is a connection already.
        if chained.is_some() {
            return self.0.connect(details, chained);
        }
        let details = ConnectionDetails {
            addrs: look_up(details)?,
            now: time::Instant::now(),
            timeout: wire::left(details.timeout)?,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
            ..*details
        };
        self.0.connect(&details, None)
    }
}

fn look_up(details: &ConnectionDetails) -> Result<ResolvedSocketAddrs, Error> {
    let timeout = wire::left(details.timeout)?;
    // ureq's own resolver, which starts no thread where there is no limit.
    let unlimited = NextTimeout { after: time::Duration::NotHappening, ..timeout };
    let (uri, config) = (details.uri.clone(), details.config.clone());
    let look_up = move || DefaultResolver::default().resolve(&uri, &config, unlimited);
    let host = details.uri.host().unwrap_or_default().trim_matches(['[', ']']);
    if host.parse::<IpAddr>().is_ok() {
        return look_up();
    }
    // The system's lookup knows no limit, so it is left behind on a thread of its own when it takes
    // too long. It ends by itself.
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("clerk-lookup".to_owned())
        .spawn(move || sender.send(look_up()).ok())?;
    match receiver.recv_timeout(*timeout.after) {
        Ok(found) => found,
        Err(RecvTimeoutError::Timeout) => Err(Error::Timeout(timeout.reason)),
        Err(RecvTimeoutError::Disconnected) => Err(Error::HostNotFound),
    }
}
