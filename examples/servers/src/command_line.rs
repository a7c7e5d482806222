//! The command line of the servers, and how they end.
use std::{
    env,
    error::Error,
    fmt,
    io::{self, Write as _},
    net::SocketAddr,
    process::ExitCode,
};

use clerk_core::{SecretKey, auth::PublishableKey};

/// Whatever ends a server.
pub type Failure = Box<dyn Error + Send + Sync>;

const ADDRESS: ([u8; 4], u16) = ([127, 0, 0, 1], 3000);
const API_URL: &str = "https://api.clerk.com/v1";
const WRONG_USAGE: u8 = 2;

/// What a server has to know of an instance of Clerk.
#[derive(Clone)]
pub struct Settings {
    /// The secret key.
    pub secret_key: String,
    /// The publishable key, as front ends have it.
    pub publishable_key: String,
    /// The origin of the front end.
    pub origin: String,
    /// Where the API is.
    pub api_url: String,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the secret key.
        f.debug_struct("Settings")
            .field("publishable_key", &self.publishable_key)
            .field("origin", &self.origin)
            .field("api_url", &self.api_url)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// Those of the environment, for a front end at this origin.
    ///
    /// # Errors
    ///
    /// If one is missing, when all that are missing are named, or if a key cannot be one.
    pub fn from_env(origin: Option<String>) -> Result<Self, Stop> {
        let (secret_key, publishable_key) =
            (variable("CLERK_SECRET_KEY"), variable("CLERK_PUBLISHABLE_KEY"));
        let mut missing = Vec::new();
        if secret_key.is_none() {
            missing.push("CLERK_SECRET_KEY");
        }
        if publishable_key.is_none() {
            missing.push("CLERK_PUBLISHABLE_KEY");
        }
        if origin.is_none() {
            missing.push("--origin https://…");
        }
        match (secret_key, publishable_key, origin) {
            (Some(secret_key), Some(publishable_key), Some(origin)) => {
                // Or the program would say that it serves, and then that it cannot.
                SecretKey::new(&secret_key)?;
                PublishableKey::new(&publishable_key)?;
                let api_url = variable("CLERK_API_URL").unwrap_or_else(|| API_URL.to_owned());
                Ok(Self { secret_key, publishable_key, origin, api_url })
            }
            _ => Err(Stop::usage(format!("--real needs {}", missing.join(" and ")))),
        }
    }
}

/// The signing secrets of the environment: more than one while they are being changed.
///
/// # Errors
///
/// If there is none.
pub fn signing_secrets() -> Result<Vec<String>, Stop> {
    let secrets = variable("CLERK_WEBHOOK_SIGNING_SECRET")
        .ok_or_else(|| Stop::usage("--real needs CLERK_WEBHOOK_SIGNING_SECRET"))?;
    Ok(secrets.split(',').map(str::to_owned).collect())
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// What a server was started for.
#[derive(Debug)]
pub enum Mode {
    /// To show itself, and end.
    Show,
    /// To serve against the stand-in.
    Serve(SocketAddr),
    /// To serve against the real Clerk.
    Real {
        /// Where to listen.
        address: SocketAddr,
        /// The origin of the front end.
        origin: Option<String>,
    },
}

impl Mode {
    /// Reads the command line of a program that says this of itself.
    ///
    /// # Errors
    ///
    /// If it asks for help, or is wrong. Nothing of it is quoted: it may be a key.
    pub fn read(help: &'static str) -> Result<Self, Stop> {
        use lexopt::prelude::{Long, Short, Value};
        let (mut serve, mut real, mut address, mut origin) = (false, false, None, None);
        let wrong = |problem: &str| Stop::usage(format!("{problem}\n\n{help}"));
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) =
            arguments.next().map_err(|_| wrong("an option has a value, and takes none"))?
        {
            match argument {
                Long("serve") => {
                    serve = true;
                    address = arguments.optional_value().or(address);
                }
                Value(value) if serve && address.is_none() => address = Some(value),
                Long("real") => real = true,
                Long("origin") => {
                    let value = arguments.value().ok().and_then(|value| value.into_string().ok());
                    origin = Some(value.ok_or_else(|| wrong("--origin needs an origin"))?);
                }
                Long("help") | Short('h') => return Err(Stop::Help(help)),
                _ => return Err(wrong("there is no such option")),
            }
        }
        let address = match address {
            None => ADDRESS.into(),
            Some(address) => address
                .to_str()
                .and_then(|address| address.parse().ok())
                .ok_or_else(|| wrong("--serve wants an address such as 127.0.0.1:3000"))?,
        };
        if real {
            return Ok(Self::Real { address, origin });
        }
        if origin.is_some() {
            return Err(wrong("--origin goes with --real"));
        }
        if !serve {
            return Ok(Self::Show);
        }
        // Everybody can sign what the stand-in accepts.
        if !address.ip().is_loopback() {
            return Err(wrong("without --real it serves this machine only: 127.0.0.1, or [::1]"));
        }
        Ok(Self::Serve(address))
    }
}

/// Why a program ends before its time.
#[derive(Debug)]
pub enum Stop {
    /// It was asked for help.
    Help(&'static str),
    /// It was called wrongly.
    Usage(String),
    /// Something did not work, or was not as it should be.
    Failed(Failure),
}

impl Stop {
    pub(crate) fn usage(problem: impl Into<String>) -> Self {
        Self::Usage(problem.into())
    }
}

impl<E: Into<Failure>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Says why a program ends, if it is not because all is done: 0 is as it should be, 1 is not, 2 is for who called
/// it wrongly.
pub fn finish(result: Result<(), Stop>) -> ExitCode {
    let error = match result {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Stop::Help(help)) => {
            // Whoever does not want to read it, need not.
            _ = io::stdout().write_all(help.as_bytes());
            return ExitCode::SUCCESS;
        }
        Err(Stop::Usage(problem)) => {
            eprintln!("error: {}", problem.trim_end());
            return ExitCode::from(WRONG_USAGE);
        }
        Err(Stop::Failed(error)) => error,
    };
    eprintln!("error: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
    ExitCode::FAILURE
}
