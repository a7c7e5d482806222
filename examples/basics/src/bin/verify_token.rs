//! Explains a token: what it says, and whether it is to be believed.
//!
//! `cargo run --bin verify_token` shows it on tokens of its own; see `--help` for one of yours.
use std::{
    error::Error,
    ffi::{OsStr, OsString},
    fs::File,
    io::{self, ErrorKind, Read as _, Write},
    process::ExitCode,
    time::SystemTime,
};

use clerk_core::{
    Timestamp,
    auth::{KeySet, Reason, Verifier},
    testing::TestKey,
};
use clerk_examples::explain::{Kind, Verdict, bare, explain, typed};

const HELP: &str = "\
Explains a token, and says why it is refused.

  verify_token [OPTIONS] -        the token comes from standard input
  verify_token [OPTIONS] TOKEN    other users of the machine can see it: prefer the other form
  verify_token                    shows it on tokens that it makes itself

  --pem FILE               the public key of the instance, from Clerk's dashboard
  --jwks FILE              its key set: the body of an answer to GET /v1/jwks
  --issuer URL             who must have issued the token
  --publishable-key PK     the same, by the publishable key of the instance
  --party ORIGIN           an origin for which it may have been made; may be given again
  --kind KIND              session (unless said), template, m2m, oauth, or any
  -h, --help               show this

The token may have `Bearer ` or `__session=` in front, as it stands in a request. Nothing is sent
anywhere, and the token is never shown. It ends with 0 if the token is accepted, 1 if it is refused
(or if nothing can be written), 2 if it was called wrongly, 3 if nobody here can judge the token
(there is no key, or the token is opaque).
";
/// The most that is read from a file or from standard input, in bytes.
const MAX_INPUT: u64 = 1 << 20;
const REFUSED: u8 = 1;
const NOT_WRITTEN: u8 = 1;
const WRONG_USAGE: u8 = 2;
const NOT_JUDGED: u8 = 3;

fn main() -> ExitCode {
    let error = match run(&mut io::stdout().lock()) {
        Ok(code) => return code,
        Err(error) => error,
    };
    // Only what is written fails so: what is read has its place in the message, see `read_file`.
    let code = match error.downcast_ref::<io::Error>() {
        // Whoever reads has seen enough, as `head` has.
        Some(error) if error.kind() == ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
        Some(_) => NOT_WRITTEN,
        None => WRONG_USAGE,
    };
    // If that cannot be written either, the code has to do.
    let _ = writeln!(io::stderr(), "error: {error}");
    ExitCode::from(code)
}

fn run(out: &mut impl Write) -> Result<ExitCode, Box<dyn Error>> {
    use lexopt::prelude::{Long, Short, Value};
    if std::env::args_os().len() <= 1 {
        return demonstrate(out);
    }
    let (mut builder, mut has_key, mut has_issuer) = (Verifier::builder(), false, false);
    let (mut kind, mut token) = (Kind::Session, None);
    let mut arguments = lexopt::Parser::from_env();
    // An error must not quote what may be a token or a key: those of `lexopt` would.
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("pem") => {
                builder = builder.pem(read_file("--pem", &arguments.value()?)?);
                has_key = true;
            }
            Long("jwks") => {
                let set = read_file("--jwks", &arguments.value()?)?;
                builder = builder.key_set(KeySet::from_json(&set)?);
                has_key = true;
            }
            Long("issuer") => {
                builder = builder.issuer(text(arguments.value()?)?);
                has_issuer = true;
            }
            Long("publishable-key") => {
                builder = builder.publishable_key(text(arguments.value()?)?);
                has_issuer = true;
            }
            Long("party") => builder = builder.authorized_party(text(arguments.value()?)?),
            Long("kind") => {
                let name = text(arguments.value()?)?;
                kind = Kind::read(&name).ok_or("there is no such kind; see --help")?;
            }
            Long("help") | Short('h') => {
                out.write_all(HELP.as_bytes())?;
                out.flush()?;
                return Ok(ExitCode::SUCCESS);
            }
            Value(value) if token.is_none() => token = Some(text(value)?),
            Value(_) => return Err("there is more than one token; see --help".into()),
            Long(name) => {
                let name = typed(name).map_or_else(
                    || "of this name (it may be a token or a key, and is not shown)".to_owned(),
                    |name| format!("--{name}"),
                );
                return Err(format!("there is no option {name}; see --help").into());
            }
            Short(name) => {
                let name = name.escape_default();
                return Err(format!("there is no option -{name}; see --help").into());
            }
        }
    }
    let token = token.ok_or("there is no token; see --help")?;
    if !has_issuer {
        builder = builder.any_issuer();
    }
    // Without a key the other settings are checked as well; the empty set only stands in for one.
    if !has_key {
        builder = builder.key_set(KeySet::default());
    }
    let verifier = Some(builder.build()?).filter(|_| has_key);
    let token = if token == "-" {
        read(io::stdin().lock()).map_err(|error| format!("standard input: {error}"))?
    } else {
        token
    };
    let (text, verdict) = explain(bare(&token), verifier.as_ref(), kind, now());
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // Nobody reads on; the verdict stays what it is, or `| head -1` would accept every token.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        written => written?,
    }
    Ok(match verdict {
        Verdict::Accepted => ExitCode::SUCCESS,
        Verdict::Refused(_) => ExitCode::from(REFUSED),
        Verdict::NotJudged => ExitCode::from(NOT_JUDGED),
    })
}

