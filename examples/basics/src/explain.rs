//! What a token says, and whether it is to be believed, in words.
//!
//! Neither the token nor its signature is ever shown, and what somebody else wrote is shown escaped.
mod shown;

use std::fmt::{Display, Write as _};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clerk_core::{
    Timestamp,
    auth::{
        Auth, M2mAuth, OauthAuth, Reason, SessionAuth, TemplateAuth, TokenKind, Verifier,
        VerifyError,
    },
};
use serde_json::{Map, Value};

pub use shown::typed;
use shown::{escaped, shown};

/// How long a token may be for its parts to be looked at: as long as a verifier takes.
const MAX_TOKEN: usize = 16 << 10;

/// Which kind of token is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // An example is nobody's dependency.
pub enum Kind {
    /// A session token.
    Session,
    /// One of a JWT template.
    Template,
    /// One of a machine.
    M2m,
    /// One of an OAuth application.
    Oauth,
    /// A session token, or one of a machine or an OAuth application: whatever it says that it is.
    Any,
}

impl Kind {
    /// The kind of this name.
    pub fn read(name: &str) -> Option<Self> {
        Some(match name {
            "session" => Self::Session,
            "template" => Self::Template,
            "m2m" => Self::M2m,
            "oauth" => Self::Oauth,
            "any" => Self::Any,
            _ => return None,
        })
    }
}

/// What became of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // An example is nobody's dependency.
pub enum Verdict {
    /// It is good.
    Accepted,
    /// It is not.
    Refused(Reason),
    /// Nobody here can say.
    NotJudged,
}

/// Explains a token: the text, and the verdict. Without a verifier it is not judged.
pub fn explain(
    token: &str,
    verifier: Option<&Verifier>,
    kind: Kind,
    now: Timestamp,
) -> (String, Verdict) {
    let mut page = Page { text: String::new(), now };
    if let Some(what) = opaque(token) {
        page.line("it says", "nothing: it is opaque");
        page.line("kind", format_args!("{what}, by its prefix"));
        page.line(
            "verdict",
            "NOT JUDGED: only Clerk can say what it is worth; `authenticate` asks",
        );
        return (page.text, Verdict::NotJudged);
    }
    page.unverified(token);
    let Some(verifier) = verifier else {
        page.line("verdict", "NOT JUDGED: without a key nobody can tell who wrote this");
        page.line("", "give --pem or --jwks");
        return (page.text, Verdict::NotJudged);
    };
    let verdict = match page.judge(token, verifier, kind) {
        Ok(()) => Verdict::Accepted,
        Err(error) => {
            let reason = error.reason();
            page.line("verdict", format_args!("REFUSED: {}", reason.code()));
            page.line("", reason.advice());
            Verdict::Refused(reason)
        }
    };
    (page.text, verdict)
}

/// The token in what was copied from a request: without `Bearer ` or `__session=` in front, and
/// without white space around it.
pub fn bare(text: &str) -> &str {
    let text = text.trim_ascii();
    let token = match (text.split_once([' ', '\t']), text.split_once('=')) {
        (Some((scheme, token)), _) if scheme.eq_ignore_ascii_case("bearer") => token,
        // The cookies of an instance have a suffix of its own: `__session_1Z8AzTQD`.
        (_, Some((name, token))) if name == "__session" || name.starts_with("__session_") => token,
        _ => text,
    };
    token.trim_ascii()
}

/// What an opaque token is, by its prefix.
fn opaque(token: &str) -> Option<&'static str> {
    [("mt_", "an M2M token"), ("oat_", "an OAuth access token"), ("ak_", "an API key")]
        .into_iter()
        .find(|(prefix, _)| token.starts_with(prefix))
        .map(|(_, what)| what)
}

struct Page {
    text: String,
    now: Timestamp,
}

