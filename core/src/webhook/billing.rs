//! What events say of payments and subscriptions.
//!
//! It has the same ids as what the API answers, and other members: plans and payers are shorter, sums have no
//! text for people. Only ids are relied on, as Clerk's own examples leave out members that its document requires.
use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    api::billing::BillingPaymentStatus,
    model::{
        BillingPlanId, BillingStatementId, CreditTotals, InstanceId, Money, ObjectType,
        OrganizationId, PayeeId, PayerId, PaymentAttemptId, PaymentId, PaymentMethodStatus,
        PaymentMethodType, PaymentSourceId, PlanPeriod, ProrationCredit, SubscriptionId,
        SubscriptionItemId, SubscriptionItemSeats, SubscriptionItemStatus, SubscriptionStatus,
        UserId, macros::open_enum,
    },
};

/// An attempt to collect a payment, as events tell it.
#[doc(alias = "PaymentAttemptEventPayload")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PaymentAttempt {
    /// Its id.
    pub id: PaymentAttemptId,
    /// The instance.
    pub instance_id: Option<InstanceId>,
    /// The payment.
    pub payment_id: Option<PaymentId>,
    /// The invoice.
    #[deprecated(note = "Use `statement_id`.")]
    pub invoice_id: Option<String>,
    /// The statement that it is part of.
    pub statement_id: Option<BillingStatementId>,
    /// Its id at the payment gateway.
    pub gateway_external_id: Option<String>,
    /// Where it stands.
    pub status: Option<BillingPaymentStatus>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// When it failed.
    pub failed_at: Option<Timestamp>,
    /// Why it failed.
    pub failed_reason: Option<PaymentFailure>,
    /// For which date is paid.
    pub billing_date: Option<Timestamp>,
    /// What led to it.
    pub charge_type: Option<ChargeType>,
    /// Who is paid.
    pub payee: Option<Payee>,
    /// Who pays.
    pub payer: Option<EventPayer>,
    /// What the payment is made of.
    pub totals: Option<PaymentAttemptTotals>,
    /// How it is paid.
    pub payment_source: Option<EventPaymentSource>,
    /// What is paid for.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub subscription_items: Vec<EventSubscriptionItem>,
}

open_enum! {
    /// What led to an attempt to collect a payment.
    pub enum ChargeType {
        /// The payer has just subscribed.
        Checkout = "checkout",
        /// A new period began.
        Recurring = "recurring",
    }
}

/// Why a payment failed.
#[doc(alias = "BillingPaymentFailedReason")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PaymentFailure {
    /// What kind of failure it is, such as `card_declined`.
    pub code: Option<String>,
    /// What the payment gateway has to say of it.
    pub decline_code: Option<String>,
}

/// Who is paid.
#[doc(alias = "BillingPayee")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Payee {
    /// Its id.
    pub id: PayeeId,
    /// The payment gateway, such as `stripe`.
    pub gateway_type: Option<String>,
    /// The id at the gateway.
    pub gateway_external_id: Option<String>,
    /// Where the payee stands at the gateway, such as `active`.
    pub gateway_status: Option<String>,
}

/// Who pays, as events tell it: a user or an organization.
///
/// Clerk may write an empty text in place of what a payer does not have: ask [`user`](Self::user) and
/// [`organization`](Self::organization) who it is.
#[doc(alias = "BillingPayerEventPayload")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EventPayer {
    /// Always `commerce_payer`, where it is there.
    pub object: Option<ObjectType>,
    /// Its id.
    pub id: PayerId,
    /// The user, if it is one; it may be empty where it is none: see [`user`](Self::user).
    pub user_id: Option<UserId>,
    /// The user's first name.
    pub first_name: Option<String>,
    /// The user's last name.
    pub last_name: Option<String>,
    /// The email address.
    pub email: Option<String>,
    /// The organization, if it is one; it may be empty where it is none: see
    /// [`organization`](Self::organization).
    pub organization_id: Option<OrganizationId>,
    /// The organization's name.
    pub organization_name: Option<String>,
    /// A picture.
    pub image_url: Option<String>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

impl EventPayer {
    /// The user who pays, if it is a user.
    ///
    /// ```
    /// let payer = r#"{"id":"cpayer_1","user_id":"user_1","organization_id":""}"#;
    /// let payer: clerk_core::webhook::EventPayer = serde_json::from_str(payer)?;
    /// assert_eq!(payer.user().map(|id| id.as_str()), Some("user_1"));
    /// assert_eq!(payer.organization(), None);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn user(&self) -> Option<&UserId> {
        self.user_id.as_ref().filter(|id| !id.as_str().is_empty())
    }

    /// The organization that pays, if it is one.
    pub fn organization(&self) -> Option<&OrganizationId> {
        self.organization_id.as_ref().filter(|id| !id.as_str().is_empty())
    }
}

/// What a payment is made of, as events tell it.
#[doc(alias = "BillingTotals")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PaymentAttemptTotals {
    /// The sum without taxes.
    pub subtotal: Option<Money>,
    /// The taxes.
    pub tax_total: Option<Money>,
    /// The sum.
    pub grand_total: Option<Money>,
    /// What is charged by the unit, such as seats.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub per_unit_totals: Vec<UnitTotal>,
}

