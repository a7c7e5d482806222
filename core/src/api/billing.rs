//! Billing: plans, prices, subscription items and statements.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let billing = clerk.billing();
//! let overdue = billing.list_subscription_items().status("past_due").items(); // page after page
//! let cancel = billing.cancel_subscription_item("subi_1").send(); // `.await` it with clerk-hyper
//! let statement = billing.get_statement("stmt_1").send();
//! # }
//! ```
//!
//! The subscription and the credit of one payer are with [`users`](super::users) and
//! [`organizations`](super::organizations).
mod plans;
mod statements;
mod subscription_items;

pub use self::{
    plans::{
        BillingPrice, CreateBillingPrice, GetBillingPriceList, GetCommercePlanList,
        SupportedBillingPeriods,
    },
    statements::{
        BillingPaymentAttempt, BillingPaymentStatus, BillingStatement, BillingStatementGroup,
        BillingStatementStatus, BillingStatementTotals, GetBillingStatement,
        GetBillingStatementList, GetBillingStatementPaymentAttempts,
    },
    subscription_items::{
        ApplyBillingSubscriptionItemDiscount, BillingPlanWithAmounts,
        CancelCommerceSubscriptionItem, CreateBillingPriceTransition, DiscountEffect,
        DiscountRedemption, DiscountSource, DiscountStatus, ExtendBillingSubscriptionItemFreeTrial,
        FromPrice, GetCommerceSubscriptionItemList, PaymentSource, PaymentSourceMethod,
        PriceTransition, PriceTransitionDetails, PriceTransitionMode,
        RemoveBillingSubscriptionItemDiscount, SubscriptionItemWithPaymentSource, ToPrice,
    },
};
use crate::operation::macros::group;

group! {
    /// Billing: plans, prices, subscription items and statements.
    billing => Billing, tag = "Billing"
}
