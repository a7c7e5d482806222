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
pub(crate) mod common;
mod contacts;
mod directory;
mod enums;
mod ids;
mod invitation;
mod jwks;
mod login_hint;
mod organization;
mod organization_invitation;
mod role;
mod session;
mod user;
mod verification;
mod verification_attempt;

pub use self::{
    accounts::{
        EnterpriseAccount, EnterpriseAccountConnection, ExternalAccount, SamlAccount,
        SamlAccountConnection,
    },
    billing::{
        BillingPlan, CreditAdjustment, CreditBalance, CreditLedgerEntry, CreditTotals,
        DiscountTotals, Feature, Money, Payer, PayerCredit, PayerType, PaymentMethod,
        PaymentMethodStatus, PaymentMethodType, PaymentTotals, PerUnitTotal, PerUnitTotalTier,
        PlanPeriod, PlanUnitPrice, PlanUnitPriceTier, ProrationCredit, ProrationDiscount,
        Subscription, SubscriptionCredit, SubscriptionItem, SubscriptionItemNextPayment,
        SubscriptionItemSeats, SubscriptionItemStatus, SubscriptionNextPayment, SubscriptionStatus,
    },
    common::{DeletedObject, List, PlainList, TextBool, TotalCount},
    contacts::{EmailAddress, IdentificationLink, Passkey, PhoneNumber, Web3Wallet},
    directory::DirectoryCustomAttribute,
    enums::*,
    ids::*,
    invitation::Invitation,
    jwks::{Jwk, JwkSet, KeyType},
    login_hint::{LoginHint, LoginHintInput, LoginHintMode, SamlProvider},
    organization::{
        Organization, OrganizationDomain, OrganizationDomainVerification, OrganizationMembership,
        PublicOrganizationData, PublicUserData,
    },
    organization_invitation::{
        OrganizationInvitation, OrganizationInvitationWithPublicOrganizationData, PublicInviterData,
    },
    role::{Permission, Role},
    session::{Session, SessionActivity, SessionTask},
    user::{ScimUserMetadata, User},
    verification::Verification,
    verification_attempt::VerificationAttempt,
};
