//! A plain server, one thread for each connection, that lets in who is signed in.
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc::channel,
    },
    thread,
    time::Duration,
};

use clerk_blocking::{
    Clerk, Event, Flow as _, Moment, RetryPolicy, Step,
    auth::{AuthenticateOptions, Reason, Verifier},
    bytes::Bytes,
    http::{HeaderValue, Request, Response, request::Parts},
};
use clerk_core::testing::{TestKey, TokenBuilder};
use clerk_fault_server::{ClosedPort, Plan, Server as Faulty, Step as Act};

use super::{ISSUER, PATIENCE, any, gated, key_set, sessions, unix_time, verdict};
use crate::server::{Seen, Server, answer, ok};

/// What everybody is answered who is signed out.
const UNAUTHORIZED: &str = "HTTP/1.1 401 Unauthorized\r\n\
    cache-control: no-store\r\nwww-authenticate: Bearer\r\ncontent-length: 0\r\n\r\n";
/// What is answered where nobody can say.
const UNAVAILABLE: &str = "HTTP/1.1 503 Service Unavailable\r\n\
    cache-control: no-store\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n";
/// Its issuer is the one of the other tests.
const PUBLISHABLE_KEY: &str = "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k";

/// The head of a request, as a server has it.
fn parts(seen: &Seen) -> Parts {
    let mut line = seen.head.split(' ');
    let mut request = Request::builder().method(line.next().unwrap()).uri(line.next().unwrap());
    for (name, value) in seen.head.lines().skip(1).filter_map(|line| line.split_once(": ")) {
        request = request.header(name, HeaderValue::from_str(value).unwrap());
    }
    request.body(()).unwrap().into_parts().0
}

