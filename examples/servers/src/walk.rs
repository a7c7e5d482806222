//! What `browser_session` shows of itself: a browser goes through all that can happen to a session.
use std::sync::mpsc::Receiver;

use crate::{
    Failure,
    browser::{Browser, Hop, Visited},
    frontend_api::{FrontendApi, Manner, Places, encoded},
};

/// Goes through everything, prints each request, and holds where it ends against where it should.
pub(crate) fn walk(
    places: Places,
    stand_in: &FrontendApi,
    servers: &[Receiver<Result<(), Failure>>],
) -> Result<(), Failure> {
    let walked = Walk { places, stand_in, browser: Browser::default() }.steps();
    walked.map_err(|error| {
        // If a server has ended, that is why.
        let ended = servers.iter().find_map(|server| server.try_recv().ok());
        match ended {
            Some(Err(reason)) => reason,
            _ => error,
        }
    })
}

struct Walk<'w> {
    places: Places,
    stand_in: &'w FrontendApi,
    browser: Browser,
}

const IN: &str = "signed in as user_ann";
const OUT: &str = "signed out";
const FORM: &str = "sign in";

impl Walk<'_> {
    fn steps(&mut self) -> Result<(), Failure> {
        let is_production = self.places.manner == Manner::Production;
        // How many requests a handshake makes of one: in development the URL is cleaned besides.
        let handshake = if is_production { 3 } else { 4 };
        let (app, shop) = (self.places.application(), self.places.satellite());
        let clerk = format!("http://{}", self.places.clerk_host());
        let host = "app.primary.localhost";
        let (home, members) = (format!("{app}/"), format!("{app}/members"));

        println!("\nthe first visit");
        self.visit(&home, if is_production { 1 } else { handshake }, OUT)?;

        println!("\na page for members leads to where one signs in, and signing in leads back");
        let form = self.visit(&members, 2, FORM)?;
        self.press(&form.url, 1 + handshake, IN)?;
        println!("\nfrom then on there is nothing to ask");
        self.visit(&home, 1, IN)?;

        println!("\nthe session token has expired: the server has it renewed");
        self.expire(&app, host)?;
        self.visit(&home, 1, IN)?;
        println!("\nthe same without a refresh token: the browser fetches another");
        self.expire(&app, host)?;
        if self.browser.replace("__refresh_", host, "") != 1 {
            return Err("there is no refresh token".into());
        }
        self.visit(&home, handshake, IN)?;

        println!("\nsigned out, in another window");
        if is_production {
            // On the domain of the application, the Frontend API says so by itself.
            self.visit(&format!("{clerk}/sign-out"), 1, OUT)?;
        } else {
            let back = encoded(&home);
            let out = format!("{clerk}/sign-out?redirect_url={back}");
            self.visit(&out, 1 + handshake, OUT)?;
        }
        println!("\nand in this one");
        self.visit(&home, if is_production { handshake } else { 1 }, OUT)?;

        println!("\nthe satellite, which knows nobody");
        self.visit(&format!("{shop}/"), 1, OUT)?;
        println!("\npeople sign in at the primary application for it");
        let form = self.visit(&format!("{shop}/members"), 3, FORM)?;
        self.press(&form.url, if is_production { 6 } else { 7 }, IN)?;
        println!("\nfrom then on the satellite knows");
        self.visit(&format!("{shop}/"), 1, IN)?;

        println!("\na link that would lead people to a stranger's page");
        let link = format!("{app}/sign-in?redirect_url={}", encoded("https://evil.example/"));
        // In production the browser has signed in meanwhile, and the application does not know it yet.
        let requests = if is_production { handshake } else { 1 };
        self.visit(&link, requests, "there is no way back to that page")?;
        Ok(())
    }

    fn visit(&mut self, url: &str, requests: usize, state: &str) -> Result<Visited, Failure> {
        let visited = self.browser.visit(url)?;
        self.end(visited, requests, state)
    }

    fn press(&mut self, url: &str, requests: usize, state: &str) -> Result<Visited, Failure> {
        let visited = self.browser.press(url)?;
        self.end(visited, requests, state)
    }

    /// Prints a visit, and holds it against what it should have been.
    fn end(&mut self, visited: Visited, requests: usize, state: &str) -> Result<Visited, Failure> {
        let found = shown(&visited.body);
        for Hop { method, url, status, to } in &visited.hops {
            let end = match to {
                Some(to) => format!("to {} {}", to.host(), to.shown()),
                None => found.to_owned(),
            };
            println!("{method:4} {} {}\n     {status} {end}", url.host(), url.shown());
        }
        let count = visited.hops.len();
        if (found, count) != (state, requests) {
            let problem =
                format!("that is not as it should be: {state}, after {requests} requests");
            return Err(problem.into());
        }
        // What satellites keep there is for Clerk's script.
        let rest = visited.url.replace("__clerk_synced=true", "");
        if rest.contains("?__clerk_") || rest.contains("&__clerk_") {
            // The page for signing in is Clerk's own.
            if state != FORM {
                return Err("something of the handshake is left in the URL".into());
            }
        }
        self.browser.wait();
        Ok(visited)
    }

    /// Has the session token expire.
    fn expire(&mut self, origin: &str, host: &str) -> Result<(), Failure> {
        let token = self.stand_in.expired_session(origin).ok_or("nobody is signed in")?;
        // With and without suffix.
        match self.browser.replace("__session", host, &token) {
            2 => Ok(()),
            _ => Err("the browser does not have the cookies of a session".into()),
        }
    }
}

/// What a page says of the session.
fn shown(page: &str) -> &str {
    let text = page.split_once("<p id=\"state\">").and_then(|(_, rest)| rest.split_once("</p>"));
    text.map_or("a page without it", |(state, _)| state)
}
