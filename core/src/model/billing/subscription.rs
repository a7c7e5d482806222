use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    model::{
        BillingPlan, BillingPlanId, BillingPriceId, CreditTotals, InstanceId, Money, ObjectType,
        Payer, PayerId, PaymentMethod, PaymentTotals, PerUnitTotal, PerUnitTotalTier, PlanPeriod,
        SubscriptionId, SubscriptionItemId, macros::open_enum,
    },
};

/// What a user or an organization has subscribed to.
#[doc(alias = "CommerceSubscription")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Subscription {
    /// Always `commerce_subscription`.
    pub object: ObjectType,
    /// Its id.
    pub id: SubscriptionId,
    /// The instance.
    pub instance_id: InstanceId,
    /// Where it stands.
    pub status: SubscriptionStatus,
    /// Who pays.
    pub payer_id: PayerId,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Since when it is in force.
    pub active_at: Option<Timestamp>,
    /// Since when a payment is overdue.
    pub past_due_at: Option<Timestamp>,
    /// The plans in it, one item for each.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub subscription_items: Vec<SubscriptionItem>,
    /// What is to be paid next.
    pub next_payment: Option<SubscriptionNextPayment>,
    /// Whether the payer could still try a plan for free.
    pub eligible_for_free_trial: Option<bool>,
}

/// One plan in a [`Subscription`].
#[doc(alias = "CommerceSubscriptionItem")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubscriptionItem {
    /// Always `commerce_subscription_item`.
    pub object: ObjectType,
    /// Its id.
    pub id: SubscriptionItemId,
    /// The instance.
    pub instance_id: InstanceId,
    /// Where it stands.
    pub status: SubscriptionItemStatus,
    /// A credit for the rest of a period; only in what webhooks say of attempts to collect a
    /// payment.
    pub credit: Option<SubscriptionCredit>,
    /// The credits that are taken off.
    pub credits: Option<CreditTotals>,
    /// The plan's id.
    pub plan_id: Option<BillingPlanId>,
    /// The id of the price at which the plan was taken.
    pub price_id: Option<BillingPriceId>,
    /// The plan.
    pub plan: Option<BillingPlan>,
    /// How often it is billed.
    pub plan_period: PlanPeriod,
    /// What it is paid with.
    pub payment_method: Option<PaymentMethod>,
    /// How much was paid for it so far.
    pub lifetime_paid: Option<Money>,
    /// What is to be paid for it next.
    pub next_payment: Option<SubscriptionItemNextPayment>,
    /// The payer's id.
    pub payer_id: PayerId,
    /// Who pays.
    pub payer: Option<Payer>,
    /// Whether it is tried for free.
    pub is_free_trial: bool,
    /// When the current period began.
    pub period_start: Timestamp,
    /// When the current period ends.
    pub period_end: Option<Timestamp>,
    /// From which day a part of the period is charged, such as `2026-05-12`; only in some answers.
    pub proration_date: Option<String>,
    /// When it was canceled.
    pub canceled_at: Option<Timestamp>,
    /// Since when a payment is overdue.
    pub past_due_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// How many seats are billed, where a plan has seats.
    pub seats: Option<SubscriptionItemSeats>,
    /// What its price is made of.
    pub totals: Option<PaymentTotals>,
}

/// A credit for the rest of a period that was paid already.
#[doc(alias = "CommerceSubscriptionCreditResponse")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubscriptionCredit {
    /// How much it is.
    pub amount: Option<Money>,
    /// How much of the period is left, in percent.
    pub cycle_remaining_percent: Option<f64>,
}

/// What is to be paid next for a [`SubscriptionItem`].
#[doc(alias = "CommerceSubscriptionItemNextPaymentResponse")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubscriptionItemNextPayment {
    /// The plan's base fee alone; what is paid in all is `grand_total` in
    /// [`totals`](Self::totals).
    pub amount: Option<Money>,
    /// When.
    pub date: Option<Timestamp>,
    /// What is charged by the unit, such as seats.
    pub per_unit_totals: Option<Vec<PerUnitTotal>>,
    /// What the payment is made of, without taxes and credits, which are not known before.
    pub totals: Option<PaymentTotals>,
}

/// The seats of a [`SubscriptionItem`].
#[doc(alias = "CommerceSubscriptionItemSeatsResponse")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubscriptionItemSeats {
    /// How many are billed; `None` stands for any number.
    pub quantity: Option<i64>,
    /// What they cost, by tiers of prices.
    pub tiers: Option<Vec<PerUnitTotalTier>>,
}

/// What is to be paid next for a [`Subscription`].
#[doc(alias = "CommerceSubscriptionNextPayment")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubscriptionNextPayment {
    /// When.
    pub date: Timestamp,
    /// The plan's base fee alone; what is paid in all is `grand_total` in
    /// [`totals`](Self::totals).
    pub amount: Money,
    /// What is charged by the unit, such as seats.
    pub per_unit_totals: Option<Vec<PerUnitTotal>>,
    /// What the payment is made of, without taxes and credits, which are not known before.
    pub totals: Option<PaymentTotals>,
}

open_enum! {
    /// Where a [`Subscription`] stands.
    pub enum SubscriptionStatus {
        /// It is in force.
        Active = "active",
        /// A payment is overdue.
        PastDue = "past_due",
        /// It was canceled.
        Canceled = "canceled",
        /// It is over.
        Ended = "ended",
        /// It was begun and given up.
        Abandoned = "abandoned",
        /// It was begun and is not complete.
        Incomplete = "incomplete",
    }
}

open_enum! {
    /// Where a [`SubscriptionItem`] stands.
    pub enum SubscriptionItemStatus {
        /// It is in force.
        Active = "active",
        /// It was canceled.
        Canceled = "canceled",
        /// Its time has run out.
        Expired = "expired",
        /// It is over.
        Ended = "ended",
        /// A payment is overdue.
        PastDue = "past_due",
        /// It will be in force later.
        Upcoming = "upcoming",
        /// It was begun and is not complete.
        Incomplete = "incomplete",
        /// It was begun and given up.
        Abandoned = "abandoned",
        /// It is tried for free. Lists can ask for this; an item itself says it with
        /// [`is_free_trial`](SubscriptionItem::is_free_trial).
        FreeTrial = "free_trial",
    }
}