fn bytes(response: &Response<()>) -> String {
    let status = response.status();
    let mut text =
        format!("HTTP/1.1 {} {}\r\n", status.as_u16(), status.canonical_reason().unwrap());
    for (name, value) in response.headers() {
        text += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    text + "content-length: 0\r\n\r\n"
}

/// Says who was let in.
fn reached(who: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{who}", who.len())
}

/// A server in front of a handler.
struct App {
    server: Server,
    /// How often the handler was reached.
    handled: Arc<AtomicUsize>,
}

impl App {
    fn start(
        clerk: &Clerk,
        verifier: &Verifier,
        options: AuthenticateOptions,
        required: bool,
    ) -> Self {
        let (clerk, verifier) = (clerk.clone(), verifier.clone());
        let handled = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&handled);
        let server = Server::answering(move |seen| {
            let state = clerk.authenticate(&verifier, &parts(seen), &options);
            let known = if required {
                state.require().map(|(auth, _)| Some(auth))
            } else {
                state.optional().map(|(auth, _)| auth)
            };
            match known {
                Ok(auth) => {
                    counted.fetch_add(1, SeqCst);
                    reached(&auth.map_or("nobody".to_owned(), |auth| auth.to_string()))
                }
                Err(response) => bytes(&response),
            }
        });
        Self { server, handled }
    }

    fn ask(&self, request: &str) -> String {
        self.connect().ask(request)
    }

    fn connect(&self) -> Connection {
        let stream = TcpStream::connect(("127.0.0.1", self.server.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Connection(BufReader::new(stream))
    }

    fn handled(&self) -> usize {
        self.handled.load(SeqCst)
    }
}

struct Connection(BufReader<TcpStream>);

impl Connection {
    /// One answer, byte for byte.
    fn ask(&mut self, request: &str) -> String {
        self.0.get_ref().write_all(request.as_bytes()).unwrap();
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(self.0.read_line(&mut head).unwrap(), 0, "{head}");
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        self.0.read_exact(&mut body).unwrap();
        head + std::str::from_utf8(&body).unwrap()
    }
}

fn get(lines: &str) -> String {
    format!("GET / HTTP/1.1\r\nhost: app\r\n{lines}\r\n")
}

fn with(token: &str) -> String {
    get(&format!("authorization: Bearer {token}\r\n"))
}

fn session(key: &TestKey) -> TokenBuilder {
    key.session("user_1").issuer(ISSUER).lifetime(3600)
}

fn now() -> i64 {
    i64::try_from(unix_time().as_secs()).unwrap()
}

fn good() -> String {
    with(&session(&TestKey::first()).mint(now()))
}

fn verifier(clerk: &Clerk) -> Verifier {
    clerk.verifier().publishable_key(PUBLISHABLE_KEY).build().unwrap()
}

/// Requests, who is let in with them, and how many requests for keys they cause where there are none.
fn rows() -> Vec<(String, Option<&'static str>, usize)> {
    let (now, first, second) = (now(), TestKey::first(), TestKey::second());
    let token = session(&first).mint(now);
    let other_kid = session(&second).mint(now);
    let same_kid = session(&second.with_kid(first.kid())).mint(now);
    let other_issuer = session(&first).issuer("https://clerk.example.org").mint(now);
    let (uat, user) = (now - 60, Some("session_token of user_1"));
    let cookies = |pairs: String| get(&format!("cookie: {pairs}\r\n"));
    vec![
        (get(""), None, 0),
        (get("authorization: \r\n"), None, 0),
        (get("authorization: Basic dTpw\r\n"), None, 0),
        (get("authorization: Bearer\r\n"), None, 0),
        (get(&format!("authorization: {token}\r\n")), None, 0),
        (get(&format!("authorization: Bearer {token}\r\n").repeat(2)), None, 0),
        (with("garbage"), None, 0),
        (with("a.b.c"), None, 0),
        (with(&"a".repeat(16_385)), None, 0),
        (with(&session(&first).mint(now - 7200)), None, 1),
        (with(&same_kid), None, 1),
        (with(&other_kid), None, 1),
        (with(&other_issuer), None, 1),
        (with(&session(&first).claim("sts", "pending").mint(now)), None, 1),
        (with(&first.m2m("mch_1").issuer(ISSUER).mint(now)), None, 0),
        (with(&first.oauth("user_1").issuer(ISSUER).mint(now)), None, 0),
        (with("ak_0123"), None, 0),
        (with("mt_0123"), None, 0),
        (with("oat_0123"), None, 0),
        (with(&token), user, 1),
        (cookies(format!("__session={token}; __client_uat={uat}")), user, 1),
        (cookies(format!("__session_l2OS3d9k={token}; __client_uat_l2OS3d9k={uat}")), user, 1),
        (cookies(format!("__session_AAAAAAAA={token}; __client_uat_AAAAAAAA={uat}")), None, 0),
        (cookies(format!("__session={token}")), None, 0),
        (cookies(format!("__client_uat={uat}")), None, 0),
        (cookies(format!("__session={token}; __client_uat={}", now + 600)), None, 1),
    ]
}

#[test]
fn who_is_let_in() {
    let api = Server::answering(|_| ok(&key_set(&TestKey::first())));
    let clerk = api.client();
    for (request, user, asks) in rows() {
        for required in [true, false] {
            // Without keys, and then with them.
            let verifier = verifier(&clerk);
            let app = App::start(&clerk, &verifier, sessions(), required);
            let before = api.seen().len();
            let expected = match (user, required) {
                (Some(user), _) => reached(user),
                (None, true) => UNAUTHORIZED.to_owned(),
                (None, false) => reached("nobody"),
            };
            assert_eq!(app.ask(&request), expected, "{request}");
            assert_eq!(api.seen().len() - before, asks, "{request}");
            clerk.run(verifier.refresh()).unwrap();
            assert_eq!(app.ask(&request), expected, "{request}");
            let reached = if user.is_some() || !required { 2 } else { 0 };
            assert_eq!(app.handled(), reached, "{request}");
        }
    }
}

#[test]
fn one_connection_has_no_memory() {
    let api = Server::answering(|_| ok(&key_set(&TestKey::first())));
    let clerk = api.client();
    let app = App::start(&clerk, &verifier(&clerk), sessions(), true);
    let mut connection = app.connect();
    for _ in 0..3 {
        assert_eq!(connection.ask(&good()), reached("session_token of user_1"));
        assert_eq!(connection.ask(&get("")), UNAUTHORIZED);
    }
    assert_eq!((app.handled(), api.seen().len()), (3, 1));
}

/// With a client that cannot reach Clerk, nobody who has a token is judged.
fn nobody_can_say(clerk: &Clerk) {
    let (uat, token) = (now() - 60, session(&TestKey::first()).mint(now()));
    let cookies = get(&format!("cookie: __session={token}; __client_uat={uat}\r\n"));
    for required in [true, false] {
        for request in [good(), cookies.clone(), with("ak_0123")] {
            let app = App::start(clerk, &verifier(clerk), any(), required);
            assert_eq!(app.ask(&request), UNAVAILABLE, "{request}");
            assert_eq!(app.handled(), 0);
        }
        let app = App::start(clerk, &verifier(clerk), any(), required);
        let expected = if required { UNAUTHORIZED.to_owned() } else { reached("nobody") };
        for request in [get(""), with("garbage")] {
            assert_eq!(app.ask(&request), expected, "{request}");
        }
        assert_eq!(app.handled(), if required { 0 } else { 2 });
    }
}

fn client(url: &str) -> Clerk {
    let delay = Duration::from_millis(1);
    let policy = RetryPolicy::default().initial_delay(delay).max_delay(delay);
    Clerk::builder("sk_test_abc").base_url(url).retry(policy).build().unwrap()
}

#[test]
fn where_clerk_cannot_be_reached() {
    let port = ClosedPort::open().unwrap();
    nobody_can_say(&client(&format!("http://{}", port.address())));
    let resets = Faulty::start(Plan::always(vec![Act::Reset])).unwrap();
    nobody_can_say(&client(&resets.base_url()));
    let broken = Server::answering(|_| answer("500 Oh", "{}"));
    nobody_can_say(&client(&broken.url()));
    let silent = Faulty::start(Plan::always(vec![Act::ReadRequest, Act::Stall])).unwrap();
    let builder = Clerk::builder("sk_test_abc").base_url(silent.base_url());
    nobody_can_say(&builder.deadline(Duration::from_millis(200)).build().unwrap());
}

#[test]
fn requests_are_answered_while_a_refresh_hangs() {
    let (api, asked, answers) = gated();
    let clerk = api.client();
    let verifier = verifier(&clerk);
    // The keys are six minutes old.
    let then = Moment::at(unix_time() - Duration::from_secs(360));
    let mut refresh = verifier.refresh();
    assert!(matches!(refresh.advance(Event::Start, then), Step::Send(_)));
    let keys = Response::new(Bytes::from(key_set(&TestKey::first())));
    assert!(matches!(refresh.advance(Event::Reply(Ok(keys)), then), Step::Done(Ok(()))));

    let app = App::start(&clerk, &verifier, sessions(), true);
    let good = good();
    let some = || {
        let mut connection = app.connect();
        for _ in 0..125 {
            assert_eq!(connection.ask(&good), reached("session_token of user_1"));
        }
    };
    thread::scope(|scope| (0..8).for_each(|_| drop(scope.spawn(some))));
    asked.recv_timeout(PATIENCE).unwrap();
    some();
    assert_eq!(app.handled(), 1125);
    assert_eq!(api.seen().iter().map(Seen::line).collect::<Vec<_>>(), ["GET /v1/jwks"]);
    drop(answers); // It never is answered.
}

/// Of two hundred requests that have to wait, fifty may, and the one that fetches if there is one.
fn a_crowd(request: &str, reply: &str, user: &str, asks: usize, fetches: usize) {
    const CROWD: usize = 200;
    const PLACES: usize = 50;
    let (api, asked, answers) = gated();
    let clerk = api.client();
    let builder = clerk.verifier().publishable_key(PUBLISHABLE_KEY).max_waiting(PLACES);
    let app = App::start(&clerk, &builder.build().unwrap(), any(), true);
    let (said, answered) = channel();
    thread::scope(|scope| {
        for _ in 0..CROWD {
            let (said, app) = (said.clone(), &app);
            scope.spawn(move || said.send(app.ask(request)).unwrap());
        }
        let lucky = PLACES + fetches;
        for _ in lucky..CROWD {
            assert_eq!(answered.recv_timeout(PATIENCE).unwrap(), UNAVAILABLE);
        }
        for _ in 0..asks {
            asked.recv_timeout(PATIENCE).unwrap();
        }
        // The others wait, and nothing was answered to them.
        assert!(answered.try_recv().is_err());
        assert_eq!(app.handled(), 0);
        for _ in 0..asks {
            answers.send(reply.to_owned()).unwrap();
        }
        for _ in 0..lucky {
            assert_eq!(answered.recv_timeout(PATIENCE).unwrap(), reached(user));
        }
    });
    assert_eq!((app.handled(), api.seen().len()), (PLACES + fetches, asks));
    // There is room again.
    answers.send(reply.to_owned()).unwrap();
    assert_eq!(app.ask(request), reached(user));
}

#[test]
fn a_crowd_without_keys_waits_as_far_as_it_may() {
    let keys = ok(&key_set(&TestKey::first()));
    a_crowd(&good(), &keys, "session_token of user_1", 1, 1);
}

#[test]
fn a_crowd_with_api_keys_waits_as_far_as_it_may() {
    let head = "POST /v1/api_keys/verify HTTP/1.1\r\n".to_owned();
    let seen = Seen { connection: 0, number: 0, head, body: Vec::new() };
    a_crowd(&with("ak_0123"), &verdict(&seen, false), "api_key of org_1", 50, 0);
}

#[test]
fn who_gives_up_leaves_the_place() {
    let silent = Faulty::start(Plan::always(vec![Act::ReadRequest, Act::Stall])).unwrap();
    let builder = Clerk::builder("sk_test_abc").base_url(silent.base_url());
    let clerk = builder.deadline(Duration::from_millis(50)).build().unwrap();
    let verifier = clerk.verifier().any_issuer().max_waiting(1).build().unwrap();
    let parts = super::bearer("ak_0123");
    for _ in 0..5 {
        // It was not refused for want of a place.
        let state = clerk.authenticate(&verifier, &parts, &any());
        assert_eq!(state.reason(), Some(Reason::UnexpectedError));
    }
}
