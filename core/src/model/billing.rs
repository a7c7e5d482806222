mod credit;
mod plan;
mod subscription;

pub use self::{
    credit::{CreditAdjustment, CreditBalance, CreditLedgerEntry},
    plan::{BillingPlan, Feature, PayerType, PlanPeriod, PlanUnitPrice, PlanUnitPriceTier},
    subscription::{
        Subscription, SubscriptionCredit, SubscriptionItem, SubscriptionItemNextPayment,
        SubscriptionItemSeats, SubscriptionItemStatus, SubscriptionNextPayment, SubscriptionStatus,
    },
};
use serde::{Deserialize, Serialize};

use super::{
    InstanceId, ObjectType, OrganizationId, PayerId, PaymentMethodId, UserId, macros::open_enum,
};
use crate::Timestamp;

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "CommerceMoneyResponse")]
pub struct Money {
    /// The amount in the smallest unit of the currency, such as cents.
    pub amount: i64,
    /// The amount for people. Clerk's example has the sign of the currency in it (`$49.99`).
    pub amount_formatted: String,
    /// The currency, such as `USD`.
    pub currency: String,
    /// The sign of the currency, such as `$`.
    pub currency_symbol: String,
}

/// Who pays: a user or an organization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "CommercePayerResponse")]
#[doc(alias = "CommercePayerResponse-2")]
pub struct Payer {
    /// Always `commerce_payer`.
    pub object: ObjectType,
    /// Its id.
    pub id: PayerId,
    /// The instance.
    pub instance_id: InstanceId,
    /// The user, if it is one.
    pub user_id: Option<UserId>,
    /// The user's first name.
    pub first_name: Option<String>,
    /// The user's last name.
    pub last_name: Option<String>,
    /// The email address.
    pub email: Option<String>,
    /// The organization, if it is one.
    pub organization_id: Option<OrganizationId>,
    /// The organization's name.
    pub organization_name: Option<String>,
    /// A picture.
    pub image_url: Option<String>,
    /// How much credit is left.
    pub credits_balance: Option<Money>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

/// A way to pay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "CommercePaymentMethodResponse")]
pub struct PaymentMethod {
    /// Always `commerce_payment_method`.
    pub object: ObjectType,
    /// Its id.
    pub id: PaymentMethodId,
    /// Whose it is.
    pub payer_id: PayerId,
    /// What kind it is.
    pub payment_type: PaymentMethodType,
    /// Whether the payer pays with it unless something else is said.
    pub is_default: Option<bool>,
    /// The payment gateway.
    pub gateway: String,
    /// Its id at the gateway.
    pub gateway_external_id: String,
    /// The account's id at the gateway.
    pub gateway_external_account_id: Option<String>,
    /// The last four digits, for cards.
    pub last4: Option<String>,
    /// Whether it can be used.
    pub status: PaymentMethodStatus,
    /// The kind of wallet, for wallets.
    pub wallet_type: Option<String>,
    /// The kind of card, for cards.
    pub card_type: Option<String>,
    /// The year in which it expires, for cards.
    pub expiry_year: Option<i64>,
    /// The month in which it expires, for cards.
    pub expiry_month: Option<i64>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// Whether it can be removed.
    pub is_removable: Option<bool>,
}

open_enum! {
    /// What kind of [`PaymentMethod`] it is.
    pub enum PaymentMethodType {
        /// A card.
        Card = "card",
        /// An account with Link.
        Link = "link",
        /// The payer's credits.
        PayerCredits = "payer-credits",
    }
}

open_enum! {
    /// Whether a [`PaymentMethod`] can be used.
    pub enum PaymentMethodStatus {
        /// It can.
        Active = "active",
        /// It was removed.
        Disconnected = "disconnected",
    }
}

/// What a payment is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "CommerceTotalsResponse")]
#[doc(alias = "CommerceTotalsResponse-2")]
pub struct PaymentTotals {
    /// The sum without taxes.
    pub subtotal: Money,
    /// The base fee.
    pub base_fee: Money,
    /// The taxes.
    pub tax_total: Money,
    /// The sum.
    pub grand_total: Money,
    /// What is charged by the unit, such as seats.
    pub per_unit_totals: Option<Vec<PerUnitTotal>>,
    /// The credits that were taken off.
    pub credits: Option<CreditTotals>,
    /// The discounts that were taken off.
    pub discounts: Option<DiscountTotals>,
}

/// What is charged by the unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "CommercePerUnitTotal")]
#[doc(alias = "CommercePerUnitTotal-2")]
pub struct PerUnitTotal {
    /// What the units are, such as `seats`.
    pub name: String,
    /// How many units have one price together.
    pub block_size: i64,
    /// The tiers of prices.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub tiers: Vec<PerUnitTotalTier>,
}

/// What is charged in one tier of prices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "CommercePerUnitTotalTier")]
#[doc(alias = "CommercePerUnitTotalTier-2")]
pub struct PerUnitTotalTier {
    /// How many units are charged in this tier; `None` stands for any number.
    pub quantity: Option<i64>,
    /// The price of a block of units.
    pub fee_per_block: Money,
    /// The sum.
    pub total: Money,
}

/// The credits that are taken off a payment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "CommerceCreditsResponse")]
pub struct CreditTotals {
    /// For the rest of a period that was paid already.
    pub proration: Option<ProrationCredit>,
    /// From the payer's own credits.
    pub payer: Option<PayerCredit>,
    /// The sum.
    pub total: Money,
}

/// A credit for the rest of a period that was paid already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "CommerceProrationCreditDetailResponse")]
pub struct ProrationCredit {
    /// How much it is.
    pub amount: Money,
    /// How many days of the period are left.
    pub cycle_days_remaining: i64,
    /// How many days the period has.
    pub cycle_days_total: i64,
    /// How much of the period is left: in percent, or in webhooks as a share of 1.
    pub cycle_remaining_percent: f64,
}

/// A credit from the payer's own credits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "CommercePayerCreditResponse")]
pub struct PayerCredit {
    /// How much credit is left afterwards.
    pub remaining_balance: Money,
    /// How much of it is taken.
    pub applied_amount: Money,
}

/// The discounts that are taken off a payment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "BillingDiscountsResponse")]
#[doc(alias = "CommerceDiscountsResponse")]
pub struct DiscountTotals {
    /// For the part of a period that has passed.
    pub proration: Option<ProrationDiscount>,
    /// The sum.
    pub total: Money,
}

/// A discount for the part of a period that has passed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "BillingProrationDiscountDetail")]
#[doc(alias = "CommerceProrationDiscountResponse")]
pub struct ProrationDiscount {
    /// How much it is.
    pub amount: Money,
    /// How many days of the period have passed.
    pub cycle_days_passed: i64,
    /// How many days the period has.
    pub cycle_days_total: i64,
    /// How much of the period has passed, in percent.
    pub cycle_passed_percent: f64,
}
