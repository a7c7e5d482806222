//! What the examples share: a stand-in for the API on loopback, the command line of the quickstarts,
//! HTTP/1.1 by hand for the custom runtimes, and the words in which a token is explained.
pub mod explain;
pub mod quickstart;
pub mod stand_in;
pub mod wire;

/// The snippets of the README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
