//! How operations are declared.
use super::{Param, Place, RetrySafety};
use crate::Paged;

/// Declares a group of operations, reached as `client.$accessor()`.
macro_rules! group {
    ($(#[$doc:meta])* $accessor:ident => $Group:ident, tag = $tag:literal) => {
        $(#[$doc])*
        pub struct $Group<T> {
            client: $crate::Client<T>,
        }

        impl<T> $Group<T> {
            pub(crate) const TAG: &'static str = $tag;
            pub(crate) const ACCESSOR: &'static str = stringify!($accessor);
        }

        impl<T> Clone for $Group<T> {
            fn clone(&self) -> Self {
                Self { client: self.client.clone() }
            }
        }

        impl<T> std::fmt::Debug for $Group<T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($Group)).finish_non_exhaustive()
            }
        }

        impl<T> $crate::Client<T> {
            $(#[$doc])*
            pub fn $accessor(&self) -> $Group<T> {
                $Group { client: self.clone() }
            }
        }
    };
}
pub(crate) use group;

/// Declares one operation: its struct, its builder, its place in the client and its wire format.
///
/// Each argument parses as an expression, a type or an item, so that `cargo fmt` formats them.
///
/// ```text
/// operation!(
///     Group::method,
///     METHOD("/path/{hole}"),
///     operation_id("getThing"),    // where it is not the struct's name
///     returns(Output),             // `()` for no content, `Text` for content that is not JSON
///     success(201),                // documented success statuses, where they are not 200
///     errors(400, …),              // documented error statuses
///     auth(MachineSecretKey),      // or `None`; the secret key unless said
///     retry(Safe),                 // unless the method already says so
///     deprecated("Use this instead."),
///     pages(Item),                 // needs optional `limit` and `offset`; see `paged!` for more
///     /// What it does.
///     pub struct Name {            // the arguments of `new`
///         hole: Path<Type>,
///     },
///     struct Optional {            // the setters
///         name: Query<Type>,
///         other: Query<"wireName", Type>,
///     }
/// );
/// ```
///
/// The wrapper around a type is one of [`place`]'s and says where the value goes; it is no part of
/// the struct that the macro declares.
macro_rules! operation {
    (
        $Group:ident::$method:ident,
        $Verb:ident($path:literal),
        $(operation_id($id:literal),)?
        returns($($Output:tt)+),
        $(success($($success:literal),+),)?
        errors($($status:literal),*),
        $(auth($auth:ident),)?
        $(retry($retry:ident),)?
        $(deprecated($deprecated:literal),)?
        $(pages($Item:ty $(, $($how:tt)+)?),)?
        $(#[$doc:meta])*
        pub struct $Name:ident {
            $( $(#[$rdoc:meta])* $req:ident: $rplace:ident<$($rwire:literal,)? $Req:ty>, )*
        }
        $(, struct Optional {
            $( $(#[$odoc:meta])* $opt:ident: $oplace:ident<$($owire:literal,)? $Opt:ty>, )+
        })?
    ) => {
        $(#[$doc])*
        ///
        #[doc = concat!("`", stringify!($Verb), " ", $path, "`")]
        $(#[deprecated(note = $deprecated)])?
        #[derive(Clone, Debug)]
        #[must_use = "an operation does nothing until it is sent"]
        pub struct $Name<Via = $crate::Detached> {
            via: Via,
            $( $(#[$rdoc])* pub $req: $Req, )*
            $($( $(#[$odoc])* pub $opt: Option<$Opt>, )+)?
        }

        #[allow(deprecated)]
        impl $Name {
            /// The operation, without a client.
            #[allow(clippy::new_without_default)] // A default of some operations only would surprise.
            pub fn new($( $req: impl $crate::Arg<$Req> ),*) -> Self {
                Self {
                    via: $crate::Detached,
                    $( $req: $crate::Arg::into_arg($req), )*
                    $($( $opt: None, )+)?
                }
            }

            /// The same operation, to be sent by `client`.
            pub fn on<T>(self, client: &$crate::Client<T>) -> $Name<$crate::Attached<T>> {
                self.with($crate::Attached::new(client)).1
            }
        }

        $(#[allow(deprecated)]
        impl<Via> $Name<Via> {
            $(
                $(#[$odoc])*
                pub fn $opt(mut self, $opt: impl $crate::Arg<$Opt>) -> Self {
                    self.$opt = Some($crate::Arg::into_arg($opt));
                    self
                }
            )+
        })?

        #[allow(deprecated)]
        impl<Via> $Name<Via> {
            fn with<To>(self, via: To) -> (Via, $Name<To>) {
                let operation = $Name {
                    via,
                    $( $req: self.$req, )*
                    $($( $opt: self.$opt, )+)?
                };
                (self.via, operation)
            }
        }

        #[allow(deprecated)]
        impl<T: $crate::Transport> $Group<T> {
            $(#[$doc])*
            #[doc = concat!("See [`", stringify!($Name), "`] for what can be set.")]
            $(#[deprecated(note = $deprecated)])?
            pub fn $method(&self $(, $req: impl $crate::Arg<$Req> )*) -> $Name<$crate::Attached<T>> {
                $Name::new($($req),*).on(&self.client)
            }
        }

        #[allow(deprecated)]
        impl $crate::Operation for $Name {
            const META: &'static $crate::Meta = &{
                let mut meta = $crate::Meta::new(
                    $crate::operation::macros::or!($($id)?, stringify!($Name)),
                    http::Method::$Verb,
                    $path,
                );
                meta.tag = $Group::<()>::TAG;
                meta.group = $Group::<()>::ACCESSOR;
                meta.name = stringify!($method);
                meta.params = &[
                    $( $crate::operation::macros::param!($rplace, true, $req: $Req $(, $rwire)?), )*
                    $($( $crate::operation::macros::param!($oplace, false, $opt: $Opt $(, $owire)?), )+)?
                ];
                $( meta.success = &[$($success),+]; )?
                meta.errors = &[$($status),*];
                meta.content = $crate::operation::macros::content!($($Output)+);
                $( meta.auth = $crate::operation::Auth::$auth; )?
                meta.retry = $crate::operation::macros::retry_safety(stringify!($Verb));
                $( meta.retry = $crate::RetrySafety::$retry; )?
                $( meta.deprecated = !$deprecated.is_empty(); )?
                $( meta.max_limit = $crate::operation::macros::max_limit::<$Name, $Item>(); )?
                meta.has_fields = $crate::operation::macros::has_fields(meta.params);
                meta
            };

            type Output = $crate::operation::macros::output!($($Output)+);

            #[allow(unused_variables)] // Some operations have no parameters.
            fn encode(&self, draft: &mut $crate::operation::Draft<'_>) -> Result<(), $crate::Error> {
                $( $crate::operation::macros::place::$rplace!(draft, $crate::operation::macros::or!($($rwire)?, stringify!($req)), &self.$req); )*
                $($( if let Some(value) = &self.$opt {
                    $crate::operation::macros::place::$oplace!(draft, $crate::operation::macros::or!($($owire)?, stringify!($opt)), value);
                } )+)?
                Ok(())
            }

            fn decode(body: &bytes::Bytes) -> Result<Self::Output, $crate::error::Unreadable> {
                $crate::operation::macros::decode!($($Output)+)(body)
            }
        }

        #[allow(deprecated)]
        const _: () = assert!(
            $crate::operation::macros::path_is_covered($path, <$Name as $crate::Operation>::META.params),
            "the holes of the path and the path parameters differ, or their order does",
        );

        $crate::operation::macros::sending!($Name);
        $( $crate::operation::macros::$auth!($Name); )?

        #[cfg(feature = "catalog")]
        #[allow(deprecated)]
        impl $crate::catalog::FromArguments for $Name {
            #[allow(unused_mut)] // Some operations have no parameters.
            fn from_arguments(mut arguments: $crate::catalog::Arguments) -> Result<Self, $crate::Error> {
                let operation = Self {
                    via: $crate::Detached,
                    $( $req: arguments.required($crate::operation::Place::$rplace, $crate::operation::macros::or!($($rwire)?, stringify!($req)))?, )*
                    $($( $opt: arguments.optional($crate::operation::Place::$oplace, $crate::operation::macros::or!($($owire)?, stringify!($opt)))?, )+)?
                };
                arguments.finish()?;
                Ok(operation)
            }
        }

        $( $crate::operation::macros::paged!($Name, $Item $(, $($how)+)?); )?
    };
}
pub(crate) use operation;

/// What an operation of a client can do: be sent, with options for this call.
///
/// Inherent methods and not a trait's, so that nobody has to import one.
macro_rules! sending {
    ($Name:ident) => {
        #[allow(deprecated)]
        impl<T: $crate::Transport> $Name<$crate::Attached<T>> {
            /// Sends the operation. What this gives is up to the transport: the result, or a future
            /// of it.
            pub fn send(
                self,
            ) -> T::Outcome<Result<<$Name as $crate::Operation>::Output, $crate::Error>> {
                let (via, operation) = self.with($crate::Detached);
                via.start(operation)
            }

            /// Sends the operation, and gives the value together with status, headers, trace id,
            /// attempts and raw body.
            pub fn send_with_response(
                self,
            ) -> T::Outcome<
                Result<$crate::ApiResponse<<$Name as $crate::Operation>::Output>, $crate::Error>,
            > {
                let (via, operation) = self.with($crate::Detached);
                via.start_with_response(operation)
            }
        }

        #[allow(deprecated)]
        impl<T> $Name<$crate::Attached<T>> {
            $crate::operation::macros::options! {
                /// For this call: uses another retry policy.
                retry(policy: $crate::RetryPolicy);
                /// For this call: limits the whole of it, waits between attempts included.
                deadline(time: std::time::Duration);
                /// For this call: limits one attempt.
                attempt_timeout(time: std::time::Duration);
                /// For this call: adds a header.
                header(name: &str, value: &str);
                /// For this call: adds a parameter to the query string.
                query(name: &str, value: &str);
                /// For this call: sends it, and the key, to another base URL.
                base_url(url: &str);
                /// For this call: ends it when `flag` is raised.
                cancel_with(flag: &$crate::CancelFlag);
            }
        }
    };
}
pub(crate) use sending;

/// Setters that hand on to [`CallOptions`](crate::CallOptions), where they are described.
macro_rules! options {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $Arg:ty),+);)+) => {$(
        $(#[$doc])*
        #[doc = concat!("See [`CallOptions::", stringify!($name), "`](crate::CallOptions::", stringify!($name), ").")]
        pub fn $name(mut self, $($arg: $Arg),+) -> Self {
            self.via.$name($($arg),+);
            self
        }
    )+};
}
pub(crate) use options;

/// What an operation that goes with a machine secret key has beside.
#[allow(non_snake_case)]
macro_rules! MachineSecretKey {
    ($Name:ident) => {
        impl<T> $Name<$crate::Attached<T>> {
            $crate::operation::macros::options! {
                /// For this call: sends this machine secret key instead of the client's.
                machine_secret_key(key: &$crate::MachineSecretKey);
            }
        }
    };
}
pub(crate) use MachineSecretKey;

/// An operation without a key has nothing beside.
macro_rules! None {
    ($Name:ident) => {};
}
pub(crate) use None;

/// What an operation on a list has beside.
///
/// After the type of the items there may be
///
/// - `after(field, cursor)`: the optional field goes on behind the cursor that the function gives;
/// - `max(100)`: the largest page, where it is not the usual one;
/// - `total_if(field)`: this optional field makes the API say how long the list is.
macro_rules! paged {
    ($Name:ident, $Item:ty $(, after($after:ident, $cursor:path))? $(,)?) => {
        $crate::operation::macros::paged!(@ $Name, $Item, [
            $(
                const HAS_CURSOR: bool = !stringify!($after).is_empty();

                fn cursor(&self, last: &$Item) -> Option<String> {
                    $cursor(self, last)
                }
            )?
        ] [$($after)?] []);
    };
    ($Name:ident, $Item:ty, max($max:literal)) => {
        $crate::operation::macros::paged!(@ $Name, $Item, [const MAX_LIMIT: u64 = $max;] [] []);
    };
    ($Name:ident, $Item:ty, total_if($total:ident)) => {
        $crate::operation::macros::paged!(@ $Name, $Item, [] [] [$total]);
    };
    (@ $Name:ident, $Item:ty, [$($items:tt)*] [$($after:ident)?] [$($total:ident)?]) => {
        #[allow(deprecated)]
        impl $crate::Paged for $Name {
            type Item = $Item;

            $($items)*

            fn limit(&self) -> Option<u64> {
                self.limit
            }

            fn position(&self) -> $crate::Position {
                $( if let Some(after) = &self.$after {
                    return $crate::Position::After(after.to_string());
                } )?
                $crate::Position::Offset(self.offset.unwrap_or(0))
            }

            fn seek(&mut self, position: &$crate::Position, limit: u64) {
                self.limit = Some(limit);
                self.offset = None;
                $( self.$total.get_or_insert(true); )?
                $( self.$after = None; )?
                match position {
                    $crate::Position::Offset(0) => {}
                    $crate::Position::Offset(offset) => self.offset = Some(*offset),
                    $( $crate::Position::After(after) => self.$after = Some(after.as_str().into()), )?
                    #[allow(unreachable_patterns)] // Only lists without a cursor get here.
                    $crate::Position::After(_) => {}
                }
            }

            fn listing(output: Self::Output) -> $crate::Listing<$Item> {
                output.into()
            }
        }

        #[allow(deprecated)]
        impl<T: $crate::Transport> $Name<$crate::Attached<T>> {
            /// Walks the list page by page, from the offset or cursor that is set. See
            /// [`Pages`](crate::Pages) for what changes on the way do.
            pub fn pages(self) -> T::Items<$crate::Pages<$Name>> {
                let (via, operation) = self.with($crate::Detached);
                via.pages(operation)
            }

            /// Walks the list item by item, fetching a page when it is needed.
            pub fn items(self) -> T::Items<$crate::Items<$Name>> {
                let (via, operation) = self.with($crate::Detached);
                via.items(operation)
            }
        }
    };
}
pub(crate) use paged;

/// The first that is there.
macro_rules! or {
    ($given:literal, $default:expr) => {
        $given
    };
    (, $default:expr) => {
        $default
    };
}
pub(crate) use or;

macro_rules! param {
    ($place:ident, $required:literal, $field:ident: $Type:ty $(, $wire:literal)?) => {
        $crate::operation::Param::new(
            $crate::operation::macros::or!($($wire)?, stringify!($field)),
            stringify!($field),
            $crate::operation::Place::$place,
            $required,
            stringify!($Type),
        )
    };
}
pub(crate) use param;

macro_rules! output {
    (Text) => { String };
    ($($Output:tt)+) => { $($Output)+ };
}
pub(crate) use output;

macro_rules! content {
    (()) => {
        $crate::operation::Content::Nothing
    };
    (Text) => {
        $crate::operation::Content::Text
    };
    ($($Output:tt)+) => {
        $crate::operation::Content::Json
    };
}
pub(crate) use content;

macro_rules! decode {
    (()) => {
        $crate::operation::decode_nothing
    };
    (Text) => {
        $crate::operation::decode_text
    };
    ($($Output:tt)+) => {
        $crate::operation::decode_json
    };
}
pub(crate) use decode;

/// Where a value goes, as [`operation!`] spells it.
#[allow(non_snake_case)]
pub(crate) mod place {
    macro_rules! places {
        ($d:tt $($Name:ident => $method:ident;)*) => {$(
            macro_rules! $Name {
                ($d draft:expr, $d name:expr, $d value:expr) => {
                    $d draft.$method($crate::operation::macros::unraw($d name), $d value)?
                };
            }
            pub(crate) use $Name;
        )*};
    }

    places! { $
        Path => path;
        Query => query;
        Joined => joined;
        Body => body;
        WholeBody => whole_body;
        Form => form;
    }
}

/// `r#type` is called `type` everywhere but in Rust.
pub(crate) const fn unraw(name: &str) -> &str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

/// The largest page of a list.
pub(crate) const fn max_limit<O: Paged<Item = I>, I>() -> Option<u64> {
    Some(O::MAX_LIMIT)
}

pub(crate) const fn retry_safety(method: &str) -> RetrySafety {
    match method.as_bytes() {
        b"GET" | b"PUT" | b"DELETE" => RetrySafety::Safe,
        _ => RetrySafety::Unsafe,
    }
}

#[allow(clippy::indexing_slicing)] // Runs at compile time, and the index is checked.
pub(crate) const fn has_fields(params: &[Param]) -> bool {
    let mut i = 0;
    while i < params.len() {
        if matches!(params[i].place, Place::Body) {
            return true;
        }
        i += 1;
    }
    false
}

/// Whether the path parameters are the `{holes}` of `path`, in its order.
#[allow(clippy::indexing_slicing)] // Runs at compile time, and each index is checked.
pub(crate) const fn path_is_covered(path: &str, params: &[Param]) -> bool {
    let path = path.as_bytes();
    let (mut at, mut i) = (0, 0);
    while i < params.len() {
        if matches!(params[i].place, Place::Path) {
            let name = params[i].name.as_bytes();
            while at < path.len() && path[at] != b'{' {
                at += 1;
            }
            at += 1;
            let mut n = 0;
            while n < name.len() && at < path.len() && path[at] == name[n] {
                at += 1;
                n += 1;
            }
            if n != name.len() || at >= path.len() || path[at] != b'}' {
                return false;
            }
        }
        i += 1;
    }
    while at < path.len() {
        if path[at] == b'{' {
            return false;
        }
        at += 1;
    }
    true
}