impl Page {
    fn line(&mut self, name: &str, value: impl Display) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "  {name:14}{value}");
    }

    /// What the token says, whoever wrote it.
    fn unverified(&mut self, token: &str) {
        let Some((header, claims)) = parts(token) else {
            self.line("it says", "nothing that can be read: it is no JWT");
            return;
        };
        self.line("it says", "(NOT VERIFIED: anybody can write this)");
        self.line("kind", said_kind(&header, &claims));
        self.line("algorithm", shown(header.get("alg")));
        self.line("key id", shown(header.get("kid")));
        self.line("issuer", shown(claims.get("iss")));
        self.line("for", shown(claims.get("sub")));
        for (name, claim) in [("origin", "azp"), ("audience", "aud"), ("actor", "act")] {
            if claims.contains_key(claim) {
                self.line(name, shown(claims.get(claim)));
            }
        }
        for (name, claim) in [("made", "iat"), ("good from", "nbf"), ("good until", "exp")] {
            let time = self.time(claims.get(claim));
            self.line(name, time);
        }
    }

    /// A time, and how far away it is.
    fn time(&self, claim: Option<&Value>) -> String {
        let seconds = claim.and_then(Value::as_f64).filter(|time| (0.0..=9e15).contains(time));
        match seconds {
            Some(seconds) => {
                let time = Timestamp::from_secs(seconds as i64);
                format!("{time} ({})", distance(time.as_secs().saturating_sub(self.now.as_secs())))
            }
            None if claim.is_some() => format!("{}, which is no time", shown(claim)),
            None => shown(None),
        }
    }

    /// Verifies the token, and says what that has shown.
    fn judge(&mut self, token: &str, verifier: &Verifier, kind: Kind) -> Result<(), VerifyError> {
        match kind {
            Kind::Session => {
                let session = self.verify(token, verifier)?;
                self.session(&session);
            }
            Kind::Template => {
                let template: TemplateAuth = self.verify(token, verifier)?;
                self.accepted("a token of a JWT template");
                self.line("user", escaped(template.user_id.as_str()));
                self.not_checked(template.issuer_checked, Some(template.azp_checked));
            }
            Kind::M2m => {
                let token = self.verify(token, verifier)?;
                self.m2m(&token);
            }
            Kind::Oauth => {
                let token = self.verify(token, verifier)?;
                self.oauth(&token);
            }
            Kind::Any => match self.verify(token, verifier)? {
                Auth::Session(session) => self.session(&session),
                Auth::M2m(token) => self.m2m(&token),
                Auth::Oauth(token) => self.oauth(&token),
                auth => self.accepted(&escaped(&auth.to_string())),
            },
        }
        Ok(())
    }

    fn verify<K: TokenKind>(&self, token: &str, verifier: &Verifier) -> Result<K, VerifyError> {
        verifier.verify_local_as(token, self.now)
    }

    fn accepted(&mut self, what: &str) {
        self.line("verdict", format_args!("ACCEPTED as {what}"));
    }

    fn session(&mut self, session: &SessionAuth) {
        self.accepted("a session token");
        self.line("user", escaped(session.user_id.as_str()));
        if let Some(id) = &session.session_id {
            self.line("session", escaped(id.as_str()));
        }
        if session.is_pending() {
            self.line(
                "",
                "it is PENDING: `authenticate` takes that for signed out, `has` denies all",
            );
        }
        if let Some(organization) = &session.organization {
            let role = organization.role.as_deref().unwrap_or("(none)");
            let (id, role) = (escaped(organization.id.as_str()), escaped(role));
            self.line("organization", format_args!("{id}, role {role}"));
            let permissions = session.permissions();
            let shown: Vec<_> = permissions.iter().map(|permission| escaped(permission)).collect();
            let shown = if shown.is_empty() { "(none)".to_owned() } else { shown.join(" ") };
            self.line("permissions", shown);
        }
        if let Some(actor) = &session.actor {
            let actor = actor.sub().map_or_else(|| "somebody".to_owned(), escaped);
            self.line("actor", format_args!("{actor} acts in place of the user"));
        }
        self.not_checked(session.issuer_checked, Some(session.azp_checked));
    }

    fn m2m(&mut self, token: &M2mAuth) {
        self.accepted("an M2M token");
        self.line("machine", escaped(token.machine_id.as_str()));
        self.scopes(&token.scopes);
        self.not_checked(token.issuer_checked, None);
    }

    fn oauth(&mut self, token: &OauthAuth) {
        self.accepted("an OAuth access token");
        self.line("user", escaped(token.user_id.as_str()));
        if let Some(client) = &token.client_id {
            self.line("application", escaped(client.as_str()));
        }
        self.scopes(&token.scopes);
        self.not_checked(token.issuer_checked, None);
    }

    fn scopes(&mut self, scopes: &[String]) {
        let shown: Vec<_> = scopes.iter().map(|scope| escaped(scope)).collect();
        let shown = if shown.is_empty() { "(none)".to_owned() } else { shown.join(" ") };
        self.line("scopes", format_args!("{shown} (whether they suffice is for you to check)"));
    }

    fn not_checked(&mut self, issuer: bool, party: Option<bool>) {
        if !issuer {
            let ways = match party {
                Some(_) => "--issuer or --publishable-key",
                None => "--issuer",
            };
            self.line("not checked", format_args!("the issuer (iss): give {ways}"));
        }
        if party == Some(false) {
            self.line("not checked", "the origin (azp): give --party");
        }
    }
}

