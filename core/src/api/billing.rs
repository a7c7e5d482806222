//! Billing: plans, subscriptions, statements.
use serde::{Deserialize, Serialize};

use crate::{
    JsonObject, Timestamp,
    model::{
        BillingStatementId, InstanceId, Money, ObjectType, PayeeId, Payer, PayerId,
        PaymentAttemptId, PaymentId, PaymentMethod, PaymentMethodId, PaymentTotals,
        SubscriptionItemId, macros::open_enum,
    },
    operation::macros::{group, operation},
};

group! {
    /// Billing: plans, subscriptions, statements.
    billing => Billing, tag = "Billing"
}

operation!(
    Billing::get_statement,
    GET("/billing/statements/{statementID}"),
    returns(BillingStatement),
    errors(400, 401, 404, 422, 500),
    /// Retrieve a statement.
    #[doc(alias = "billingGetStatement")]
    #[doc(alias = "GetBillingStatementRequest")]
    pub struct GetBillingStatement {
        /// The statement.
        #[doc(alias = "statementID")]
        statement_id: Path<"statementID", BillingStatementId>,
    }
);

/// What a payer was charged in a period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BillingStatement {
    /// Always `commerce_statement`.
    pub object: ObjectType,
    /// Its id.
    pub id: BillingStatementId,
    /// The instance.
    pub instance_id: InstanceId,
    /// When it was created.
    pub timestamp: Timestamp,
    /// Who pays.
    pub payer: Payer,
    /// Whether something may be added.
    pub status: BillingStatementStatus,
    /// The sums.
    pub totals: BillingStatementTotals,
    /// What it is made of.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub groups: Vec<BillingStatementGroup>,
}

open_enum! {
    /// Whether something may be added to a statement.
    pub enum BillingStatementStatus {
        /// It may.
        Open = "open",
        /// It is final.
        Closed = "closed",
    }
}

/// The sums of a statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BillingStatementTotals {
    /// The sum.
    pub grand_total: Money,
    /// The sum without taxes.
    pub subtotal: Money,
    /// The base fees.
    pub base_fee: Money,
    /// The taxes.
    pub tax_total: Money,
}

/// What a statement is made of, for one time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BillingStatementGroup {
    /// Always `commerce_statement_group`.
    pub object: ObjectType,
    /// The time.
    pub timestamp: Timestamp,
    /// The payments.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub items: Vec<BillingPaymentAttempt>,
}

/// An attempt to collect a payment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BillingPaymentAttempt {
    /// Always `commerce_payment`.
    pub object: ObjectType,
    /// Its id.
    pub id: PaymentAttemptId,
    /// The payment.
    pub payment_id: PaymentId,
    /// The instance.
    pub instance_id: InstanceId,
    /// What kind of charge it is, such as `recurring`.
    pub charge_type: String,
    /// Who is paid.
    pub payee_id: PayeeId,
    /// Who is paid, in full.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub payee: JsonObject,
    /// Who pays.
    pub payer_id: PayerId,
    /// Who pays, in full.
    pub payer: Payer,
    /// What is paid for.
    pub subscription_item_id: Option<SubscriptionItemId>,
    /// What is paid for, in full.
    pub subscription_item: Option<JsonObject>,
    /// How much it is.
    pub amount: Money,
    /// What the amount is made of.
    pub totals: Option<PaymentTotals>,
    /// How it is paid.
    pub payment_method_id: PaymentMethodId,
    /// How it is paid, in full.
    pub payment_method: PaymentMethod,
    /// The statement that it is part of.
    pub statement_id: BillingStatementId,
    /// Its id at the payment gateway.
    pub gateway_external_id: Option<String>,
    /// Where it is shown at the payment gateway.
    pub gateway_external_url: Option<String>,
    /// Where it stands.
    pub status: BillingPaymentStatus,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// When it failed.
    pub failed_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

open_enum! {
    /// Where an attempt to collect a payment stands.
    pub enum BillingPaymentStatus {
        /// It is under way.
        Pending = "pending",
        /// It succeeded.
        Paid = "paid",
        /// It failed.
        Failed = "failed",
    }
}
