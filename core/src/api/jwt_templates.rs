//! Templates for JWTs that sessions get beside their own, such as for other services.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let templates = clerk.jwt_templates();
//! let claims = [("aud", "https://reports.example.com")];
//! let created = templates.create("reports", claims).lifetime(300).send();
//! let token = clerk.sessions().create_token_from_template("sess_1", "reports").send();
//! // `.await` them with clerk-hyper
//! # }
//! ```
use serde::{Deserialize, Serialize};

use crate::{
    JsonObject, Nullable, Seconds, Sensitive, Timestamp,
    model::{DeletedObject, JwtTemplateId, JwtTemplateName, ObjectType, PlainList},
    operation::macros::{group, operation},
};

group! {
    /// Templates for JWTs that sessions get beside their own, such as for other services.
    #[doc(alias = "jwtTemplates")]
    jwt_templates => JwtTemplates, tag = "JWT Templates"
}

operation!(
    JwtTemplates::list,
    GET("/jwt_templates"),
    operation_id("ListJWTTemplates"),
    returns(PlainList<JwtTemplate>),
    errors(),
    pages(JwtTemplate, total_if(paginated)),
    /// List the JWT templates.
    #[doc(alias = "jwtTemplatesList")]
    #[doc(alias = "listJWTTemplates")]
    #[doc(alias = "ListJWTTemplates")]
    #[doc(alias = "ListJWTTemplatesRequest")]
    pub struct ListJwtTemplates {},
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
    JwtTemplates::create,
    POST("/jwt_templates"),
    operation_id("CreateJWTTemplate"),
    returns(JwtTemplate),
    errors(400, 402, 422),
    /// Create a JWT template.
    ///
    /// Not repeated when it may have arrived: look for the name with [`ListJwtTemplates`] before
    /// you do.
    #[doc(alias = "jwtTemplatesCreate")]
    #[doc(alias = "createJWTTemplate")]
    #[doc(alias = "CreateJWTTemplate")]
    #[doc(alias = "CreateJWTTemplateRequestBody")]
    pub struct CreateJwtTemplate {
        /// The name.
        name: Body<JwtTemplateName>,
        /// What the tokens say.
        claims: Body<JsonObject>,
    },
    struct Optional {
        /// How long a token can be used, in seconds, from 30 to 315360000 (ten years).
        lifetime: Body<Nullable<Seconds>>,
        /// How far clocks may differ, in seconds, at most 300 (five minutes).
        #[doc(alias = "allowedClockSkew")]
        allowed_clock_skew: Body<Nullable<Seconds>>,
        /// Whether the tokens are signed by a key of your own; then
        /// [`signing_algorithm`](Self::signing_algorithm) and [`signing_key`](Self::signing_key)
        /// are needed too.
        #[doc(alias = "customSigningKey")]
        custom_signing_key: Body<bool>,
        /// The algorithm of your own key.
        #[doc(alias = "signingAlgorithm")]
        signing_algorithm: Body<Nullable<String>>,
        /// Your own private key.
        #[doc(alias = "signingKey")]
        signing_key: Body<Nullable<Sensitive<String>>>,
    }
);

operation!(
    JwtTemplates::get,
    GET("/jwt_templates/{template_id}"),
    operation_id("GetJWTTemplate"),
    returns(JwtTemplate),
    errors(404),
    /// Retrieve a JWT template.
    #[doc(alias = "jwtTemplatesGet")]
    #[doc(alias = "getJWTTemplate")]
    #[doc(alias = "GetJWTTemplate")]
    #[doc(alias = "GetJWTTemplateRequest")]
    pub struct GetJwtTemplate {
        /// The template.
        #[doc(alias = "templateId")]
        template_id: Path<JwtTemplateId>,
    }
);

operation!(
    JwtTemplates::update,
    PATCH("/jwt_templates/{template_id}"),
    operation_id("UpdateJWTTemplate"),
    returns(JwtTemplate),
    errors(400, 402, 422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Change a JWT template.
    ///
    /// Name and claims are needed even if they stay as they are. What becomes of the rest if it is
    /// not set, Clerk does not say.
    #[doc(alias = "jwtTemplatesUpdate")]
    #[doc(alias = "updateJWTTemplate")]
    #[doc(alias = "UpdateJWTTemplate")]
    #[doc(alias = "UpdateJWTTemplateRequestBody")]
    pub struct UpdateJwtTemplate {
        /// The template.
        #[doc(alias = "templateId")]
        template_id: Path<JwtTemplateId>,
        /// The name.
        name: Body<JwtTemplateName>,
        /// What the tokens say.
        claims: Body<JsonObject>,
    },
    struct Optional {
        /// How long a token can be used, in seconds, from 30 to 315360000 (ten years).
        lifetime: Body<Nullable<Seconds>>,
        /// How far clocks may differ, in seconds, at most 300 (five minutes).
        #[doc(alias = "allowedClockSkew")]
        allowed_clock_skew: Body<Nullable<Seconds>>,
        /// Whether the tokens are signed by a key of your own; then
        /// [`signing_algorithm`](Self::signing_algorithm) and [`signing_key`](Self::signing_key)
        /// are needed too.
        #[doc(alias = "customSigningKey")]
        custom_signing_key: Body<bool>,
        /// The algorithm of your own key.
        #[doc(alias = "signingAlgorithm")]
        signing_algorithm: Body<Nullable<String>>,
        /// Your own private key.
        #[doc(alias = "signingKey")]
        signing_key: Body<Nullable<Sensitive<String>>>,
    }
);

operation!(
    JwtTemplates::delete,
    DELETE("/jwt_templates/{template_id}"),
    operation_id("DeleteJWTTemplate"),
    returns(DeletedObject),
    errors(403, 404),
    /// Delete a JWT template.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "jwtTemplatesDelete")]
    #[doc(alias = "deleteJWTTemplate")]
    #[doc(alias = "DeleteJWTTemplate")]
    #[doc(alias = "DeleteJWTTemplateRequest")]
    pub struct DeleteJwtTemplate {
        /// The template.
        #[doc(alias = "templateId")]
        template_id: Path<JwtTemplateId>,
    }
);

/// A template for JWTs.
#[doc(alias = "JWTTemplate")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JwtTemplate {
    /// Always `jwt_template`.
    pub object: ObjectType,
    /// Its id.
    pub id: JwtTemplateId,
    /// Its name, by which tokens are asked for
    /// ([`CreateSessionTokenFromTemplate`](crate::api::sessions::CreateSessionTokenFromTemplate)).
    pub name: JwtTemplateName,
    /// What the tokens say.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub claims: JsonObject,
    /// How long a token can be used, in seconds.
    pub lifetime: Seconds,
    /// How far clocks may differ, in seconds.
    pub allowed_clock_skew: Seconds,
    /// Whether the tokens are signed by a key of your own.
    pub custom_signing_key: bool,
    /// The algorithm by which the tokens are signed.
    pub signing_algorithm: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