/// What is charged by the unit, as events tell it. Amounts are in the smallest unit of the currency, such as cents.
#[doc(alias = "BillingUnitTotal")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UnitTotal {
    /// What the units are, such as `seats`.
    pub name: Option<String>,
    /// The price of one.
    pub amount: Option<i64>,
    /// How many there are; `None` stands for any number.
    pub quantity: Option<i64>,
    /// The sum.
    pub total: Option<i64>,
    /// The currency, such as `USD`.
    pub currency: Option<String>,
}

/// A way to pay, as events tell it.
#[doc(alias = "BillingPaymentSource")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EventPaymentSource {
    /// Its id.
    pub id: PaymentSourceId,
    /// The payment gateway, such as `stripe`.
    pub gateway: Option<String>,
    /// Its id at the gateway.
    pub gateway_external_id: Option<String>,
    /// The account's id at the gateway.
    pub gateway_external_account_id: Option<String>,
    /// What kind it is.
    pub payment_method: Option<PaymentMethodType>,
    /// Whether it can be used.
    pub status: Option<PaymentMethodStatus>,
    /// The kind of card, for cards.
    pub card_type: Option<String>,
    /// The last four digits, for cards.
    pub last4: Option<String>,
}

/// What a user or an organization has subscribed to, as events tell it.
#[doc(alias = "SubscriptionEventPayload")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EventSubscription {
    /// Always `commerce_subscription`.
    pub object: Option<ObjectType>,
    /// Its id.
    pub id: SubscriptionId,
    /// Where it stands.
    pub status: Option<SubscriptionStatus>,
    /// Since when it is in force.
    pub active_at: Option<Timestamp>,
    /// When it was canceled.
    pub canceled_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Since when a payment is overdue.
    pub past_due_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// The latest payment.
    pub latest_payment_id: Option<PaymentId>,
    /// The payer's id.
    pub payer_id: Option<PayerId>,
    /// Who pays.
    pub payer: Option<EventPayer>,
    /// How it is paid.
    pub payment_source_id: Option<PaymentSourceId>,
    /// The plans in it: one item for each, and those of the past.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub items: Vec<EventSubscriptionItem>,
}

/// One plan in a subscription, as events tell it.
///
/// Events of its own, those of subscriptions and those of payment attempts each leave out some of it.
#[doc(alias = "BillingSubscriptionItemEventPayload")]
#[doc(alias = "BillingSubscriptionItem")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EventSubscriptionItem {
    /// What kind of object it is: `commerce_subscription_item`, or in Clerk's examples `subscription_item`.
    pub object: Option<ObjectType>,
    /// Its id.
    pub id: SubscriptionItemId,
    /// Where it stands.
    pub status: Option<SubscriptionItemStatus>,
    /// Whether it is tried for free.
    pub is_free_trial: Option<bool>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// When the current period began.
    pub period_start: Option<Timestamp>,
    /// When the current period ends; never, for the default plan.
    pub period_end: Option<Timestamp>,
    /// How often it is billed.
    pub interval: Option<PlanPeriod>,
    /// The plan's id.
    pub plan_id: Option<BillingPlanId>,
    /// The plan.
    pub plan: Option<EventPlan>,
    /// Who pays; not in events of subscriptions, which say it themselves.
    pub payer: Option<EventPayer>,
    /// The subscription that it is part of; not in events of subscriptions.
    pub subscription_id: Option<SubscriptionId>,
    /// How many seats are billed, where a plan has seats.
    pub seats: Option<SubscriptionItemSeats>,
    /// The credit for the rest of a period; only in events of payment attempts.
    #[deprecated(note = "Use `credits`.")]
    pub credit: Option<ProrationCredit>,
    /// The credits that are taken off; only in events of payment attempts. Events write a share of a period as
    /// a number from 0 to 1.
    pub credits: Option<CreditTotals>,
}

/// A plan, as events tell it.
#[doc(alias = "BillingSubscriptionItemEventPlan")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EventPlan {
    /// Its id.
    pub id: BillingPlanId,
    /// Its name in URLs.
    pub slug: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Whether it is charged again and again.
    pub is_recurring: Option<bool>,
    /// What a period costs, in the smallest unit of the currency, such as cents.
    pub amount: Option<i64>,
    /// The currency, such as `USD`.
    pub currency: Option<String>,
    /// What is charged by the unit, such as seats; not in events of payment attempts.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub unit_prices: Vec<EventUnitPrice>,
}

/// What a plan charges by the unit, as events tell it. Units are sold in blocks, at prices that depend on how many
/// there are.
#[doc(alias = "BillingSubscriptionItemEventPlanUnitPrice")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EventUnitPrice {
    /// What the units are, such as `seats`.
    pub name: Option<String>,
    /// How many units make a block.
    pub block_size: Option<i64>,
    /// The tiers of prices, the first blocks first.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub tiers: Vec<EventUnitPriceTier>,
}

/// The blocks of units that have one price, as events tell it.
#[doc(alias = "BillingSubscriptionItemEventPlanUnitPriceTier")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EventUnitPriceTier {
    /// The first of these blocks.
    pub starts_at_block: Option<i64>,
    /// The last of these blocks; `None` if there is no end.
    pub ends_after_block: Option<i64>,
    /// The price of a block, in the smallest unit of the currency, such as cents.
    pub amount_per_block: Option<i64>,
    /// The currency, such as `USD`.
    pub currency: Option<String>,
}
