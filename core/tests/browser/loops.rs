//! Browsers that are sent to and fro: each comes to rest, and after how many handshakes.
use crate::world::{
    Clerk::{self, *},
    Site::{self, *},
    World,
};

struct Case {
    site: Site,
    clerk: Clerk,
    /// As they were set, by whomever, at the application.
    cookies: &'static [&'static str],
    page: &'static str,
    /// Handshakes of this application and of the primary one, requests, and the end.
    ends: ([u32; 2], u32, &'static str),
}

const fn case(
    site: Site,
    clerk: Clerk,
    cookies: &'static [&'static str],
    page: &'static str,
    ends: ([u32; 2], u32, &'static str),
) -> Case {
    Case { site, clerk, cookies, page, ends }
}

const GONE: &str = "__client_uat=UAT; Path=/";
const DEV: &str = "__clerk_db_jwt=dvb; Path=/";

const CASES: &[Case] = &[
    // What should happen.
    case(Development, Good, &[], "/", ([1, 0], 4, "in")),
    case(Development, Token, &[], "/", ([1, 0], 4, "in")),
    case(Production, Good, &[GONE], "/", ([1, 0], 3, "in")),
    case(Production, Token, &[GONE], "/", ([1, 0], 3, "in")),
    case(Satellite, Good, &[], "/", ([2, 1], 6, "in")),
    case(ProductionSatellite, Good, &[], "/", ([1, 0], 3, "in")),
    // Clerk does not help.
    case(Development, Nothing, &[], "/", ([3, 0], 7, "dev-browser-missing Loop")),
    case(Development, Empty, &[], "/", ([3, 0], 10, "dev-browser-missing Loop")),
    case(Development, SignedOut, &[], "/", ([1, 0], 4, "session-token-and-uat-missing")),
    case(Development, OtherKey, &[], "/", ([3, 0], 7, "dev-browser-missing Loop")),
    case(Development, OtherIssuer, &[], "/", ([3, 0], 7, "dev-browser-missing Loop")),
    case(Development, Garbage, &[], "/", ([3, 0], 7, "dev-browser-missing Loop")),
    case(Development, Skewed(3600), &[], "/", ([3, 0], 10, "token-not-active-yet Loop")),
    case(Development, Skewed(-3600), &[], "/", ([3, 0], 10, "token-expired Loop")),
    case(Development, Skewed(200_000), &[], "/", ([1, 0], 3, "token-not-active-yet")),
    case(Development, Skewed(-200_000), &[], "/", ([1, 0], 3, "token-expired")),
    case(Development, Nonce(404), &[], "/", ([3, 0], 10, "dev-browser-missing Loop")),
    case(Development, Nonce(500), &[], "/", ([1, 0], 3, "503 unexpected-error")),
    case(Development, Nonce(401), &[], "/", ([1, 0], 3, "503 secret-key-invalid")),
    case(Development, LongNonce, &[], "/", ([3, 0], 10, "dev-browser-missing Loop")),
    case(Development, OddDirectives, &[], "/", ([3, 0], 7, "dev-browser-missing Loop")),
    case(Development, ManyDirectives, &[], "/", ([3, 0], 7, "dev-browser-missing Loop")),
    case(Development, OtherPath, &[], "/", ([3, 0], 10, "dev-browser-missing Loop")),
    case(Development, ForeignToken, &[], "/", ([1, 0], 3, "token-invalid-signature")),
    case(Production, Nothing, &[GONE], "/", ([3, 0], 7, "client-uat-but-no-session-token Loop")),
    case(Production, Empty, &[GONE], "/", ([1, 0], 3, "session-token-missing")),
    case(Production, SignedOut, &[GONE], "/", ([1, 0], 3, "session-token-missing")),
    case(Production, OtherKey, &[GONE], "/", ([3, 0], 7, "client-uat-but-no-session-token Loop")),
    case(
        Production,
        OtherIssuer,
        &[GONE],
        "/",
        ([3, 0], 7, "client-uat-but-no-session-token Loop"),
    ),
    case(Production, Garbage, &[GONE], "/", ([3, 0], 7, "client-uat-but-no-session-token Loop")),
    case(
        Production,
        Skewed(3600),
        &[GONE],
        "/",
        ([3, 0], 7, "client-uat-but-no-session-token Loop"),
    ),
    case(
        Production,
        Skewed(-3600),
        &[GONE],
        "/",
        ([3, 0], 7, "client-uat-but-no-session-token Loop"),
    ),
    case(Production, Nonce(404), &[GONE], "/", ([3, 0], 7, "client-uat-but-no-session-token Loop")),
    case(Production, Nonce(500), &[GONE], "/", ([1, 0], 3, "503 unexpected-error")),
    case(Production, LongNonce, &[GONE], "/", ([3, 0], 7, "client-uat-but-no-session-token Loop")),
    case(
        Production,
        OddDirectives,
        &[GONE],
        "/",
        ([3, 0], 7, "client-uat-but-no-session-token Loop"),
    ),
    case(
        Production,
        ManyDirectives,
        &[GONE],
        "/",
        ([3, 0], 7, "client-uat-but-no-session-token Loop"),
    ),
    case(Production, OtherPath, &[GONE], "/", ([1, 0], 3, "in")),
    case(
        Production,
        ForeignToken,
        &[GONE],
        "/",
        ([3, 0], 7, "client-uat-but-no-session-token Loop"),
    ),
    case(Satellite, Nothing, &[], "/", ([3, 1], 7, "dev-browser-missing Loop")),
    case(Satellite, OtherKey, &[], "/", ([3, 1], 7, "dev-browser-missing Loop")),
    case(UnknownSatellite, Good, &[], "/", ([1, 1], 5, "in at the primary")),
    case(ProductionSatellite, Nothing, &[], "/", ([3, 0], 7, "satellite-needs-syncing Loop")),
    case(ProductionSatellite, OtherKey, &[], "/", ([3, 0], 7, "satellite-needs-syncing Loop")),
    case(ProductionSatellite, SignedOut, &[], "/", ([1, 0], 3, "session-token-missing")),
    // Queries that ask for it.
    case(
        Development,
        Nothing,
        &[DEV, GONE],
        "/?__clerk_db_jwt=dvb_sent",
        ([3, 0], 7, "client-uat-but-no-session-token Loop"),
    ),
    case(Development, Good, &[DEV, GONE], "/?__clerk_db_jwt=dvb_sent", ([1, 0], 4, "in")),
    case(Development, Good, &[], "/?__clerk_handshake_nonce=old", ([1, 0], 5, "in")),
    case(Development, Nothing, &[], "/?__clerk_handshake=a.b.c", ([0, 0], 1, "token-invalid")),
    case(Satellite, Good, &[DEV, GONE], "/?__clerk_synced=false", ([2, 1], 6, "in")),
    case(ProductionSatellite, Good, &[GONE], "/?__clerk_synced=false", ([1, 0], 3, "in")),
    case(
        ProductionSatellite,
        Nothing,
        &[GONE],
        "/?__clerk_synced=false",
        ([3, 0], 7, "satellite-needs-syncing Loop"),
    ),
    case(
        ProductionSatellite,
        Nothing,
        &[GONE],
        "/?__clerk_synced=false&__clerk_synced=true",
        ([3, 0], 7, "satellite-needs-syncing Loop"),
    ),
    // The cookies that are there are stale, wrong, or of others.
    case(
        Production,
        Nothing,
        &[GONE, "__session=STALE; Path=/"],
        "/",
        ([3, 0], 7, "token-expired Loop"),
    ),
    case(
        Production,
        Nothing,
        &[GONE, "__session=FUTURE; Path=/"],
        "/",
        ([3, 0], 7, "token-not-active-yet Loop"),
    ),
    case(
        Production,
        Nothing,
        &[GONE, "__session=FOREIGN; Path=/"],
        "/",
        ([0, 0], 1, "session-token-and-uat-missing"),
    ),
    case(
        Production,
        Nothing,
        &["__session=GOOD; Path=/"],
        "/",
        ([3, 0], 7, "session-token-but-no-client-uat Loop"),
    ),
    case(
        Production,
        Good,
        &["__client_uat=LATER; Path=/", "__session=GOOD; Path=/"],
        "/",
        ([1, 0], 3, "in"),
    ),
    case(
        Production,
        Nothing,
        &["__client_uat=LATER; Path=/", "__session=GOOD; Path=/"],
        "/",
        ([3, 0], 7, "session-token-iat-before-client-uat Loop"),
    ),
    case(
        Production,
        Nothing,
        &[GONE, "__session=garbage; Path=/"],
        "/",
        ([0, 0], 1, "token-invalid"),
    ),
    case(
        Production,
        Renewal(200),
        &[
            "__session_SUFFIX=STALE; Path=/",
            "__client_uat_SUFFIX=UAT; Path=/",
            "__refresh_SUFFIX=r; Path=/",
        ],
        "/",
        ([0, 0], 1, "in"),
    ),
    case(
        Production,
        Renewal(500),
        &["__session=STALE; Path=/", GONE, "__refresh_SUFFIX=r; Path=/"],
        "/",
        ([3, 0], 7, "token-expired Loop"),
    ),
    case(
        Production,
        BadRenewal,
        &["__session=STALE; Path=/", GONE, "__refresh_SUFFIX=r; Path=/"],
        "/",
        ([3, 0], 7, "token-expired Loop"),
    ),
    case(
        Production,
        Nothing,
        &[GONE, "__clerk_handshake_nonce=old; Path=/"],
        "/",
        ([3, 0], 7, "client-uat-but-no-session-token Loop"),
    ),
    case(
        Production,
        Nothing,
        &[GONE, "__clerk_handshake=a.b.c; Path=/"],
        "/",
        ([3, 0], 7, "client-uat-but-no-session-token Loop"),
    ),
    case(
        Production,
        Nothing,
        &[GONE, "__session=GOOD; Path=/", "__clerk_handshake_nonce=old; Path=/"],
        "/",
        ([0, 0], 1, "in"),
    ),
    // Those that no answer overwrites, as they are on a narrower path or of the parent domain.
    case(Production, Good, &["__client_uat=LATER; Path=/deep"], "/deep/page", ([1, 0], 3, "in")),
    case(Production, Good, &[GONE, "__session=STALE; Path=/deep"], "/deep/page", ([1, 0], 3, "in")),
    case(
        Development,
        Good,
        &["__session=STALE; Path=/deep"],
        "/deep/page",
        ([1, 0], 4, "cookie-ambiguous"),
    ),
    case(
        Development,
        Good,
        &["__session=STALE; Path=/; Domain=example.com"],
        "/",
        ([1, 0], 4, "cookie-ambiguous"),
    ),
    case(
        Development,
        Good,
        &["__client_uat=LATER; Path=/deep"],
        "/deep/page",
        ([1, 0], 4, "cookie-ambiguous"),
    ),
    case(
        Development,
        Good,
        &["__clerk_db_jwt=dvb_other; Path=/deep"],
        "/deep/page",
        ([0, 0], 1, "session-token-and-uat-missing"),
    ),
    case(
        Production,
        Good,
        &[GONE, "__clerk_handshake_nonce=old; Path=/deep"],
        "/deep/page",
        ([3, 0], 7, "client-uat-but-no-session-token Loop"),
    ),
    case(
        Production,
        Good,
        &[GONE, "__refresh_SUFFIX=a; Path=/deep", "__refresh_SUFFIX=b; Path=/"],
        "/deep/page",
        ([1, 0], 3, "in"),
    ),
    // Counts.
    case(
        Production,
        Nothing,
        &[GONE, "__clerk_redirect_count=99; Path=/"],
        "/",
        ([0, 0], 1, "client-uat-but-no-session-token Loop"),
    ),
    case(
        Production,
        Nothing,
        &[GONE, "__clerk_redirect_count=3; Path=/deep"],
        "/deep/page",
        ([0, 0], 1, "client-uat-but-no-session-token Loop"),
    ),
    case(
        Production,
        Nothing,
        &[GONE, "__clerk_redirect_count=0; Path=/deep"],
        "/deep/page",
        ([3, 0], 7, "client-uat-but-no-session-token Loop"),
    ),
    case(
        Production,
        Nothing,
        &[GONE, "__clerk_redirect_count=-1; Path=/deep"],
        "/deep/page",
        ([3, 0], 7, "client-uat-but-no-session-token Loop"),
    ),
    case(
        Production,
        Nothing,
        &[GONE, "__clerk_redirect_count=garbage; Path=/deep"],
        "/deep/page",
        ([3, 0], 7, "client-uat-but-no-session-token Loop"),
    ),
    case(
        Production,
        Nothing,
        &[GONE, "__clerk_redirect_count=99999999999; Path=/deep"],
        "/deep/page",
        ([0, 0], 1, "client-uat-but-no-session-token Loop"),
    ),
    case(
        Production,
        Nothing,
        &[GONE, "__clerk_redirect_count=0; Path=/; Domain=example.com"],
        "/",
        ([3, 0], 7, "client-uat-but-no-session-token Loop"),
    ),
    case(
        Production,
        Nothing,
        &[GONE, "__clerk_redirect_count=2; Path=/; Domain=example.com"],
        "/",
        ([1, 0], 3, "client-uat-but-no-session-token Loop"),
    ),
    case(
        Production,
        Nothing,
        &[GONE, "__clerk_redirect_count=; Path=/deep"],
        "/deep/page",
        ([3, 0], 7, "client-uat-but-no-session-token Loop"),
    ),
    case(
        Production,
        Nothing,
        &[GONE, "__clerk_redirect_count=0; Path=/a", "__clerk_redirect_count=x; Path=/a/b"],
        "/a/b/c",
        ([3, 0], 7, "client-uat-but-no-session-token Loop"),
    ),
    case(
        Development,
        Nothing,
        &["__clerk_redirect_count=0; Path=/deep"],
        "/deep/page",
        ([3, 0], 7, "dev-browser-missing Loop"),
    ),
    case(
        Satellite,
        Nothing,
        &["__clerk_redirect_count=0; Path=/deep"],
        "/deep/page",
        ([3, 1], 7, "dev-browser-missing Loop"),
    ),
    // Organizations that never become the active one.
    case(Organizations, Good, &[], "/orgs/acme", ([3, 0], 10, "in")),
    case(
        Organizations,
        Nothing,
        &[DEV, GONE, "__session=GOOD; Path=/"],
        "/orgs/acme",
        ([3, 0], 7, "in"),
    ),
    case(Organizations, Good, &[DEV, GONE, "__session=GOOD; Path=/"], "/me", ([0, 0], 1, "in")),
    case(
        ProductionOrganizations,
        Good,
        &[GONE, "__session=GOOD; Path=/"],
        "/orgs/acme",
        ([1, 0], 3, "in"),
    ),
    case(
        ProductionOrganizations,
        Nothing,
        &[GONE, "__session=GOOD; Path=/"],
        "/orgs/acme",
        ([3, 0], 7, "in"),
    ),
    case(
        ProductionOrganizations,
        OtherKey,
        &[GONE, "__session=GOOD; Path=/"],
        "/orgs/acme",
        ([3, 0], 7, "in"),
    ),
];

