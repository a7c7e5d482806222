//! One connection: its script, played.
use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
    ops::ControlFlow,
    sync::Arc,
    time::Duration,
};

use rustls::{HandshakeKind, ServerConfig, ServerConnection, StreamOwned};
use socket2::SockRef;

use crate::{End, Request, Script, Step, What, answer, person, server::Shared};

/// No head of a request is so long, and no body.
const MAX_REQUEST: usize = 64 << 20;
/// Enough to be endless for any client.
const MAX_ENDLESS: usize = 256 << 20;

/// A socket that two threads hold: the one that plays, and the one that ends the server.
#[derive(Clone)]
pub(crate) struct Socket(pub(crate) Arc<TcpStream>);

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&*self.0).flush()
    }
}

enum Wire {
    Plain(Socket),
    Tls(Box<StreamOwned<ServerConnection, Socket>>),
}

impl Wire {
    fn open(socket: Socket, tls: Option<Arc<ServerConfig>>) -> Result<Self, String> {
        let Some(config) = tls else { return Ok(Self::Plain(socket)) };
        let mut session = ServerConnection::new(config).map_err(|error| error.to_string())?;
        let mut io = socket.clone();
        while session.is_handshaking() {
            session.complete_io(&mut io).map_err(|error| error.to_string())?;
        }
        Ok(Self::Tls(Box::new(StreamOwned::new(session, socket))))
    }

    fn stream(&mut self) -> &mut dyn ReadWrite {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => stream,
        }
    }

    fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => &socket.0,
            Self::Tls(stream) => &stream.sock.0,
        }
    }

    /// Says that nothing more will come.
    fn finish(&mut self) -> io::Result<()> {
        if let Self::Tls(stream) = self {
            stream.conn.send_close_notify();
            stream.flush()?;
        }
        self.socket().shutdown(Shutdown::Write)
    }
}

trait ReadWrite: Read + Write {}

impl<T: Read + Write> ReadWrite for T {}

/// Plays a script on an accepted socket, to its end.
pub(crate) fn play(
    socket: Socket,
    number: usize,
    script: &Script,
    tls: Option<Arc<ServerConfig>>,
    shared: &Shared,
) {
    let tls = tls.filter(|_| !matches!(script.first(), Some(Step::Bare)));
    let end = match Wire::open(socket, tls) {
        Err(problem) => {
            shared.log(number, What::HandshakeFailed(problem));
            End::Peer
        }
        Ok(wire) => {
            if let Wire::Tls(stream) = &wire {
                let resumed = stream.conn.handshake_kind() == Some(HandshakeKind::Resumed);
                shared.log(number, What::Handshake { resumed });
            }
            let mut connection =
                Connection { wire, unread: Vec::new(), last_id: String::new(), number, shared };
            let end = connection.run(script).unwrap_or(End::Peer);
            match end {
                // Without the other holder, dropping the socket resets the connection.
                End::Reset => {
                    drop(SockRef::from(connection.wire.socket()).set_linger(Some(Duration::ZERO)))
                }
                End::Fin => drop(connection.wire.finish()),
                End::Peer => {}
            }
            end
        }
    };
    // Only now: who reads that it has ended may rely on it.
    shared.forget(number);
    shared.log(number, What::Ended(end));
}

struct Connection<'s> {
    wire: Wire,
    unread: Vec<u8>,
    /// The `x-request-id` of the last request.
    last_id: String,
    number: usize,
    shared: &'s Shared,
}

