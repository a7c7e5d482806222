//! Two instances in one process: each request goes to the tenant whose host it names, and no tenant
//! takes the other's tokens, not even when their keys have one name.
//!
//! `cargo run --bin multi_tenant`: stand-ins in memory, no network, no account.
use std::{
    error::Error,
    io::{self, ErrorKind, Write},
    process::ExitCode,
};

use clerk_core::{
    Client, Config,
    auth::{AuthenticateOptions, Reason, RequestState, Verifier},
    testing::{StandIn, StandInTransport, TestKey},
};
use clerk_examples::quickstart::report;
use http::{Request, header::HOST, request::Parts, uri::Authority};

const HELP: &str = "\
Two instances of Clerk in one process, and no token of the one is good for the other.

  multi_tenant      sends the tokens of both to both: stand-ins in memory, no network, no account
  -h, --help        show this

It ends with 0 if all is as it should be, 1 if not (or if nothing can be written), 2 if it was called
wrongly.
";
const WRONG_USAGE: u8 = 2;
/// Where the two applications are.
const HOSTS: [&str; 2] = ["shop.example.com", "blog.example.com"];

/// One instance of Clerk, and the host under which its application is. An application has
/// `clerk_hyper::Clerk` or `clerk_blocking::Clerk` as its client.
struct Tenant {
    host: &'static str,
    clerk: Client<StandInTransport>,
    /// Built once: the keys that it has fetched are its own, and no other verifier sees them.
    verifier: Verifier,
}

impl Tenant {
    fn new(host: &'static str, api: StandInTransport) -> Result<Self, clerk_core::Error> {
        let clerk = Client::new(Config::new(&secret_key(host))?, api, 7);
        let verifier = clerk
            .verifier()
            .issuer(issuer(host))
            .authorized_party(format!("https://{host}"))
            .build()?;
        Ok(Self { host, clerk, verifier })
    }
}

/// The tenant that a request is for: the host that it names, without a port, in any case, is one of
/// those that are known, or nobody's.
fn tenant_of<'t>(tenants: &'t [Tenant], request: &Parts) -> Option<&'t Tenant> {
    let field;
    let authority = match request.uri.authority() {
        // HTTP/2 has it there (`:authority`), and so have requests to a proxy; then it counts.
        Some(authority) => authority,
        None => {
            let mut fields = request.headers.get_all(HOST).iter();
            let (Some(host), None) = (fields.next(), fields.next()) else { return None };
            field = Authority::try_from(host.as_bytes()).ok()?;
            &field
        }
    };
    // A name of a user has no place in a request.
    let host = Some(authority.host()).filter(|_| !authority.as_str().contains('@'))?;
    tenants.iter().find(|tenant| tenant.host.eq_ignore_ascii_case(host))
}

/// What became of a request.
#[derive(Debug, PartialEq)]
enum Outcome {
    SignedIn(String),
    Refused(u16, Option<Reason>),
}

fn answer(tenants: &[Tenant], request: &Parts) -> Outcome {
    let Some(tenant) = tenant_of(tenants, request) else { return Outcome::Refused(421, None) };
    let flow = tenant.verifier.authenticate(request, &AuthenticateOptions::new());
    let state = tenant.clerk.run(flow);
    // `Clerk::authenticate` of clerk-hyper and clerk-blocking does this by itself, and nobody waits.
    if let Some(refresh) = tenant.verifier.due_refresh() {
        // If it fails, the keys at hand stay good for an hour.
        drop(tenant.clerk.run(refresh));
    }
    match state {
        RequestState::SignedIn { auth, .. } => Outcome::SignedIn(auth.to_string()),
        state => {
            let status = state.refusal().map_or(401, |refusal| refusal.status().as_u16());
            Outcome::Refused(status, state.reason())
        }
    }
}

