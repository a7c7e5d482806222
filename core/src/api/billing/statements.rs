use serde::{Deserialize, Serialize};

use super::Billing;
use crate::{
    JsonObject, Timestamp,
    model::{
        BillingStatementId, InstanceId, List, Money, ObjectType, PayeeId, Payer, PayerId,
        PaymentAttemptId, PaymentId, PaymentMethod, PaymentMethodId, PaymentTotals,
        SubscriptionItemId, macros::open_enum,
    },
    operation::macros::operation,
};

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

operation!(
    Billing::list_statements,
    GET("/billing/statements"),
    returns(List<BillingStatement>),
    errors(400, 401, 422, 500),
    pages(BillingStatement),
    /// List the statements of all payers, the newest first.
    #[doc(alias = "billingListStatements")]
    #[doc(alias = "getBillingStatementList")]
    #[doc(alias = "GetBillingStatementListRequest")]
    pub struct GetBillingStatementList {},
    struct Optional {
        /// Whether the list is cut into pages. The answer is documented as one page either way.
        paginated: Query<bool>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);

operation!(
    Billing::list_statement_payment_attempts,
    GET("/billing/statements/{statementID}/payment_attempts"),
    returns(List<BillingPaymentAttempt>),
    errors(400, 401, 404, 422, 500),
    pages(BillingPaymentAttempt),
    /// List the attempts to collect what a statement asks for, the newest first.
    #[doc(alias = "billingGetStatementPaymentAttempts")]
    #[doc(alias = "getBillingStatementPaymentAttempts")]
    #[doc(alias = "GetBillingStatementPaymentAttemptsRequest")]
    pub struct GetBillingStatementPaymentAttempts {
        /// The statement.
        #[doc(alias = "statementID")]
        statement_id: Path<"statementID", BillingStatementId>,
    },
    struct Optional {
        /// Whether the list is cut into pages. The answer is documented as one page either way.
        paginated: Query<bool>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
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
    /// The sum without taxes: base fees and what is charged by the unit.
    pub subtotal: Money,
    /// The base fees of the plans, without what is charged by the unit.
    pub base_fee: Money,
    /// The taxes.
    pub tax_total: Money,
}

/// The part of a statement that comes from one date.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BillingStatementGroup {
    /// Always `commerce_statement_group`.
    pub object: ObjectType,
    /// The date on which the attempts were made.
    pub timestamp: Timestamp,
    /// The attempts to collect payments.
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
