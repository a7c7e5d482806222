//! Machines: servers and services of yours that know each other by M2M tokens.
//!
//! ```
//! use clerk_core::api::machines::ToMachine;
//!
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let machines = clerk.machines();
//! let created = machines.create("billing").default_token_ttl(600).send(); // has the secret key
//! let scope = machines.create_scope("mch_1", ToMachine::new("mch_2")).send(); // mch_1 calls mch_2
//! let rotated = machines.rotate_secret_key("mch_1", 3600).send(); // `.await` it with clerk-hyper
//! # }
//! ```
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    Seconds, Sensitive, Timestamp,
    model::{DeletedObject, InstanceId, List, MachineId, ObjectType, macros::named},
    operation::macros::{group, operation},
};

group! {
    /// Machines: servers and services of yours that know each other by M2M tokens.
    machines => Machines, tag = "Machines"
}

operation!(
    Machines::list,
    GET("/machines"),
    returns(List<Machine>),
    errors(400, 401, 403, 422),
    pages(Machine),
    /// List the machines, the newest first unless ordered otherwise.
    #[doc(alias = "machinesList")]
    #[doc(alias = "listMachines")]
    #[doc(alias = "ListMachinesRequest")]
    pub struct ListMachines {},
    struct Optional {
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
        /// Only the one with this id, and those with this text in the name.
        #[doc(alias = "query")]
        search: Query<"query", String>,
        /// The order: `name` or `created_at`, with `-` in front for descending. `-created_at`
        /// unless set.
        #[doc(alias = "orderBy")]
        order_by: Query<String>,
    }
);

operation!(
    Machines::create,
    POST("/machines"),
    returns(CreatedMachine),
    errors(400, 401, 403, 422),
    /// Create a machine.
    ///
    /// The answer has its secret key; later, [`GetMachineSecretKey`] gives it. Not repeated when it
    /// may have arrived: look for the name with [`ListMachines`] before you do.
    #[doc(alias = "machinesCreate")]
    #[doc(alias = "createMachine")]
    #[doc(alias = "CreateMachineRequestBody")]
    pub struct CreateMachine {
        /// The name, at most 255 characters.
        name: Body<String>,
    },
    struct Optional {
        /// The machines that it may talk to, at most 150.
        #[doc(alias = "scopedMachines")]
        scoped_machines: Body<Vec<MachineId>>,
        /// How long its tokens can be used unless a token says otherwise, in seconds, from 1 to
        /// 315360000 (ten years); 3600 (an hour) unless set.
        #[doc(alias = "defaultTokenTtl")]
        default_token_ttl: Body<Seconds>,
    }
);

operation!(
    Machines::get,
    GET("/machines/{machine_id}"),
    returns(Machine),
    errors(400, 401, 403, 404, 422),
    /// Retrieve a machine.
    #[doc(alias = "machinesGet")]
    #[doc(alias = "getMachine")]
    #[doc(alias = "GetMachineRequest")]
    pub struct GetMachine {
        /// The machine.
        #[doc(alias = "machineId")]
        machine_id: Path<MachineId>,
    }
);

