//! Ports at which nobody answers.
use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

use socket2::{Domain, SockAddr, Socket, Type};

/// A port that refuses connections and that nobody else can take meanwhile: bound, not listening.
#[derive(Debug)]
pub struct ClosedPort {
    address: SocketAddr,
    _bound: Socket,
}

impl ClosedPort {
    /// Takes a free port.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn open() -> io::Result<Self> {
        let (socket, address) = bound()?;
        Ok(Self { address, _bound: socket })
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// A port that neither accepts nor refuses: whoever connects waits. It listens, and its queue is
/// full.
#[derive(Debug)]
pub struct BlackHole {
    address: SocketAddr,
    _listening: Socket,
    _queued: Vec<TcpStream>,
}

impl BlackHole {
    /// Takes a free port and fills its queue.
    ///
    /// # Errors
    ///
    /// If there is no free port, or if this system never lets a queue be full (only Linux is known
    /// to).
    pub fn open() -> io::Result<Self> {
        let (socket, address) = bound()?;
        socket.listen(1)?;
        let mut queued = Vec::new();
        while queued.len() < 64 {
            match TcpStream::connect_timeout(&address, Duration::from_millis(100)) {
                Ok(stream) => queued.push(stream),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    return Ok(Self { address, _listening: socket, _queued: queued });
                }
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("the queue takes everything"))
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

fn bound() -> io::Result<(Socket, SocketAddr)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SockAddr::from(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))))?;
    let address = socket.local_addr()?.as_socket().ok_or_else(|| io::Error::other("no address"))?;
    Ok((socket, address))
}
