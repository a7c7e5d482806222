//! What the libraries tell at every level, while secrets are on their way.
use std::{
    fmt, panic,
    sync::{
        Mutex, Once, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, SystemTime},
};

use clerk_fault_server::{
    Certificates, Leaf, Plan, SECRET_KEY, Server,
    Step::{Again, ReadRequest, Write},
    answer, answer_with, rows,
};
use clerk_hyper::{
    CallOptions, RawOperation, RetryPolicy,
    api::{
        m2m::CreateM2mToken,
        users::{CreateUser, VerifyPassword},
    },
    auth::Handshake,
    http::Request,
    testing::TestKey,
};
use clerk_promises::{Driver, Settings, Transport, is_full};
use http::Method;
use serde_json::json;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use crate::Search;

/// At the level TRACE ureq shows whole URLs (`util.rs`, `DebugUri` and `DebugHeaders`), and ureq-proto dumps every byte
/// of requests and answers, as hexadecimal and as text (`util.rs`, `log_data`): nothing can be marked so that they do not.
/// These are the only exceptions, at this level only; clerk-blocking's documentation tells of them.
const AT_TRACE: [&str; 2] = ["ureq::run", "ureq_proto::util"];

static TOLD: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());
static LEFT_OUT: AtomicU64 = AtomicU64::new(0);

fn tell(target: &str, text: String) {
    if AT_TRACE.contains(&target) && log::max_level() == log::LevelFilter::Trace {
        LEFT_OUT.fetch_add(1, Relaxed);
        return;
    }
    TOLD.lock().unwrap_or_else(PoisonError::into_inner).push((target.to_owned(), text));
}

struct Ears;

impl log::Log for Ears {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        tell(record.target(), format!("{} {}", record.level(), record.args()));
    }

    fn flush(&self) {}
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0 += &format!(" {field}={value:?}");
    }
}

impl Subscriber for Ears {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        let mut fields = Fields(span.metadata().name().to_owned());
        span.record(&mut fields);
        tell(span.metadata().target(), fields.0);
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        let mut fields = Fields(String::new());
        values.record(&mut fields);
        tell("span", fields.0);
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        tell(event.metadata().target(), fields.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&Ears).unwrap();
        tracing::subscriber::set_global_default(Ears).unwrap();
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            // Those of the tests themselves are not the project's.
            if !info.location().is_some_and(|at| at.file().contains("promises")) {
                tell("panic", info.to_string());
            }
            hook(info);
        }));
    });
}

/// Everything that was told since the last time.
fn told(search: &mut Search, targets: &mut Vec<String>, place: &str) {
    let told = std::mem::take(&mut *TOLD.lock().unwrap_or_else(PoisonError::into_inner));
    for (target, text) in told {
        let root = target.split("::").next().unwrap_or_default().to_owned();
        search.text(&format!("{place}, told by {target}"), &text);
        if !targets.contains(&root) {
            targets.push(root);
        }
    }
}

#[test]
fn what_is_told_at_every_level_holds_no_secret() {
    listen();
    for level in [log::LevelFilter::Debug, log::LevelFilter::Trace] {
        log::set_max_level(level);
        let before = LEFT_OUT.load(Relaxed);
        let (search, targets, calls) = everything();
        let left_out = LEFT_OUT.load(Relaxed) - before;
        assert_eq!(
            left_out > 0,
            level == log::LevelFilter::Trace,
            "the exceptions are none any more: leave them out"
        );
        assert!(!targets.contains(&"panic".to_owned()), "something panicked");
        for library in ["hyper_util", "rustls", "ureq"] {
            let tells = targets.iter().any(|target| target.starts_with(library));
            assert!(tells, "{library} tells nothing: {targets:?}");
        }
        search.print(&format!(
            "{calls} calls at the level {level}, told by {} ({left_out} records of {} left out)",
            targets.join(", "),
            AT_TRACE.join(" and ")
        ));
    }
}

