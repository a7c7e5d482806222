//! What the API can do, one module per tag of Clerk's specification.
//!
//! Each module has its operations, the facade that a client has for them, and the models that only
//! they use. An operation is called by its group and name (`client.actor_tokens().create(…)`), and
//! its struct has Clerk's name for it ([`CreateActorToken`](actor_tokens::CreateActorToken)).
pub mod actor_tokens;
pub mod billing;
pub mod instance_settings;
pub mod invitations;
pub mod jwks;
pub mod m2m;
pub mod miscellaneous;
pub mod organization_domains;
pub mod organizations;
pub mod sessions;
pub mod users;
