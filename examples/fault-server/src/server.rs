//! The server: threads that accept and play, and end with it.
use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use rustls::ServerConfig;
use socket2::{Domain, SockAddr, Socket as Socket2, Type};

use crate::{
    Log, Plan, What,
    connection::{Socket, play},
};

/// A test that needs more has lost its way.
const MAX_CONNECTIONS: usize = 1_000_000;
/// How many threads are kept before those that have ended are let go: they keep their stacks.
const MANY_THREADS: usize = 512;
/// How long [`Server::wait`] waits for what does not happen.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server on a free port of 127.0.0.1. Dropping it ends its connections and threads.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    scheme: &'static str,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<Vec<JoinHandle<()>>>>,
}

#[derive(Debug, Default)]
pub(crate) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    log: Log,
    open: BTreeMap<usize, Socket>,
    /// The address of the connection that ends the acceptor.
    last: Option<SocketAddr>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("log", &self.log)
            .field("open", &self.open.len())
            .finish_non_exhaustive()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn log(&self, connection: usize, what: What) {
        self.state().log.push(connection, what);
        self.changed.notify_all();
    }

    /// Gives up the second hold on a socket.
    pub(crate) fn forget(&self, connection: usize) {
        self.state().open.remove(&connection);
    }
}

impl Server {
    /// Starts a server that speaks plain HTTP, or whatever its scripts write.
    ///
    /// # Errors
    ///
    /// If there is no free port or no thread.
    pub fn start(plan: Plan) -> io::Result<Self> {
        Self::launch(plan, None)
    }

    /// Starts a server whose scripts begin after the TLS handshake.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn start_tls(plan: Plan, config: Arc<ServerConfig>) -> io::Result<Self> {
        Self::launch(plan, Some(config))
    }

    fn launch(plan: Plan, tls: Option<Arc<ServerConfig>>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let shared = Arc::new(Shared::default());
        shared.state().log = Log::new(plan.brief);
        let acceptor = {
            let shared = Arc::clone(&shared);
            thread::Builder::new()
                .name("accept".to_owned())
                .spawn(move || accept(&listener, &plan, tls.as_ref(), &shared))?
        };
        Ok(Self { address, scheme, shared, acceptor: Some(acceptor) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A base URL with the address as the host.
    pub fn base_url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// A base URL with another name for the host, such as `localhost`.
    pub fn base_url_as(&self, host: &str) -> String {
        format!("{}://{host}:{}", self.scheme, self.address.port())
    }

    /// What it saw and did so far.
    pub fn log(&self) -> Log {
        self.shared.state().log.clone()
    }

    /// Waits until the log is as `until` wants it; `false` if it is not within ten seconds.
    pub fn wait(&self, until: impl Fn(&Log) -> bool) -> bool {
        let waited =
            self.shared
                .changed
                .wait_timeout_while(self.shared.state(), PATIENCE, |state| !until(&state.log));
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Ends it, and gives the whole log: what had arrived is in it.
    pub fn finish(mut self) -> Log {
        self.stop();
        self.log()
    }

    fn stop(&mut self) {
        let Some(acceptor) = self.acceptor.take() else { return };
        // The acceptor ends with a connection of ours, after all others that were made before.
        let last = Socket2::new(Domain::IPV4, Type::STREAM, None).and_then(|socket| {
            socket.bind(&SockAddr::from(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))))?;
            let address = socket.local_addr()?.as_socket();
            Ok((socket, address))
        });
        let Ok((socket, address)) = last else { return };
        let open: Vec<_> = {
            let mut state = self.shared.state();
            state.last = address;
            state.open.values().cloned().collect()
        };
        for socket in open {
            drop(socket.0.shutdown(Shutdown::Both));
        }
        // It cannot be reached if it ended before, by an error.
        if socket.connect(&SockAddr::from(self.address)).is_err() && !acceptor.is_finished() {
            return;
        }
        for connection in acceptor.join().unwrap_or_default() {
            drop(connection.join());
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn accept(
    listener: &TcpListener,
    plan: &Plan,
    tls: Option<&Arc<ServerConfig>>,
    shared: &Arc<Shared>,
) -> Vec<JoinHandle<()>> {
    let (mut threads, mut enough) = (Vec::<JoinHandle<()>>::new(), MANY_THREADS);
    for number in 0..MAX_CONNECTIONS {
        let Ok((stream, peer)) = listener.accept() else { break };
        let socket = Socket(Arc::new(stream));
        let stopping = {
            let mut state = shared.state();
            if state.last == Some(peer) {
                break;
            }
            state.open.insert(number, socket.clone());
            state.last.is_some()
        };
        shared.log(number, What::Accepted);
        drop(socket.0.set_nodelay(true));
        if stopping {
            // What it has sent already can still be read.
            drop(socket.0.shutdown(Shutdown::Both));
        }
        let tls = tls.cloned();
        let (script, shared) = (plan.script(number), Arc::clone(shared));
        let thread = thread::Builder::new().name(format!("connection {number}"));
        if threads.len() >= enough {
            let (ended, running) = threads.into_iter().partition(JoinHandle::is_finished);
            threads = running;
            enough = threads.len().saturating_add(MANY_THREADS);
            drop(Vec::from_iter(ended.into_iter().map(JoinHandle::join)));
        }
        match thread.spawn(move || play(socket, number, &script, tls, &shared)) {
            Ok(thread) => threads.push(thread),
            Err(_) => break,
        }
    }
    threads
}