/// Header and claims of a token, if they are objects.
fn parts(token: &str) -> Option<(Map<String, Value>, Map<String, Value>)> {
    if token.len() > MAX_TOKEN {
        return None;
    }
    let mut parts = token.split('.');
    let mut object = || {
        let json = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        serde_json::from_slice(&json).ok()
    };
    let (header, claims) = (object()?, object()?);
    let is_whole = parts.next().is_some() && parts.next().is_none();
    is_whole.then_some((header, claims))
}

/// What a token says that it is.
fn said_kind(header: &Map<String, Value>, claims: &Map<String, Value>) -> String {
    let text = |claim| Value::as_str(claim);
    let is_of_machine =
        claims.get("sub").and_then(text).is_some_and(|subject| subject.starts_with("mch_"));
    match (header.get("typ").map(text), header.get("cat").map(text)) {
        (Some(Some("at+jwt" | "application/at+jwt")), _) => "an OAuth access token",
        (None | Some(Some("JWT")), category) => match category {
            Some(Some("cl_B7d4PD111AAA")) => "a session token",
            Some(Some("cl_B7d4PD222AAA")) => "a token of a JWT template",
            Some(Some("cl_B7d4PD333AAA")) => "an M2M token",
            None | Some(Some("cl_I7d4PD111III")) if is_of_machine => "an M2M token",
            None | Some(Some("cl_I7d4PD111III")) => "a session token, or one of a JWT template",
            Some(_) => return format!("unknown, category {}", shown(header.get("cat"))),
        },
        (Some(_), _) => return format!("unknown, type {}", shown(header.get("typ"))),
    }
    .to_owned()
}

