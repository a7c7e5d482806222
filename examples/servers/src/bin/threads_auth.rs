//! A server on threads alone that knows who is calling: no runtime, no framework.
//!
//! `cargo run --bin threads_auth` shows it against a stand-in for Clerk. With `--serve` it goes on serving, and these
//! commands can be pasted; it prints the tokens. Below each is what comes of it.
//!
//! ```text
//! curl -i http://127.0.0.1:3000/
//!     200 hello, whoever you are
//! curl -i http://127.0.0.1:3000/ -H "Authorization: Bearer $ANN"
//!     200 hello, user_ann
//! curl -i http://127.0.0.1:3000/me
//!     401 www-authenticate: Bearer
//! curl -i http://127.0.0.1:3000/me -H "Authorization: Bearer $ANN"
//!     200 user_ann
//! curl -i http://127.0.0.1:3000/me -H "Authorization: Bearer $SUPPORT"
//!     200 user_ann, impersonated by user_support
//! curl -i http://127.0.0.1:3000/me -H "Authorization: Bearer $EXPIRED"
//!     401 www-authenticate: Bearer
//! curl -i http://127.0.0.1:3000/admin -H "Authorization: Bearer $ADMIN"
//!     200 user_adam may
//! curl -i http://127.0.0.1:3000/admin -H "Authorization: Bearer $ANN"
//!     403
//! curl -i http://127.0.0.1:3000/nowhere -H "Authorization: Bearer $ANN"
//!     404
//! curl -i $CUT_OFF/me -H "Authorization: Bearer $ANN"
//!     503 retry-after: 1
//! ```
//!
//! The last one goes to a server that cannot fetch the keys of the instance.
use std::{
    io::{self, ErrorKind, Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    process::ExitCode,
    sync::mpsc::{SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

use clerk_blocking::{
    Clerk,
    auth::{Auth, AuthenticateOptions, Reason, Require, SessionAuth, Verifier},
    http::{Method, Request, Response, StatusCode, request::Parts},
};
use clerk_example_servers::{Ask, Failure, Settings, auth_server, finish, get};

/// What answers requests. All that has to do with Clerk is made here, once; clones share it.
#[derive(Clone)]
struct App {
    clerk: Clerk,
    verifier: Verifier,
}

impl App {
    fn new(settings: &Settings) -> Result<Self, clerk_blocking::Error> {
        let clerk = Clerk::builder(&settings.secret_key).base_url(&settings.api_url).build()?;
        let verifier = clerk
            .verifier()
            .publishable_key(&settings.publishable_key)
            .authorized_party(&settings.origin) // the front end's, to the letter
            .max_waiting(THREADS / 4) // however slow Clerk is, threads are left for the others
            .build()?;
        Ok(Self { clerk, verifier })
    }

    /// The answer, or what is answered to those who are not let in.
    fn answer(&self, request: &Parts) -> Result<Response<String>, Response<()>> {
        if request.method != Method::GET {
            return Err(bare(StatusCode::METHOD_NOT_ALLOWED));
        }
        let state = self.clerk.authenticate(&self.verifier, request, &AuthenticateOptions::new());
        let path = request.uri.path();
        // The reason is for the log. They get the same answer, whatever it is.
        let reason = state.reason();
        let refused = |answer: Response<()>| {
            let (status, code) = (answer.status(), reason.map_or("", Reason::code));
            eprintln!("GET {path}: {status}, {code}");
            answer
        };
        if path == "/" {
            // Whoever it is.
            let (auth, _) = state.optional().map_err(refused)?;
            let user = auth.and_then(|auth| auth.user_id());
            return Ok(Response::new(match user {
                Some(user) => format!("hello, {user}"),
                None => "hello, whoever you are".to_owned(),
            }));
        }
        let (Auth::Session(session), _) = state.require().map_err(refused)? else {
            return Err(bare(StatusCode::FORBIDDEN)); // other tokens are not accepted above
        };
        match path {
            "/me" => Ok(Response::new(me(&session))),
            "/admin" if session.has(&Require::new().role("org:admin")) => {
                Ok(Response::new(format!("{} may", session.user_id)))
            }
            "/admin" => Err(bare(StatusCode::FORBIDDEN)),
            _ => Err(bare(StatusCode::NOT_FOUND)),
        }
    }
}

/// Where somebody acts in the place of a user, say so, and think twice about what that somebody may do.
fn me(session: &SessionAuth) -> String {
    match &session.actor {
        None => session.user_id.to_string(),
        Some(actor) => {
            format!("{}, impersonated by {}", session.user_id, actor.sub().unwrap_or("somebody"))
        }
    }
}

fn bare(status: StatusCode) -> Response<()> {
    let mut response = Response::new(());
    *response.status_mut() = status;
    response
}

/// As many connections are served at once; the others wait in the queue of the system. Slow clients can hold all of
/// them for [`PATIENCE`]: where strangers can connect, a proxy that waits for whole requests belongs in front.
const THREADS: usize = 64;
/// How long a connection may take, all in all.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the head of a request may be, in bytes.
const MAX_HEAD: usize = 16 << 10;
const MAX_HEADERS: usize = 64;

/// Leave for one thread, which goes back however that thread ends.
struct Permit(SyncSender<()>);

impl Drop for Permit {
    fn drop(&mut self) {
        _ = self.0.try_send(());
    }
}

fn serve(listener: TcpListener, settings: Settings) -> Result<(), Failure> {
    let app = App::new(&settings)?;
    let (back, permits) = sync_channel(THREADS);
    for _ in 0..THREADS {
        back.try_send(())?;
    }
    loop {
        permits.recv()?;
        let (permit, app) = (Permit(back.clone()), app.clone());
        let thread = listener.accept().and_then(|(stream, _)| {
            thread::Builder::new().spawn(move || {
                let _permit = permit;
                if let Err(error) = converse(stream, &app) {
                    eprintln!("a connection broke: {error}");
                }
            })
        });
        if let Err(error) = thread {
            eprintln!("cannot accept: {error}");
            thread::sleep(Duration::from_millis(100)); // until there are file handles again
        }
    }
}

/// One request, one answer.
fn converse(mut stream: TcpStream, app: &App) -> io::Result<()> {
    let late = Instant::now() + PATIENCE;
    let (mut head, mut piece) = (Vec::new(), [0; 1500]);
    let answer = loop {
        match parse(&head) {
            Ok(Some(request)) => break app.answer(&request),
            Ok(None) if head.len() < MAX_HEAD => {}
            Ok(None) => break Err(bare(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)),
            Err(_) => break Err(bare(StatusCode::BAD_REQUEST)),
        }
        let room = piece.len().min(MAX_HEAD - head.len());
        match read(&mut stream, piece.get_mut(..room).unwrap_or_default(), late)? {
            0 => return Ok(()), // whoever connected has thought better of it
            count => head.extend_from_slice(piece.get(..count).unwrap_or_default()),
        }
    };
    let answer = answer.unwrap_or_else(|refusal| refusal.map(|()| String::new()));
    let mut text = format!("HTTP/1.1 {}\r\n", answer.status()).into_bytes();
    for (name, value) in answer.headers() {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            text.extend_from_slice(part);
        }
    }
    let body = answer.body();
    write!(text, "content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(&text)?;
    stream.shutdown(Shutdown::Write)?;
    // Closing while something has not been read would take the answer back.
    while read(&mut stream, &mut piece, late)? > 0 {}
    Ok(())
}

/// Reads what there is. All of it has to come in time, not each piece.
fn read(stream: &mut TcpStream, piece: &mut [u8], late: Instant) -> io::Result<usize> {
    let left = late.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(ErrorKind::TimedOut.into());
    }
    stream.set_read_timeout(Some(left))?;
    stream.read(piece)
}

/// The head of a request, once all of it has come.
fn parse(head: &[u8]) -> Result<Option<Parts>, Failure> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut found = httparse::Request::new(&mut headers);
    if found.parse(head)?.is_partial() {
        return Ok(None);
    }
    let mut request = Request::builder()
        .method(found.method.unwrap_or_default())
        .uri(found.path.unwrap_or_default());
    for header in found.headers {
        request = request.header(header.name, header.value); // each of them: two tokens are none
    }
    let (parts, ()) = request.body(())?.into_parts();
    Ok(Some(parts))
}

// What follows shows it.

const HELP: &str = "\
A server on threads alone that knows who is calling.

  threads_auth                      shows it: starts a stand-in for Clerk on loopback, sends requests, ends
  threads_auth --serve [ADDRESS]    serves against the stand-in, and prints commands to paste
  threads_auth --real --origin URL [--serve ADDRESS]
                                    serves for an instance of yours: with the keys in CLERK_SECRET_KEY
                                    and CLERK_PUBLISHABLE_KEY, and for a front end at this origin
  -h, --help                        shows this

ADDRESS is 127.0.0.1:3000 unless given. It ends with 0 if all is as it should be, 1 if not, 2 if it was
called wrongly.
";

fn requests() -> Vec<Ask> {
    let signed_out = "www-authenticate: Bearer";
    vec![
        get("/").gets(200, "hello, whoever you are"),
        get("/").by("ANN").gets(200, "hello, user_ann"),
        get("/me").gets(401, signed_out),
        get("/me").by("ANN").gets(200, "user_ann"),
        get("/me").by("SUPPORT").gets(200, "user_ann, impersonated by user_support"),
        get("/me").by("EXPIRED").gets(401, signed_out),
        get("/admin").by("ADMIN").gets(200, "user_adam may"),
        get("/admin").by("ANN").gets(403, ""),
        get("/nowhere").by("ANN").gets(404, ""),
        get("/me").by("ANN").cut_off().gets(503, "retry-after: 1"),
    ]
}

fn main() -> ExitCode {
    finish(auth_server(HELP, requests, serve))
}
