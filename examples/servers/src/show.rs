//! Starts servers, and shows what they do.
use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use clerk_examples::stand_in::{SECRET_KEY, Server};
use tokio::net::TcpSocket;

use crate::{
    Ask, Failure, Mode, Settings, Stop,
    ask::expand,
    client::exchange,
    people::{ORIGIN, PUBLISHABLE_KEY, tokens},
};

/// Serves until it is stopped.
pub type Serve<S> = fn(TcpListener, S) -> Result<(), Failure>;

const ANY_PORT: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);
/// How long a server that failed may take to say so.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The `main` of a server that knows who is calling.
///
/// # Errors
///
/// If the command line is wrong, something cannot be started, or an answer is not as it should be.
pub fn auth_server(
    help: &'static str,
    requests: fn() -> Vec<Ask>,
    serve: Serve<Settings>,
) -> Result<(), Stop> {
    let address = match Mode::read(help)? {
        Mode::Show => None,
        Mode::Serve(address) => Some(address),
        Mode::Real { address, origin } => {
            let settings = Settings::from_env(origin)?;
            let listener = listen(address)?;
            println!(
                "serving on http://{}; Clerk is at {}",
                listener.local_addr()?,
                settings.api_url
            );
            return Ok(serve(listener, settings)?);
        }
    };

    let stand_in = Server::start()?;
    let settings = Settings {
        secret_key: SECRET_KEY.to_owned(),
        publishable_key: PUBLISHABLE_KEY.to_owned(),
        origin: ORIGIN.to_owned(),
        api_url: stand_in.url(),
    };
    // Bound and not listening: nobody answers there, and nobody else can take the port.
    let closed = TcpSocket::new_v4()?;
    closed.bind(ANY_PORT.into())?;
    let cut_off = TcpListener::bind(ANY_PORT)?;
    let mut variables = tokens();
    variables.push(("CUT_OFF", format!("http://{}", cut_off.local_addr()?)));
    let nobody =
        Settings { api_url: format!("http://{}/v1", closed.local_addr()?), ..settings.clone() };
    let cut_off = serve_beside(serve, cut_off, nobody);

    let listener = listen(address.unwrap_or_else(|| ANY_PORT.into()))?;
    let server = listener.local_addr()?;
    if address.is_some() {
        println!("serving on http://{server}, against a stand-in for Clerk; Ctrl-C ends it");
        println!("the tokens live for an hour, and are worth nothing elsewhere\n");
        print_requests(&requests(), server, &variables);
        return Ok(serve(listener, settings)?);
    }
    println!("stand-in for Clerk at {} (nothing leaves this machine)", stand_in.url());
    let serving = serve_beside(serve, listener, settings);
    send_all(&requests(), server, &variables, &[serving, cut_off])?;
    println!("as it should be");
    Ok(())
}

/// Listens there, or says where that failed.
///
/// # Errors
///
/// If nobody can listen there: mostly somebody else does.
pub fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .map_err(|error| format!("cannot listen on {address}: {error}").into())
}

/// Serves in a thread of its own, until the program ends; gives how that ended, if it does.
pub fn serve_beside<S: Send + 'static>(
    serve: Serve<S>,
    listener: TcpListener,
    settings: S,
) -> Receiver<Result<(), Failure>> {
    let (ended, receiver) = channel();
    // Nobody listens any more if the program is about to end.
    thread::spawn(move || ended.send(serve(listener, settings)));
    receiver
}

/// Prints the commands that send these requests, with the variables in front, and below each what has to come of it.
pub fn print_requests(requests: &[Ask], server: SocketAddr, variables: &[(&'static str, String)]) {
    for (name, value) in variables {
        println!("{name}='{value}'");
    }
    println!();
    let server = format!("http://{server}");
    for ask in requests {
        println!(
            "{}\n    {}",
            ask.curl(&server),
            format!("{} {}", ask.status, ask.answer).trim_end()
        );
    }
    println!();
}

/// Sends these requests to the server, one after the other, and holds what comes against what should.
///
/// # Errors
///
/// If something else comes, or nothing; or what a server that has ended says.
pub fn send_all(
    requests: &[Ask],
    server: SocketAddr,
    variables: &[(&'static str, String)],
    servers: &[Receiver<Result<(), Failure>>],
) -> Result<(), Failure> {
    for ask in requests {
        let result = send(ask, server, variables);
        let answer = match result {
            Ok(answer) => answer,
            Err(error) => {
                // If a server has ended, that is why.
                let ended = servers.iter().find_map(|server| server.recv_timeout(LAST_WORDS).ok());
                return Err(match ended {
                    Some(Err(reason)) => reason,
                    _ => format!("{} {} of {}: {error}", ask.method, ask.path, ask.whose).into(),
                });
            }
        };
        let (status, text) = (answer.status, &answer.text);
        let path =
            if ask.at.is_some() { format!("{} (no keys)", ask.path) } else { ask.path.to_owned() };
        println!(
            "{}",
            format!("{:4} {path:14} {:18} {status} {text}", ask.method, ask.whose).trim_end()
        );
        if (status, text.as_str()) != (ask.status, ask.answer) {
            let wanted = format!("{} {}", ask.status, ask.answer);
            return Err(format!("that is not as it should be: {}", wanted.trim_end()).into());
        }
    }
    Ok(())
}

fn send(
    ask: &Ask,
    server: SocketAddr,
    variables: &[(&'static str, String)],
) -> Result<crate::client::Answer, Failure> {
    let server = match ask.at {
        None => server,
        Some(other) => {
            let url = expand(&format!("${other}"), variables);
            url.trim_start_matches("http://").parse().map_err(io::Error::other)?
        }
    };
    let headers: Vec<_> =
        ask.headers.iter().map(|(name, value)| (*name, expand(value, variables))).collect();
    let body = ask.body.as_deref().map(|body| expand(body, variables)).unwrap_or_default();
    exchange(server, ask.method, ask.path, &headers, &body)
}
