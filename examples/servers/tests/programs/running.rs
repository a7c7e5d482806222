//! Runs programs, for so long and no longer.
use std::{
    io::{BufRead as _, BufReader, Read, Write as _},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, ExitStatus, Output},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

/// What takes longer will never happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ends with its owner.
struct Owned(Child);

impl Drop for Owned {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

/// Runs a program to its end.
pub(crate) fn wait(mut command: Command) -> Output {
    let mut child = Owned(command.spawn().unwrap());
    let (out, error) = (all(child.0.stdout.take().unwrap()), all(child.0.stderr.take().unwrap()));
    let all = |pipe: Receiver<Vec<u8>>| pipe.recv_timeout(PATIENCE).expect("it ends in time");
    let (stdout, stderr) = (all(out), all(error));
    // Both pipes are closed, so this is about to end.
    Output { status: child.0.wait().unwrap(), stdout, stderr }
}

fn all(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        _ = sender.send(bytes);
    });
    receiver
}

fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines() {
            _ = sender.send(line.unwrap());
        }
    });
    receiver
}

/// A program that serves.
pub(crate) struct Running {
    child: Owned,
    out: Receiver<String>,
    log: Receiver<String>,
    pub(crate) address: SocketAddr,
    /// What it said first.
    pub(crate) first: String,
}

impl Running {
    /// Starts it, and waits until it says where it serves.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = Owned(command.spawn().unwrap());
        let out = lines(child.0.stdout.take().unwrap());
        let log = lines(child.0.stderr.take().unwrap());
        let first = out.recv_timeout(PATIENCE).expect("it says where it serves");
        let (_, address) = first.split_once("http://").unwrap();
        let end = address.find([',', ';', '/']).unwrap_or(address.len());
        let address = address[..end].parse().unwrap();
        Self { child, out, log, address, first }
    }

    /// What it prints up to the last command to paste.
    pub(crate) fn commands(&self) -> Vec<String> {
        let mut lines = Vec::new();
        // The notes, the variables, the commands: after each there is an empty line.
        for _ in 0..3 {
            while let Some(line) =
                Some(self.out.recv_timeout(PATIENCE).unwrap()).filter(|line| !line.is_empty())
            {
                lines.push(line);
            }
        }
        lines
    }

    /// The next line of its log.
    pub(crate) fn logged(&self) -> String {
        self.log.recv_timeout(PATIENCE).expect("it logs something")
    }

    /// Interrupts it, as Ctrl-C does.
    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        let id = self.child.0.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    }

    /// Its end, after its log has ended.
    pub(crate) fn ended(mut self) -> ExitStatus {
        let more = self.log.recv_timeout(PATIENCE);
        assert_eq!(more, Err(std::sync::mpsc::RecvTimeoutError::Disconnected));
        self.child.0.wait().unwrap()
    }
}

/// Connects, with limits on all that follows.
pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect_timeout(&address, PATIENCE).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// What a server answers to a request with this head, the last of its lines without an end, and this body.
pub(crate) fn answer(address: SocketAddr, head: &str, body: &[u8]) -> String {
    let mut stream = connect(address);
    let length = body.len();
    let head =
        format!("{head}\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    read(stream)
}

/// What a server answers until it closes.
pub(crate) fn read(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The status of an answer.
pub(crate) fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).expect("a status").parse().unwrap()
}
