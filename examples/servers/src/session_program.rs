//! The `main` of `browser_session`: the stand-in, an application, and its satellite.
use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
};

use crate::{
    Serve, Stop,
    frontend_api::{FrontendApi, Manner, Places, Site, serve_frontend_api},
    listen, serve_beside,
    walk::walk,
};

/// How long session tokens live where people look on: long enough to read a page, short enough to see them expire.
const LIFETIME: i64 = 10;
/// While the program itself looks on, none expires by itself.
const LONG: i64 = 3600;

struct Options {
    serve: Option<SocketAddr>,
    manner: Manner,
    lifetime: Option<i64>,
}

impl Options {
    fn read(help: &'static str) -> Result<Self, Stop> {
        use lexopt::prelude::{Long, Short, Value};
        let wrong = |problem: &str| Stop::usage(format!("{problem}\n\n{help}"));
        let mut options = Self { serve: None, manner: Manner::default(), lifetime: None };
        let (mut serve, mut address) = (false, None);
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
                Long("production") => options.manner = Manner::Production,
                Long("lifetime") => {
                    let value = arguments.value().ok().and_then(|value| value.into_string().ok());
                    let seconds = value.and_then(|value| value.parse().ok());
                    let seconds = seconds.filter(|seconds| (1..=86_400).contains(seconds));
                    let problem = "--lifetime needs a number of seconds, up to a day";
                    options.lifetime = Some(seconds.ok_or_else(|| wrong(problem))?);
                }
                Long("help") | Short('h') => return Err(Stop::Help(help)),
                _ => return Err(wrong("there is no such option")),
            }
        }
        if serve {
            let default = || SocketAddr::from((Ipv4Addr::LOCALHOST, 3000));
            let parsed = address.map_or_else(
                || Some(default()),
                |address| address.to_str().and_then(|address| address.parse().ok()),
            );
            let problem = "--serve wants an address such as 127.0.0.1:3000";
            let address: SocketAddr = parsed.ok_or_else(|| wrong(problem))?;
            // Everybody can sign what the stand-in accepts.
            if !address.ip().is_loopback() {
                return Err(wrong("it serves this machine only: 127.0.0.1, or [::1]"));
            }
            options.serve = Some(address);
        }
        Ok(options)
    }
}

/// The `main` of a server that shows pages to browsers, of which two are started: an application and its satellite.
///
/// # Errors
///
/// If the command line is wrong, something cannot be started, or something is not as it should be.
pub fn session_server(help: &'static str, serve: Serve<Site>) -> Result<(), Stop> {
    let Options { serve: address, manner, lifetime } = Options::read(help)?;
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let application = listen(address.unwrap_or(any))?;
    // Everything is at the same address.
    let beside = SocketAddr::from((application.local_addr()?.ip(), 0));
    let (satellite, clerk) = (listen(beside)?, listen(beside)?);
    let port = |listener: &TcpListener| listener.local_addr().map(|address| address.port());
    let places = Places {
        manner,
        application: port(&application)?,
        satellite: port(&satellite)?,
        clerk: port(&clerk)?,
    };
    let lifetime = lifetime.unwrap_or(if address.is_some() { LIFETIME } else { LONG });
    let stand_in = Arc::new(FrontendApi::new(places, lifetime)?);
    let kind = match manner {
        Manner::Development => "development",
        Manner::Production => "production",
    };
    println!("in the manner of {kind} (nothing leaves this machine)");
    println!("  application         {}", places.application());
    println!("  satellite           {}", places.satellite());
    println!("  stand-in for Clerk  http://{}", places.clerk_host());

    let [primary, shop] = stand_in.sites();
    let (suffix, shared) = (stand_in.cookie_suffix().to_owned(), Arc::clone(&stand_in));
    let clerk = serve_beside(serve_frontend_api, clerk, stand_in);
    let satellite = serve_beside(serve, satellite, shop);
    if address.is_some() {
        println!("  cookies end with    _{suffix}");
        println!("session tokens live for {lifetime} seconds; Ctrl-C ends it");
        return Ok(serve(application, primary)?);
    }
    let application = serve_beside(serve, application, primary);
    walk(places, &shared, &[clerk, satellite, application])?;
    println!("\nas it should be");
    Ok(())
}
