//! Templates for emails and text messages.
//!
//! Clerk deprecated all of it and names no replacement in the API: edit templates in its dashboard.
//!
//! ```
//! # #[allow(deprecated)]
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let templates = clerk.templates();
//! let template = templates.get("email", "invitation").send();
//! let changed = templates
//!     .upsert("email", "invitation")
//!     .name("Invitation")
//!     .subject("Join us")
//!     .body("<p>You are invited.</p>")
//!     .send();
//! let default = templates.revert("email", "invitation").send(); // `.await` it with clerk-hyper
//! # }
//! ```
use serde::{Deserialize, Serialize};

use crate::{
    JsonObject, Nullable, Timestamp,
    model::{InstanceId, ObjectType, PlainList, TemplateId, macros::open_enum},
    operation::macros::{group, operation},
};

group! {
    /// Templates for emails and text messages.
    templates => Templates, tag = "Email & SMS Templates"
}

operation!(
    Templates::list,
    GET("/templates/{template_type}"),
    returns(PlainList<Template>),
    errors(400, 401, 422),
    deprecated("Clerk names no replacement in the API: edit templates in its dashboard."),
    pages(Template, total_if(paginated)),
    /// List the templates, in the order of their position.
    #[doc(alias = "emailSMSTemplatesList")]
    #[doc(alias = "getTemplateList")]
    #[doc(alias = "GetTemplateListRequest")]
    pub struct GetTemplateList {
        /// For emails or for text messages.
        #[doc(alias = "templateType")]
        template_type: Path<TemplateType>,
    },
    struct Optional {
        /// Whether to tell how many there are in all.
        paginated: Query<bool>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);

operation!(
    Templates::get,
    GET("/templates/{template_type}/{slug}"),
    returns(Template),
    errors(400, 401, 404),
    deprecated("Clerk names no replacement in the API: edit templates in its dashboard."),
    /// Retrieve a template.
    #[doc(alias = "emailSMSTemplatesGet")]
    #[doc(alias = "getTemplate")]
    #[doc(alias = "GetTemplateRequest")]
    pub struct GetTemplate {
        /// Whether it is for emails or text messages.
        #[doc(alias = "templateType")]
        template_type: Path<TemplateType>,
        /// The name that programs use.
        slug: Path<String>,
    }
);

operation!(
    Templates::upsert,
    PUT("/templates/{template_type}/{slug}"),
    returns(Template),
    errors(400, 401, 402, 403, 404, 422, 423, 429),
    deprecated("Clerk names no replacement in the API: edit templates in its dashboard."),
    /// Change a template. It has to exist.
    ///
    /// Clerk does not say whether what is not set stays as it is: give the whole template.
    #[doc(alias = "emailAndSmsTemplatesUpsert")]
    #[doc(alias = "upsertTemplate")]
    #[doc(alias = "UpsertTemplateRequestBody")]
    pub struct UpsertTemplate {
        /// Whether it is for emails or text messages.
        #[doc(alias = "templateType")]
        template_type: Path<TemplateType>,
        /// The name that programs use.
        slug: Path<String>,
    },
    struct Optional {
        /// The name that people see.
        name: Body<String>,
        /// The subject; only for emails.
        subject: Body<Nullable<String>>,
        /// What the editor makes the body from.
        markup: Body<Nullable<String>>,
        /// The body, with its variables still in it.
        body: Body<String>,
        /// Whether Clerk sends what is made from it.
        #[doc(alias = "deliveredByClerk")]
        delivered_by_clerk: Body<Nullable<bool>>,
        /// What stands before the `@` in the address of the sender; only for emails.
        #[doc(alias = "fromEmailName")]
        from_email_name: Body<String>,
        /// What stands before the `@` in the address for replies; only for emails.
        #[doc(alias = "replyToEmailName")]
        reply_to_email_name: Body<String>,
    }
);

operation!(
    Templates::revert,
    POST("/templates/{template_type}/{slug}/revert"),
    returns(Template),
    errors(400, 401, 402, 404),
    // A template that is reverted twice is as it was after the first time.
    retry(Safe),
    deprecated("Clerk names no replacement in the API: edit templates in its dashboard."),
    /// Take back all changes of a template: it is Clerk's default again.
    #[doc(alias = "emailSMSTemplatesRevert")]
    #[doc(alias = "revertTemplate")]
    #[doc(alias = "RevertTemplateRequest")]
    pub struct RevertTemplate {
        /// Whether it is for emails or text messages.
        #[doc(alias = "templateType")]
        template_type: Path<TemplateType>,
        /// The name that programs use.
        slug: Path<String>,
    }
);

operation!(
    Templates::preview,
    POST("/templates/{template_type}/{slug}/preview"),
    returns(JsonObject),
    errors(400, 401, 404, 422),
    // It changes nothing.
    retry(Safe),
    deprecated("Clerk names no replacement in the API: edit templates in its dashboard."),
    /// Show what a template would make, without changing it.
    ///
    /// The members of the answer are not documented.
    #[doc(alias = "templatesPreview")]
    #[doc(alias = "previewTemplate")]
    #[doc(alias = "PreviewTemplateRequestBody")]
    pub struct PreviewTemplate {
        /// Whether it is for emails or text messages.
        #[doc(alias = "templateType")]
        template_type: Path<TemplateType>,
        /// The name that programs use.
        slug: Path<String>,
    },
    struct Optional {
        /// The subject; only for emails.
        subject: Body<Nullable<String>>,
        /// The body, with its variables still in it.
        body: Body<String>,
        /// What stands before the `@` in the address of the sender; only for emails.
        #[doc(alias = "fromEmailName")]
        from_email_name: Body<String>,
        /// What stands before the `@` in the address for replies; only for emails.
        #[doc(alias = "replyToEmailName")]
        reply_to_email_name: Body<String>,
    }
);

operation!(
    Templates::toggle_delivery,
    POST("/templates/{template_type}/{slug}/toggle_delivery"),
    returns(Template),
    errors(400, 401, 404, 423, 429),
    // Without a value it may switch back.
    deprecated("Clerk names no replacement in the API: edit templates in its dashboard."),
    /// Switch on or off that Clerk sends what is made from a template.
    ///
    /// Where it is off, send the messages yourself: the webhooks `email.created` and `sms.created`
    /// bring them. Not repeated when it may have arrived: without
    /// [`delivered_by_clerk`](ToggleTemplateDelivery::delivered_by_clerk), the second one may undo
    /// the first.
    #[doc(alias = "emailSMSTemplatesToggleTemplateDelivery")]
    #[doc(alias = "toggleTemplateDelivery")]
    #[doc(alias = "ToggleTemplateDeliveryRequestBody")]
    pub struct ToggleTemplateDelivery {
        /// Whether it is for emails or text messages.
        #[doc(alias = "templateType")]
        template_type: Path<TemplateType>,
        /// The name that programs use.
        slug: Path<String>,
    },
    struct Optional {
        /// Whether Clerk sends what is made from it. Without a value, what happens is not
        /// documented.
        #[doc(alias = "deliveredByClerk")]
        delivered_by_clerk: Body<bool>,
    }
);

/// A template for emails or text messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Template {
    /// Its id.
    pub id: Option<TemplateId>,
    /// Always `template`.
    pub object: Option<ObjectType>,
    /// The instance.
    pub instance_id: Option<InstanceId>,
    /// Whether it is Clerk's default or one of yours.
    pub resource_type: Option<String>,
    /// Whether it is for emails or text messages.
    pub template_type: Option<TemplateType>,
    /// The name that people see.
    pub name: Option<String>,
    /// The name that programs use.
    pub slug: Option<String>,
    /// Its place in the list.
    pub position: Option<i64>,
    /// Whether it can be made Clerk's default again.
    pub can_revert: Option<bool>,
    /// Whether it can be deleted.
    pub can_delete: Option<bool>,
    /// Whether its body can be changed.
    pub can_edit_body: Option<bool>,
    /// Whether it can be switched on and off, as only text messages that notify can.
    pub can_toggle: Option<bool>,
    /// The subject; only for emails.
    pub subject: Option<String>,
    /// What the editor makes the body from.
    pub markup: Option<String>,
    /// The body, with its variables still in it.
    pub body: Option<String>,
    /// The variables that its body can use.
    pub available_variables: Option<Vec<String>>,
    /// The variables that its body has to use.
    pub required_variables: Option<Vec<String>>,
    /// What stands before the `@` in the address of the sender.
    pub from_email_name: Option<String>,
    /// What stands before the `@` in the address for replies.
    pub reply_to_email_name: Option<String>,
    /// Whether Clerk sends what is made from it.
    pub delivered_by_clerk: Option<bool>,
    /// Whether it is in use.
    pub enabled: Option<bool>,
    /// Whether Clerk finds it suspicious.
    pub flagged_as_suspicious: Option<bool>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
}

open_enum! {
    /// What a template is for.
    pub enum TemplateType {
        /// Emails.
        Email = "email",
        /// Text messages.
        Sms = "sms",
    }
}