operation!(
    Machines::update,
    PATCH("/machines/{machine_id}"),
    returns(Machine),
    errors(400, 401, 403, 404, 422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Change a machine. What is not set stays as it is.
    ///
    /// Which machines it may talk to is changed by [`CreateMachineScope`] and
    /// [`DeleteMachineScope`].
    #[doc(alias = "machinesUpdate")]
    #[doc(alias = "updateMachine")]
    #[doc(alias = "UpdateMachineRequestBody")]
    pub struct UpdateMachine {
        /// The machine.
        #[doc(alias = "machineId")]
        machine_id: Path<MachineId>,
    },
    struct Optional {
        /// The name, at most 255 characters.
        name: Body<String>,
        /// How long its tokens can be used unless a token says otherwise, in seconds, from 1 to
        /// 315360000 (ten years).
        #[doc(alias = "defaultTokenTtl")]
        default_token_ttl: Body<Seconds>,
    }
);

operation!(
    Machines::delete,
    DELETE("/machines/{machine_id}"),
    returns(DeletedObject),
    errors(400, 401, 403, 404, 422),
    /// Delete a machine.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "machinesDelete")]
    #[doc(alias = "deleteMachine")]
    #[doc(alias = "DeleteMachineRequest")]
    pub struct DeleteMachine {
        /// The machine.
        #[doc(alias = "machineId")]
        machine_id: Path<MachineId>,
    }
);

operation!(
    Machines::get_secret_key,
    GET("/machines/{machine_id}/secret_key"),
    returns(MachineSecret),
    errors(400, 401, 403, 404),
    /// Retrieve the secret key of a machine.
    #[doc(alias = "machinesGetSecretKey")]
    #[doc(alias = "getMachineSecretKey")]
    #[doc(alias = "GetMachineSecretKeyRequest")]
    pub struct GetMachineSecretKey {
        /// The machine.
        #[doc(alias = "machineId")]
        machine_id: Path<MachineId>,
    }
);

operation!(
    Machines::rotate_secret_key,
    POST("/machines/{machine_id}/secret_key/rotate"),
    returns(MachineSecret),
    errors(400, 401, 403, 404, 422),
    // The first new key would be lost, and the second call would end it.
    /// Give a machine a new secret key.
    ///
    /// The old key works on for as long as you say, so that there is time to bring the machine the
    /// new one. Not repeated when it may have arrived: a second rotation would replace the first
    /// new key. If no answer came, [`GetMachineSecretKey`] tells which key holds now.
    #[doc(alias = "machinesRotateSecretKey")]
    #[doc(alias = "rotateMachineSecretKey")]
    #[doc(alias = "RotateMachineSecretKeyRequestBody")]
    pub struct RotateMachineSecretKey {
        /// The machine.
        #[doc(alias = "machineId")]
        machine_id: Path<MachineId>,
        /// How long the old key works on, in seconds, at most 28800 (eight hours); with 0 it ends
        /// at once.
        #[doc(alias = "previousTokenTtl")]
        previous_token_ttl: Body<Seconds>,
    }
);

operation!(
    Machines::create_scope,
    POST("/machines/{machine_id}/scopes"),
    returns(MachineScope),
    errors(400, 401, 403, 404, 409, 422),
    // Whether adding it twice is an error is not documented.
    /// Let a machine talk to another one. A machine can have at most 150 such scopes.
    ///
    /// Not repeated when it may have arrived: whether a scope can be created twice is not
    /// documented. [`GetMachine`] shows which ones there are.
    #[doc(alias = "machinesCreateScope")]
    #[doc(alias = "createMachineScope")]
    #[doc(alias = "CreateMachineScopeRequestBody")]
    pub struct CreateMachineScope {
        /// The machine that may talk.
        #[doc(alias = "machineId")]
        machine_id: Path<MachineId>,
        /// The machine that it may talk to.
        #[doc(alias = "toMachineId")]
        to_machine_id: Body<ToMachine>,
    }
);

operation!(
    Machines::delete_scope,
    DELETE("/machines/{machine_id}/scopes/{other_machine_id}"),
    returns(DeletedMachineScope),
    errors(400, 401, 403, 404, 422),
    /// Let a machine no longer talk to another one.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "machinesDeleteScope")]
    #[doc(alias = "deleteMachineScope")]
    #[doc(alias = "DeleteMachineScopeRequest")]
    pub struct DeleteMachineScope {
        /// The machine that may talk to the other one so far.
        #[doc(alias = "machineId")]
        machine_id: Path<MachineId>,
        /// The other one.
        #[doc(alias = "otherMachineId")]
        other_machine_id: Path<ToMachine>,
    }
);

/// A machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Machine {
    /// Always `machine`.
    pub object: ObjectType,
    /// Its id.
    pub id: MachineId,
    /// Its name.
    pub name: String,
    /// The instance.
    pub instance_id: InstanceId,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// How long its tokens can be used unless a token says otherwise, in seconds.
    pub default_token_ttl: Option<Seconds>,
    /// The machines that it may talk to.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub scoped_machines: Vec<MachineWithoutScopedMachines>,
}

/// A machine that another machine may talk to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MachineWithoutScopedMachines {
    /// Always `machine`.
    pub object: ObjectType,
    /// Its id.
    pub id: MachineId,
    /// Its name.
    pub name: String,
    /// The instance.
    pub instance_id: InstanceId,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// How long its tokens can be used unless a token says otherwise, in seconds.
    pub default_token_ttl: Option<Seconds>,
}

/// A machine, with its secret key: of the answers with a machine, only that to its creation has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreatedMachine {
    /// Always `machine`.
    pub object: ObjectType,
    /// Its id.
    pub id: MachineId,
    /// Its name.
    pub name: String,
    /// The instance.
    pub instance_id: InstanceId,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// How long its tokens can be used unless a token says otherwise, in seconds.
    pub default_token_ttl: Option<Seconds>,
    /// The machines that it may talk to.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub scoped_machines: Vec<MachineWithoutScopedMachines>,
    /// The secret key. Later, [`GetMachineSecretKey`] gives it.
    pub secret_key: Sensitive<String>,
}

/// The secret key of a machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MachineSecret {
    /// Always `machine_secret_key`.
    pub object: ObjectType,
    /// The secret key.
    pub secret: Sensitive<String>,
}

/// That a machine may talk to another one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MachineScope {
    /// Always `machine_scope`.
    pub object: ObjectType,
    /// The machine that may talk.
    pub from_machine_id: MachineId,
    /// The machine that it may talk to.
    pub to_machine_id: MachineId,
    /// When it was created.
    pub created_at: Timestamp,
}

/// That a machine may no longer talk to another one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeletedMachineScope {
    /// Always `machine_scope`.
    pub object: ObjectType,
    /// The machine that was allowed to talk.
    pub from_machine_id: MachineId,
    /// The machine that it was allowed to talk to.
    pub to_machine_id: MachineId,
    /// Always `true`.
    pub deleted: bool,
}

named! {
    /// The machine that another one may talk to.
    ToMachine(MachineId);
}

impl fmt::Display for ToMachine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
