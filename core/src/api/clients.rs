//! Clients: browsers and devices, with the sessions in them.
//!
//! Not the [`Client`](crate::Client) that sends operations.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let found = clerk.clients().get("client_1").send(); // `.await` it with clerk-hyper
//! # }
//! ```
use serde::{Deserialize, Serialize};

use crate::{
    Sensitive, Timestamp,
    model::{ClientId, ObjectType, PlainList, Session, SessionId, SignInId, SignUpId},
    operation::macros::{group, operation},
};

group! {
    /// Clients: browsers and devices, with the sessions in them.
    clients => Clients, tag = "Clients"
}

operation!(
    Clients::list,
    GET("/clients"),
    returns(PlainList<Client>),
    errors(400, 401, 410, 422),
    deprecated("Use `GetClient` with the id of a client."),
    pages(Client, total_if(paginated)),
    /// List the clients, the newest first.
    ///
    /// Clerk announced that it will remove this, and documents a 410 for it.
    #[doc(alias = "clientsList")]
    #[doc(alias = "getClientList")]
    #[doc(alias = "GetClientListRequest")]
    pub struct GetClientList {},
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
    Clients::verify,
    POST("/clients/verify"),
    returns(Client),
    errors(400, 401, 404),
    // It only looks at a token.
    retry(Safe),
    /// Check the token of a client, and retrieve the client.
    ///
    /// **Success does not mean that somebody is signed in.** Look for a session that is
    /// [active](Session::is_active) in the answer.
    #[doc(alias = "clientsVerify")]
    #[doc(alias = "verifyClient")]
    #[doc(alias = "VerifyClientRequestBody")]
    pub struct VerifyClient {
        /// The token, a JWT.
        token: Body<Sensitive<String>>,
    }
);

operation!(
    Clients::get,
    GET("/clients/{client_id}"),
    returns(Client),
    errors(400, 401, 404),
    /// Retrieve a client.
    #[doc(alias = "clientsGet")]
    #[doc(alias = "getClient")]
    #[doc(alias = "GetClientRequest")]
    pub struct GetClient {
        /// The client.
        #[doc(alias = "clientId")]
        client_id: Path<ClientId>,
    }
);

/// A client, as Clerk calls it: a browser or a device, with its sessions and with signing in and
/// signing up there.
///
/// This is not [`clerk_core::Client`](crate::Client), which sends operations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Client {
    /// Always `client`.
    pub object: ObjectType,
    /// Its id.
    pub id: ClientId,
    /// The ids of its sessions.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub session_ids: Vec<SessionId>,
    /// Its sessions.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub sessions: Vec<Session>,
    /// The attempt to sign in that is under way.
    pub sign_in_id: Option<SignInId>,
    /// The attempt to sign up that is under way.
    pub sign_up_id: Option<SignUpId>,
    /// The session that was active last. See [`last_active_session`](Self::last_active_session).
    pub last_active_session_id: Option<SessionId>,
    /// How somebody was last authenticated in it.
    pub last_authentication_strategy: Option<String>,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was created.
    pub created_at: Timestamp,
}

impl Client {
    /// The session that was active last, if it is among the [`sessions`](Self::sessions).
    ///
    /// It may be over by now: ask [`Session::is_active`].
    pub fn last_active_session(&self) -> Option<&Session> {
        let id = self.last_active_session_id.as_ref()?;
        self.sessions.iter().find(|session| session.id == *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_active_session_is_found_if_it_is_there() {
        let session = |id: &str| {
            serde_json::json!({
                "object": "session", "id": id, "user_id": "user_1", "client_id": "client_1",
                "status": "active", "last_active_at": 1, "expire_at": 1, "abandon_at": 1,
                "updated_at": 1, "created_at": 1,
            })
        };
        let client = |last: Option<&str>| -> Client {
            serde_json::from_value(serde_json::json!({
                "object": "client", "id": "client_1", "last_active_session_id": last,
                "sessions": [session("sess_1"), session("sess_2")],
                "updated_at": 1, "created_at": 1,
            }))
            .unwrap()
        };
        let found = client(Some("sess_2"));
        assert_eq!(found.last_active_session().unwrap().id, "sess_2");
        assert_eq!(client(Some("sess_3")).last_active_session(), None);
        assert_eq!(client(None).last_active_session(), None);
    }
}