fn main() -> ExitCode {
    let out = &mut io::stdout().lock();
    let mut arguments = std::env::args_os().skip(1);
    let result = match (arguments.next(), arguments.next()) {
        (None, _) => run(out),
        (Some(flag), None) if flag == "-h" || flag == "--help" => {
            out.write_all(HELP.as_bytes()).and_then(|()| out.flush()).map_err(Into::into)
        }
        _ => {
            // If that cannot be written, the code has to do.
            let _ = writeln!(io::stderr(), "error: it takes no arguments; see --help");
            return ExitCode::from(WRONG_USAGE);
        }
    };
    match result {
        // Whoever reads has seen enough, as `head` has.
        Err(error) if is_broken_pipe(&*error) => ExitCode::SUCCESS,
        result => report(result),
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

fn run(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let (first, second) = (TestKey::first(), TestKey::second());
    compare(out, "each key has a name of its own", &first, &second, Reason::JwkKidMismatch)?;
    let (first, second) = (first.with_kid("ins_1"), second.with_kid("ins_1"));
    compare(out, "both keys have one name", &first, &second, Reason::TokenInvalidSignature)?;
    writeln!(out, "each tenant accepts its own tokens and refuses the other's: as it should be")?;
    Ok(out.flush()?)
}

/// Sends the tokens of two tenants to both of them.
fn compare(
    out: &mut impl Write,
    title: &str,
    first: &TestKey,
    second: &TestKey,
    reason: Reason,
) -> Result<(), Box<dyn Error>> {
    // As HTTP/1.1 names it, in `Host`, or as HTTP/2 does, in the URI; and whose tenant that is.
    let targets = [
        (HOSTS[0], Some(HOSTS[0])),
        (HOSTS[1], Some(HOSTS[1])),
        ("BLOG.example.com:443", Some(HOSTS[1])),
        ("https://shop.example.com/", Some(HOSTS[0])),
        ("evil.example.com", None),
    ];
    let (shop, blog) = (api(HOSTS[0], first), api(HOSTS[1], second));
    let tenants = [Tenant::new(HOSTS[0], shop.clone())?, Tenant::new(HOSTS[1], blog.clone())?];
    let now = shop.now().as_secs();
    let tokens =
        [(HOSTS[0], token(HOSTS[0], first, now)), (HOSTS[1], token(HOSTS[1], second, now))];

    writeln!(out, "{title}\n  {:27}{:20}outcome", "request to", "token of")?;
    for (target, whose) in targets {
        for (owner, token) in &tokens {
            let parts = request(target, token)?;
            let outcome = answer(&tenants, &parts);
            let shown = match &outcome {
                Outcome::SignedIn(who) => format!("signed in: {who}"),
                Outcome::Refused(status, None) => format!("{status}: no such tenant"),
                Outcome::Refused(status, Some(reason)) => format!("{status}: {}", reason.code()),
            };
            writeln!(out, "  {target:27}{owner:20}{shown}")?;
            let expected = match whose {
                None => Outcome::Refused(421, None),
                Some(host) if host == *owner => {
                    Outcome::SignedIn(format!("session_token of user_of_{owner}"))
                }
                Some(_) => Outcome::Refused(401, Some(reason)),
            };
            if outcome != expected {
                return Err(format!("this is not as it should be: {outcome:?}").into());
            }
        }
    }
    for (host, api) in [(HOSTS[0], shop), (HOSTS[1], blog)] {
        let count = api.with(|stand_in| stand_in.requests().count());
        writeln!(out, "  {host} was asked for its keys {}", times(count))?;
        // What the other tenant's tokens cause is bounded: one look for a key that is unknown.
        if !(1..=2).contains(&count) {
            return Err("the keys were asked for too often".into());
        }
    }
    writeln!(out)?;
    Ok(())
}

/// A request with a token, to a host or to a URI.
fn request(target: &str, token: &str) -> Result<Parts, http::Error> {
    let request = if target.contains("://") {
        Request::get(target)
    } else {
        Request::get("/").header(HOST, target)
    };
    let request = request.header("authorization", format!("Bearer {token}"));
    Ok(request.body(())?.into_parts().0)
}

/// The token of a user who is signed in at the application on this host.
fn token(host: &str, key: &TestKey, now: i64) -> String {
    let session = key.session(&format!("user_of_{host}")).issuer(&issuer(host));
    session.authorized_party(&format!("https://{host}")).mint(now)
}

/// A stand-in for the API of one instance.
fn api(host: &str, key: &TestKey) -> StandInTransport {
    let mut stand_in = StandIn::new(&secret_key(host));
    stand_in.set_keys([key.clone()]);
    stand_in.set_issuer(issuer(host));
    StandInTransport::new(stand_in)
}

/// The secret key of a tenant: in an application, from wherever it keeps secrets.
fn secret_key(host: &str) -> String {
    format!("sk_test_{host}")
}

fn issuer(host: &str) -> String {
    format!("https://clerk.{host}")
}

fn times(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_tenant_is_the_host_that_the_request_names() {
        let key = TestKey::first();
        let tenants = ["shop.example.com", "[::1]"]
            .map(|host| Tenant::new(host, api("shop.example.com", &key)).unwrap());
        let tenant = |uri: &str, hosts: &[&str]| {
            let mut request = Request::get(uri);
            for host in hosts {
                request = request.header(HOST, *host);
            }
            let (parts, ()) = request.body(()).unwrap().into_parts();
            tenant_of(&tenants, &parts).map(|tenant| tenant.host)
        };
        let shop = Some("shop.example.com");
        for (uri, hosts, expected) in [
            ("/", &["shop.example.com"][..], shop),
            ("/", &["SHOP.example.com:8080"], shop),
            ("/", &["[::1]"], Some("[::1]")),
            ("/", &["[::1]:80"], Some("[::1]")),
            ("https://shop.example.com/", &[], shop),
            ("https://[::1]:80/", &[], Some("[::1]")),
            // What the URI says counts, as in HTTP.
            ("https://shop.example.com/", &["[::1]"], shop),
            ("https://evil.example.com/", &["shop.example.com"], None),
            ("/", &[], None),
            ("/", &[""], None),
            ("/", &["shop.example.com", "shop.example.com"], None),
            ("/", &["shop.example.com/"], None),
            ("/", &["shop.example.com, evil.example.com"], None),
            ("/", &["evil@shop.example.com"], None),
            ("https://evil@shop.example.com/", &[], None),
            ("/", &["shop.example.com.evil.example.com"], None),
        ] {
            assert_eq!(tenant(uri, hosts), expected, "{uri} {hosts:?}");
        }
    }

    #[test]
    fn keys_are_refreshed_beside_requests() {
        let (host, key) = (HOSTS[0], TestKey::first());
        let api = api(host, &key);
        let tenants = [Tenant::new(host, api.clone()).unwrap()];
        let asked = || {
            let token = token(host, &key, api.now().as_secs());
            let outcome = answer(&tenants, &request(host, &token).unwrap());
            assert!(matches!(outcome, Outcome::SignedIn(_)), "{outcome:?}");
            api.with(|stand_in| stand_in.requests().count())
        };
        assert_eq!((asked(), asked()), (1, 1));
        api.advance(Duration::from_secs(300));
        assert_eq!((asked(), asked()), (2, 2));
    }
}