/// How far away a time is, in words.
fn distance(seconds: i64) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")];
    let (mut left, mut words) = (seconds.unsigned_abs(), Vec::new());
    for (length, unit) in UNITS {
        if left >= length && words.len() < 2 {
            words.push(format!("{} {unit}", left / length));
            left %= length;
        }
    }
    match (words.is_empty(), seconds > 0) {
        (true, _) => "now".to_owned(),
        (false, true) => format!("in {}", words.join(" ")),
        (false, false) => format!("{} ago", words.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use clerk_core::testing::TestKey;
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    #[test]
    fn a_good_token_is_explained_and_not_shown() {
        let verifier =
            Verifier::builder().pem(TestKey::first().pem()).any_issuer().build().unwrap();
        let token = TestKey::first()
            .session("user_1")
            .organization("org_1", "org:admin")
            .permissions(&[("posts", "read")])
            .actor("user_2")
            .mint(NOW.as_secs());
        let (text, verdict) = explain(&token, Some(&verifier), Kind::Any, NOW);
        assert_eq!(verdict, Verdict::Accepted);
        for line in [
            "  it says       (NOT VERIFIED: anybody can write this)\n",
            "  key id        \"ins_test_1\"\n",
            "  good until    2027-01-15T08:01:00Z (in 1 min)\n",
            "  verdict       ACCEPTED as a session token\n",
            "  organization  org_1, role org:admin\n",
            "  permissions   org:posts:read\n",
            "  actor         user_2 acts in place of the user\n",
            "  not checked   the issuer (iss): give --issuer or --publishable-key\n",
            "  not checked   the origin (azp): give --party\n",
        ] {
            assert!(text.contains(line), "{line}{text}");
        }
        for part in token.split('.') {
            assert!(!text.contains(part), "{text}");
        }
        let (text, verdict) = explain(&token, None, Kind::Any, NOW);
        assert_eq!(verdict, Verdict::NotJudged);
        assert!(text.contains("NOT JUDGED") && !text.contains("ACCEPTED"), "{text}");
    }

    #[test]
    fn what_others_wrote_does_nothing_to_a_terminal() {
        let odd = "\u{1b}[31m\u{202e}\u{7}\u{85}\n\u{2028}";
        let token = TestKey::first()
            .session(odd)
            .header("kid", odd)
            .header("alg", vec![odd])
            .claim("iss", odd.repeat(100))
            .claim("exp", odd)
            .claim("azp", vec![odd])
            .mint(NOW.as_secs());
        let (text, verdict) = explain(&token, None, Kind::Any, NOW);
        assert_eq!(verdict, Verdict::NotJudged);
        assert!(text.len() < 4000, "{text}");
        let is_tame = |char: char| char == '\n' || char == '…' || (' '..='~').contains(&char);
        assert!(text.chars().all(is_tame), "{text:?}");
        assert!(text.contains("which is no time"), "{text}");
    }

    #[test]
    fn what_others_wrote_is_escaped_once() {
        let odd = "\u{1b}[2J\\ \u{3164}\u{115f}\u{2800}\u{ffa0}\u{a0}\u{430}\"'";
        let escaped = r"\u{1b}[2J\\ \u{3164}\u{115f}\u{2800}\u{ffa0}\u{a0}\u{430}";
        let token = TestKey::first()
            .session(odd)
            .claim("aud", json!([odd, 7, null, []]))
            .claim("act", json!({ odd: odd, "x": { "y": true } }))
            .claim("azp", json!(["a", "b".repeat(200), "c"]));
        let verifier =
            Verifier::builder().pem(TestKey::first().pem()).any_issuer().build().unwrap();
        let token = token.mint(NOW.as_secs());
        let (text, _) = explain(&token, Some(&verifier), Kind::Session, NOW);
        let quoted = format!("\"{escaped}\\\"'\"");
        for line in [
            format!("  for           {quoted}\n"),
            format!("  user          {escaped}\"'\n"),
            format!("  audience      [{quoted},7,null,[]]\n"),
            format!("  actor         {{{quoted}:{quoted},"),
            format!("  origin        [\"a\",\"{}…\n", "b".repeat(94)),
        ] {
            assert!(text.contains(&line), "{line}{text}");
        }
    }

    #[test]
    fn a_token_is_found_in_what_was_copied() {
        for text in [
            "a.b.c",
            " a.b.c\n",
            "Bearer a.b.c",
            "bearer \t a.b.c\r\n",
            "__session=a.b.c",
            "__session_1Z8AzTQD=a.b.c",
        ] {
            assert_eq!(bare(text), "a.b.c", "{text:?}");
        }
        for text in ["", "Bearer", "Basic a.b.c", "__client=a.b.c", "__sessions=a.b.c"] {
            assert_eq!(bare(text), text);
        }
        assert_eq!((bare("__session="), bare("Bearer=a b")), ("", "Bearer=a b"));
    }

    #[test]
    fn what_is_no_jwt_is_not_read() {
        for token in ["", ".", "..", "e30.e30", "e30.e30.e30.e30", "e30.W10.", &"a".repeat(20_000)]
        {
            let (text, _) = explain(token, None, Kind::Any, NOW);
            assert!(text.contains("nothing that can be read"), "{text}");
        }
        let (text, verdict) = explain("ak_very_secret", None, Kind::Any, NOW);
        assert_eq!(verdict, Verdict::NotJudged);
        assert!(text.contains("an API key, by its prefix") && !text.contains("secret"), "{text}");
    }

    #[test]
    fn a_token_says_what_it_is() {
        let key = TestKey::first();
        for (token, kind) in [
            (key.session("user_1"), "a session token"),
            (key.template("user_1"), "a token of a JWT template"),
            (key.m2m("mch_1"), "an M2M token"),
            (key.oauth("user_1"), "an OAuth access token"),
            (key.session("mch_1").header("cat", "cl_I7d4PD111III"), "an M2M token"),
            (key.session("user_1").header("cat", "x"), "unknown, category \"x\""),
            (key.session("user_1").header("typ", 7), "unknown, type 7"),
        ] {
            let (text, _) = explain(&token.mint(NOW.as_secs()), None, Kind::Any, NOW);
            assert!(text.contains(&format!("  kind          {kind}\n")), "{text}");
        }
    }

    #[test]
    fn distances_are_in_words() {
        for (seconds, words) in [
            (0, "now"),
            (59, "in 59 s"),
            (-60, "1 min ago"),
            (3661, "in 1 h 1 min"),
            (-90_061, "1 d 1 h ago"),
            (i64::MIN, "106751991167300 d 15 h ago"),
        ] {
            assert_eq!(distance(seconds), words);
        }
    }
}
