//! What the servers share, and no application needs: the command line, a stand-in for Clerk on loopback with
//! people who have tokens, and the requests with which each program shows what it does.
//!
//! What is there to be copied is in the programs themselves, at the top.
mod ask;
mod browser;
mod client;
mod command_line;
mod deliveries;
mod frontend_api;
mod people;
mod session_program;
mod show;
mod walk;

pub use self::{
    ask::{Ask, get, post},
    command_line::{Failure, Mode, Settings, Stop, finish, signing_secrets},
    deliveries::{Deliveries, SIGNING_SECRET, delivery, user_created},
    frontend_api::{Site, parameter},
    session_program::session_server,
    show::{Serve, auth_server, listen, print_requests, send_all, serve_beside},
};