fn text(argument: OsString) -> Result<String, &'static str> {
    argument.into_string().map_err(|_| "one of the arguments is no text; see --help")
}

fn now() -> Timestamp {
    SystemTime::now().into()
}

fn read_file(option: &str, path: &OsStr) -> Result<String, String> {
    let text = File::open(path).map_err(Into::into).and_then(read);
    text.map_err(|error| match typed(&path.to_string_lossy()) {
        Some(path) => format!("{option} {path}: {error}"),
        None => {
            format!("{option} wants a file (what there is may be a token or a key, and is not shown): {error}")
        }
    })
}

/// A text that is not endless.
fn read(from: impl io::Read) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    from.take(MAX_INPUT + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_INPUT {
        return Err("there is more than a mebibyte to read".into());
    }
    Ok(text)
}

/// Makes tokens with a key for tests, good ones and bad ones, and explains each.
fn demonstrate(out: &mut impl Write) -> Result<ExitCode, Box<dyn Error>> {
    const ISSUER: &str = "https://clerk.example.com";
    const PARTY: &str = "https://app.example.com";
    writeln!(
        out,
        "These tokens are made here, with a key for tests; see --help for one of yours.\n"
    )?;
    let (key, seconds) = (TestKey::first(), now().as_secs());
    let verifier = Verifier::builder()
        .key_set(key.key_set())
        .issuer(ISSUER)
        .authorized_party(PARTY)
        .build()?;

    let session =
        |key: &TestKey, user: &str| key.session(user).issuer(ISSUER).authorized_party(PARTY);
    let ann = session(&key, "user_ann").organization("org_acme", "org:editor");
    let good = ann
        .permissions(&[("posts", "read"), ("posts", "publish")])
        .actor("user_support")
        .mint(seconds);
    let admin = session(&key, "user_ann").organization("org_acme", "org:admin").mint(seconds);
    let unsigned = key.token(r#"{"alg":"none","typ":"JWT"}"#, r#"{"sub":"user_ann"}"#);
    let odd_key = session(&key, "user_ann").header("kid", "\u{1b}[31mred").mint(seconds);
    let tokens = [
        ("a good one, of somebody for whom support acts", good.clone(), None),
        (
            "one whose time is over",
            session(&key, "user_ann").mint(seconds - 3600),
            Some(Reason::TokenExpired),
        ),
        (
            "one of another instance",
            session(&TestKey::second(), "user_ann").mint(seconds),
            Some(Reason::JwkKidMismatch),
        ),
        (
            "the good one with other claims put in",
            with_payload_of(&good, &admin),
            Some(Reason::TokenInvalidSignature),
        ),
        (
            "one of a machine, where a session is wanted",
            key.m2m("mch_backup").issuer(ISSUER).mint(seconds),
            Some(Reason::TokenTypeMismatch),
        ),
        (
            "one that says that it needs no signature",
            without_signature(&unsigned),
            Some(Reason::TokenInvalidAlgorithm),
        ),
        ("one that wants to paint your terminal", odd_key, Some(Reason::TokenInvalid)),
    ];
    for (title, token, reason) in tokens {
        let (text, verdict) = explain(&token, Some(&verifier), Kind::Session, now());
        writeln!(out, "{title}\n{text}")?;
        if verdict != reason.map_or(Verdict::Accepted, Verdict::Refused) {
            return Err(format!("this is not as it should be: {title}").into());
        }
    }
    writeln!(out, "7 tokens, 1 accepted, 6 refused: as it should be")?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// A token whose claims are those of another one, under its own signature.
fn with_payload_of(token: &str, other: &str) -> String {
    let part = |token: &str, at| token.split('.').nth(at).unwrap_or_default().to_owned();
    format!("{}.{}.{}", part(token, 0), part(other, 1), part(token, 2))
}

/// A token with nothing behind its last dot.
fn without_signature(token: &str) -> String {
    let (signed, _) = token.rsplit_once('.').unwrap_or((token, ""));
    format!("{signed}.")
}