/// Calls of all kinds; gives what was searched, who told something, and how many calls there were.
fn everything() -> (Search, Vec<String>, usize) {
    let mut search = Search::default();
    let mut targets = Vec::new();
    search.canaries.add("key of the table", SECRET_KEY.strip_prefix("sk_test_").unwrap());
    let key = format!("sk_test_{}", search.canaries.marker("secret key"));
    let machine = format!("ak_{}", search.canaries.marker("machine secret key"));
    let own = search.canaries.marker("header of the caller's own");
    let word = search.canaries.marker("password");
    let hidden = search.canaries.marker("token in an answer");
    let browser = search.canaries.marker("dev browser token");
    let nonce = search.canaries.marker("handshake nonce");
    let opaque = search.canaries.marker("opaque token");
    let cookie = search.canaries.marker("refresh cookie");
    let proxy_word = search.canaries.marker("password of a proxy");

    // One answer that is all answers: what does not belong is ignored.
    let test_key = TestKey::first();
    let now =
        i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs())
            .unwrap();
    let party = "https://app.example.com";
    let session =
        test_key.session("user_1").issuer("https://clerk.example.com").authorized_party(party);
    let (good, old) = (session.clone().mint(now), session.mint(now - 3600));
    for token in [&good, &old] {
        for part in token.split('.').skip(1) {
            search.canaries.add("session token", part);
        }
    }
    let body = json!({
        "keys": [test_key.jwk()], "token": hidden, "jwt": hidden, "url": hidden, "secret": hidden,
        "directives": [format!("__session={good}; Path=/; Secure"), "__client_uat=1; Path=/; Secure"],
        "cookies": [format!("__session={good}; Path=/; Secure")],
    });
    let answers: Vec<Vec<u8>> = vec![
        answer(200, &body.to_string()),
        answer(422, &json!({ "errors": [{ "code": "c", "message": "no", "meta": { "token": hidden } }], "token": hidden }).to_string()),
        answer_with(302, &format!("location: https://user:{hidden}@example.com/{hidden}?t={hidden}\r\nset-cookie: {hidden}\r\n"), b""),
        answer_with(503, &format!("x-token: {hidden}\r\n"), hidden.as_bytes()),
        answer_with(200, "content-encoding: gzip\r\n", hidden.as_bytes()),
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"token\":\"".iter().copied().chain(hidden.bytes()).collect(),
        format!("{hidden} no HTTP at all\r\n\r\n").into_bytes(),
    ];
    let certificates = Certificates::new().unwrap();
    let mut calls = 0;
    for (number, bytes) in answers.into_iter().enumerate() {
        for tls in [false, true] {
            let last = if number >= 5 { clerk_fault_server::Step::Fin } else { Again };
            let plan = Plan::always(vec![ReadRequest, Write(bytes.clone()), last]);
            let server = match tls {
                false => Server::start(plan),
                true => Server::start_tls(plan, certificates.server(Leaf::Good).unwrap()),
            }
            .unwrap();
            for kind in Driver::CRATES {
                let mut settings = Settings::new(&key, server.base_url_as("localhost"));
                settings.machine_key = Some(machine.clone());
                settings.header = Some(("x-own-authorization".to_owned(), own.clone()));
                settings.tls = Some(certificates.client().unwrap());
                settings.retry =
                    RetryPolicy::default().max_attempts(2).initial_delay(Duration::from_millis(1));
                let transport = Transport::new(kind, &settings).unwrap();
                let options = || CallOptions::new().header("x-own-token", &own);
                let place = format!("{kind}, answer {number}, TLS {tls}");
                let mut tell = |error: Option<clerk_hyper::Error>| {
                    calls += 1;
                    if let Some(error) = error {
                        search.error(&place, &error);
                    }
                };
                let create = CreateUser::new().password(word.as_str()).totp_secret(word.as_str());
                tell(transport.call(create, options()).err());
                tell(transport.call(VerifyPassword::new("user_1", word.as_str()), options()).err());
                tell(transport.call(CreateM2mToken::new(), options()).err());
                let raw =
                    RawOperation::new(Method::PUT, "/x").body(&json!({ "private_metadata": word }));
                tell(transport.call(raw, options()).err());

                let verifier = transport
                    .verifier()
                    .publishable_key("pk_test_Y2xlcmsuZXhhbXBsZS5jb20k")
                    .authorized_party(party)
                    .handshake(Handshake::new())
                    .build()
                    .unwrap();
                for (target, authorization, cookies) in [
                    ("/", format!("Bearer {good}"), String::new()),
                    ("/", format!("Bearer {opaque}"), String::new()),
                    ("/", format!("Bearer mt_{opaque}"), String::new()),
                    ("/", format!("Bearer oat_{opaque}"), String::new()),
                    ("/", format!("Bearer ak_{opaque}"), String::new()),
                    (
                        "/",
                        String::new(),
                        format!(
                            "__session={old}; __client_uat=1; __clerk_db_jwt=dvb_{browser}; __refresh={cookie}"
                        ),
                    ),
                    (
                        "/",
                        String::new(),
                        format!("__client_uat=1; __clerk_db_jwt=dvb_{browser}; __refresh={cookie}"),
                    ),
                    (
                        &format!("/?__clerk_handshake_nonce={nonce}"),
                        String::new(),
                        format!("__client_uat=1; __clerk_db_jwt={browser}"),
                    ),
                    (
                        &format!("/?__clerk_handshake={good}"),
                        String::new(),
                        format!("__client_uat=1; __clerk_db_jwt={browser}"),
                    ),
                ] {
                    let mut request = Request::get(target)
                        .header("host", "app.example.com")
                        .header("sec-fetch-dest", "document");
                    if !authorization.is_empty() {
                        request = request.header("authorization", authorization);
                    }
                    let parts = request.header("cookie", cookies).body(()).unwrap().into_parts().0;
                    let state = transport.authenticate(&verifier, &parts);
                    search.value(&place, &state);
                    search.value(&place, &state.refusal());
                    search.value(&place, &state.error());
                    calls += 1;
                }
                drop(transport);
                told(&mut search, &mut targets, &place);
            }
        }
    }
    // A proxy that is asked for TLS, and refuses; and one that is nobody.
    for bytes in [&b"HTTP/1.1 407 No\r\n\r\n"[..], b"HTTP/1.1 200 OK\r\n\r\nno TLS", b"no"] {
        let proxy = Server::start(Plan::always(vec![ReadRequest, Write(bytes.to_vec())])).unwrap();
        for kind in Driver::CRATES {
            let mut settings = Settings::new(&key, "https://api.clerk.com".to_owned());
            settings.proxy = Some(format!("http://user:{proxy_word}@{}", proxy.address()));
            settings.tls = Some(certificates.client().unwrap());
            let transport = Transport::new(kind, &settings).unwrap();
            let raw = RawOperation::new(Method::POST, "/x").body(&word);
            search.error("proxy", &transport.call(raw, CallOptions::new()).unwrap_err());
            calls += 1;
            drop(transport);
            told(&mut search, &mut targets, &format!("{kind}, proxy"));
        }
    }
    // Every fault of the table.
    let elsewhere = Server::start(Plan::answering(answer(200, "{}"))).unwrap();
    for row in rows(&elsewhere.address().to_string()) {
        // What never ends tells nothing new, at length; and waits are long.
        if !is_full() && matches!(row.number, 2 | 8 | 9 | 10 | 17 | 20 | 22) {
            continue;
        }
        for kind in Driver::CRATES {
            let site = row.open().unwrap();
            let mut settings =
                Settings::new(SECRET_KEY, site.base_url().to_owned()).max_body(1 << 20);
            settings = settings.deadline(Duration::from_millis(500));
            let transport = Transport::new(kind, &settings).unwrap();
            for call in &row.calls {
                if let Err(error) = transport.call(call.person(), CallOptions::new()) {
                    search.error(row.name, &error);
                }
                calls += 1;
            }
            drop(transport);
            drop(site.finish());
            told(&mut search, &mut targets, &format!("{kind}, row {} ({})", row.number, row.name));
        }
    }
    targets.sort();
    (search, targets, calls)
}