#[test]
fn every_browser_comes_to_rest() {
    let mut wrong = Vec::new();
    for (number, case) in CASES.iter().enumerate() {
        let mut world = World::new(case.site, case.clerk);
        for cookie in case.cookies {
            let text = world.filled(cookie);
            world.jar.set("app.example.com", "/", &text, 0);
        }
        let (handshakes, requests, end) =
            world.open(&format!("https://app.example.com{}", case.page));
        assert!(handshakes.iter().all(|count| *count <= 3), "{number}");
        if (handshakes, requests, &*end) != case.ends {
            let Case { site, clerk, cookies, page, .. } = case;
            wrong.push(format!("{number}: {site:?} {clerk:?} {cookies:?} {page}: ({handshakes:?}, {requests}, {end:?})"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(CASES.len(), 92);
}

/// The count lives for two seconds, which has to be enough for a handshake in development: three requests.
#[test]
fn a_slow_clerk_is_no_loop() {
    for (site, clerk, requests) in
        [(Development, Nothing, 7), (Development, Empty, 10), (Organizations, Good, 10)]
    {
        let mut world = World::new(site, clerk);
        world.latency = 660;
        let (handshakes, asked, _) = world.open("https://app.example.com/orgs/acme");
        assert_eq!((handshakes, asked), ([3, 0], requests), "{site:?} {clerk:?}");
    }
}

/// Whoever comes back later has all of them again.
#[test]
fn a_count_is_forgotten() {
    let mut world = World::new(Production, Nothing);
    let text = world.filled(GONE);
    world.jar.set("app.example.com", "/", &text, 0);
    let ended = "client-uat-but-no-session-token Loop".to_owned();
    let open = |world: &mut World| world.open("https://app.example.com/");
    assert_eq!(open(&mut world), ([3, 0], 7, ended.clone()));
    assert_eq!(open(&mut world), ([0, 0], 1, ended.clone()));
    world.wait(2000);
    assert_eq!(open(&mut world), ([3, 0], 7, ended));
}

/// Whoever is signed in is asked about once for a link on another origin, whatever Clerk says.
#[test]
fn a_link_on_another_origin_is_one_handshake() {
    for (site, clerk, handshakes, requests) in [
        (Development, Good, 1, 4),
        (Development, Nothing, 1, 3),
        (Development, OtherKey, 1, 3),
        (Production, Good, 1, 3),
        (Production, Nothing, 1, 3),
        (Production, OtherKey, 1, 3),
        (Satellite, Nothing, 0, 1),
        (ProductionSatellite, Nothing, 0, 1),
    ] {
        let mut world = World::new(site, clerk);
        world.referer = Some("https://evil.example/");
        for text in [DEV, GONE, "__session=GOOD; Path=/"] {
            let text = world.filled(text);
            world.jar.set("app.example.com", "/", &text, 0);
        }
        let ended = world.open("https://app.example.com/");
        assert_eq!(ended, ([handshakes, 0], requests, "in".to_owned()), "{site:?} {clerk:?}");
    }
}

/// Somebody who is signed in, and a Clerk that answers well but so slowly that a browser in development, which takes
/// three requests to come back, has no count any more when it does.
#[test]
fn a_very_slow_clerk_is_no_loop() {
    for latency in [700, 1000, 1900] {
        let mut world = World::new(Development, Good);
        world.referer = Some("https://evil.example/");
        world.latency = latency;
        for text in [DEV, GONE, "__session=GOOD; Path=/"] {
            let text = world.filled(text);
            world.jar.set("app.example.com", "/", &text, 0);
        }
        let ended = world.open("https://app.example.com/");
        assert_eq!(ended, ([1, 0], 4, "in".to_owned()), "{latency}");
    }
}
