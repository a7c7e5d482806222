//! What the API answers with, where several resources share it.
//!
//! Models are read leniently, as servers evolve: members that a model does not know are ignored,
//! enums keep a value that they do not know, unions keep an object of a kind that they do not know,
//! and lists and maps that are always there may be absent or `null`. Everything that the API may
//! leave out is an `Option`.
//!
//! All of them are `#[non_exhaustive]`, so that tests make them out of JSON. They serialize to JSON
//! with the API's own names; what was absent is `null` then.
//!
//! ```
//! use clerk_core::model::DeletedObject;
//!
//! let deleted: DeletedObject =
//!     serde_json::from_str(r#"{"object":"user","id":"user_1","deleted":true}"#)?;
//! assert!(deleted.deleted);
//! # Ok::<(), serde_json::Error>(())
//! ```
pub(crate) mod macros;

mod accounts;
mod billing;
mod common;
mod contacts;
mod enums;
mod ids;
mod invitation;
mod jwks;
mod organization;
mod user;
mod verification;

pub use self::{
    accounts::{
        EnterpriseAccount, EnterpriseAccountConnection, ExternalAccount, SamlAccount,
        SamlAccountConnection,
    },
    billing::{
        CreditTotals, DiscountTotals, Money, Payer, PayerCredit, PaymentMethod,
        PaymentMethodStatus, PaymentMethodType, PaymentTotals, PerUnitTotal, PerUnitTotalTier,
        ProrationCredit, ProrationDiscount,
    },
    common::{DeletedObject, List, TextBool, TotalCount},
    contacts::{EmailAddress, IdentificationLink, Passkey, PhoneNumber, Web3Wallet},
    enums::*,
    ids::*,
    invitation::Invitation,
    jwks::{Jwk, JwkSet, KeyType},
    organization::{
        Organization, OrganizationDomain, OrganizationDomainVerification, OrganizationMembership,
        PublicOrganizationData, PublicUserData,
    },
    user::{ScimUserMetadata, User},
    verification::Verification,
};
