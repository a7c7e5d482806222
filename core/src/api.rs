//! What the API can do, one module per tag of Clerk's specification.
//!
//! Each module has its operations, the facade that a client has for them, and the models that only
//! they use. An operation is called by its group and name (`client.actor_tokens().create(…)`), and
//! its struct has Clerk's name for it ([`CreateActorToken`](actor_tokens::CreateActorToken)).
pub mod actor_tokens;
pub mod admin_portal_link_tokens;
pub mod agent_tasks;
pub mod allowlist_blocklist;
pub mod api_keys;
pub mod beta_features;
pub mod billing;
pub mod clients;
pub mod directories;
pub mod domains;
pub mod email_addresses;
pub mod enterprise_connections;
pub mod instance_settings;
pub mod invitations;
pub mod jwks;
pub mod jwt_templates;
pub mod m2m;
pub mod machines;
pub mod miscellaneous;
pub mod oauth_access_tokens;
pub mod oauth_applications;
pub mod organization_domains;
pub mod organization_invitations;
pub mod organization_memberships;
pub mod organization_permissions;
pub mod organization_roles;
pub mod organizations;
pub mod phone_numbers;
pub mod proxy_checks;
pub mod redirect_urls;
pub mod role_sets;
pub mod saml_connections;
pub mod scim_directories;
pub mod sessions;
pub mod sign_in_tokens;
pub mod sign_ups;
pub mod templates;
pub mod testing_tokens;
pub mod users;
pub mod waitlist_entries;
pub mod webhooks;