impl Connection<'_> {
    fn run(&mut self, script: &Script) -> io::Result<End> {
        loop {
            for step in script {
                match self.step(step)? {
                    ControlFlow::Continue(()) => {}
                    ControlFlow::Break(None) => break,
                    ControlFlow::Break(Some(end)) => return Ok(end),
                }
            }
            if !script.iter().any(|step| matches!(step, Step::Again)) {
                return Ok(End::Fin);
            }
        }
    }

    /// `Break(None)` is the end of one round.
    fn step(&mut self, step: &Step) -> io::Result<ControlFlow<Option<End>>> {
        match step {
            // It was looked at before.
            Step::Bare => {}
            Step::Read => return self.read_once(),
            Step::ReadRequest => return self.read_request(true),
            Step::ReadHead => return self.read_request(false),
            Step::Write(bytes) => self.write(bytes)?,
            Step::Echo => self.write(&answer(200, &person(&self.last_id)))?,
            Step::EchoAnd(more) => {
                self.write(&[&answer(200, &person(&self.last_id)), more.as_slice()].concat())?
            }
            Step::WriteForever(bytes) => self.write_forever(bytes)?,
            Step::Drip(bytes, pause) => return self.drip(bytes, *pause),
            Step::Stall => {
                self.read_to_end()?;
                return Ok(ControlFlow::Break(Some(End::Peer)));
            }
            Step::Drain => {
                self.wire.finish()?;
                self.read_to_end()?;
                return Ok(ControlFlow::Break(Some(End::Fin)));
            }
            Step::Fin => return Ok(ControlFlow::Break(Some(End::Fin))),
            Step::Reset => return Ok(ControlFlow::Break(Some(End::Reset))),
            Step::Again => return Ok(ControlFlow::Break(None)),
        }
        Ok(ControlFlow::Continue(()))
    }

    fn read_once(&mut self) -> io::Result<ControlFlow<Option<End>>> {
        if self.read_more()? == 0 {
            return Ok(ControlFlow::Break(Some(End::Peer)));
        }
        if let Some(head_end) = self.head_end() {
            let head = self.unread.get(..head_end).unwrap_or_default();
            let request = Request::parse(&String::from_utf8_lossy(head));
            self.shared.log(self.number, What::Request(request));
        }
        Ok(ControlFlow::Continue(()))
    }

    fn head_end(&self) -> Option<usize> {
        self.unread.windows(4).position(|four| four == b"\r\n\r\n")
    }

    fn read_request(&mut self, with_body: bool) -> io::Result<ControlFlow<Option<End>>> {
        let gone = Ok(ControlFlow::Break(Some(End::Peer)));
        let head_end = loop {
            if let Some(at) = self.head_end() {
                break at;
            }
            if self.unread.len() > MAX_REQUEST || self.read_more()? == 0 {
                return gone;
            }
        };
        let head: Vec<u8> = self.unread.drain(..head_end.saturating_add(4)).collect();
        let mut request = Request::parse(&String::from_utf8_lossy(&head));
        if with_body {
            let length = request
                .header("content-length")
                .and_then(|length| length.parse().ok())
                .unwrap_or(0_usize);
            if length > MAX_REQUEST {
                return gone;
            }
            while self.unread.len() < length {
                if self.read_more()? == 0 {
                    return gone;
                }
            }
            request.body = self.unread.drain(..length).collect();
        }
        self.last_id = request.id().unwrap_or_default().to_owned();
        self.shared.log(self.number, What::Request(request));
        Ok(ControlFlow::Continue(()))
    }

    fn read_more(&mut self) -> io::Result<usize> {
        let mut buffer = [0; 16 << 10];
        let count = self.wire.stream().read(&mut buffer)?;
        if count > 0 {
            self.shared.log(self.number, What::Read(count));
        }
        self.unread.extend_from_slice(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn read_to_end(&mut self) -> io::Result<()> {
        while self.read_more()? > 0 {
            self.unread.clear();
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let stream = self.wire.stream();
        stream.write_all(bytes)?;
        stream.flush()?;
        self.shared.log(self.number, What::Wrote(bytes.len()));
        Ok(())
    }

    fn write_forever(&mut self, bytes: &[u8]) -> io::Result<()> {
        // In larger pieces, or the kernel's calls would slow it down.
        let piece = bytes.repeat((16_usize << 10).div_ceil(bytes.len().max(1)));
        let mut written = 0_usize;
        let stream = self.wire.stream();
        let result = loop {
            if written >= MAX_ENDLESS || piece.is_empty() {
                break Ok(());
            }
            match stream.write_all(&piece) {
                Ok(()) => written = written.saturating_add(piece.len()),
                Err(error) => break Err(error),
            }
        };
        self.shared.log(self.number, What::Wrote(written));
        result
    }

    fn drip(&mut self, bytes: &[u8], pause: Duration) -> io::Result<ControlFlow<Option<End>>> {
        self.wire.socket().set_read_timeout(Some(pause))?;
        for byte in bytes.iter().cycle().take(MAX_REQUEST) {
            self.write(&[*byte])?;
            match self.read_more() {
                Ok(0) => return Ok(ControlFlow::Break(Some(End::Peer))),
                Ok(_) => {}
                // This is the pause: it ends early if the client goes away.
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                    ) => {}
                Err(error) => return Err(error),
            }
        }
        self.wire.socket().set_read_timeout(None)?;
        Ok(ControlFlow::Continue(()))
    }
}
