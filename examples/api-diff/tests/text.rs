//! The text of the facts reads as it is written, and nothing else reads.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test says what is wrong by failing.
use clerk_api_diff::{Facts, Kind};

const EVERYTHING: &str = r##"version 2026-01-01

operation Make POST /things/{id} "Some \"Things\""
  deprecated
  without key
  path id! text
  query limit int deprecated
  joined "filter[x]" [enum ["a","b | c",1]?]
  header X-Trace text
  cookie crumb! bool?
  body! one of?
    - Thing
    - open object
      "# no comment" {date-time}
    - [one of]
      - number
      - "text"
  200 Thing?
  204 nothing
  2XX [[{object}?]]
    a! any
  302 nothing-new
  errors 404 4XX default

operation Put PUT /things "Things"
  form object
    file! file

event "odd event" Thing?

event thing.created object
  data! Thing
  many [object]
    a text

type Thing object?
  deprecated "text" deprecated
  kind! enum []

type nothing-new one of
  - nothing-new

type "text" enum [true,-1.5,null,{"a":"b"}]
"##;

#[test]
fn everything_reads_as_it_is_written() {
    let facts: Facts = EVERYTHING.parse().unwrap();
    assert_eq!(facts.to_string(), EVERYTHING);
    let make = &facts.operations["Make"];
    assert_eq!(make.tag, "Some \"Things\"");
    assert_eq!(make.joined, ["filter[x]"]);
    assert_eq!(make.errors, ["404", "4XX", "default"]);
    assert_eq!(make.answers["204"], None);
    let Kind::Object { members, .. } = &facts.events["thing.created"].kind else { unreachable!() };
    assert_eq!((members.len(), members[0].name.as_str()), (2, "data"));
    let Kind::OneOfValues(values) = &facts.types["text"].kind else { unreachable!() };
    assert_eq!(values[3], r#"{"a":"b"}"#);
}

#[test]
fn comments_and_empty_lines_say_nothing() {
    let commented = format!("# One.\n\n# Two.\n{EVERYTHING}\n\n").replace('\n', "\r\n");
    assert_eq!(commented.parse::<Facts>().unwrap(), EVERYTHING.parse().unwrap());
}

#[test]
fn what_is_no_line_is_named() {
    for line in [
        "operation X GET /x Tag",
        "operation X GET /x",
        "operation X GET /x \"T\" more",
        "operations",
        "event a.b",
        "event a.b text!",
        "event a.b nothing",
        "events a.b text",
        "type A",
        "type A txt!",
        "type A [text",
        "type A {text",
        "type A one text",
        "type A open",
        "type A nothing",
        "type A text text",
        "type A enum",
        "type A enum {}",
        "type A enum [",
        "type A \"a\" | \"b\"",
        "type \"A text",
    ] {
        let error = format!("version v\n{line}\n").parse::<Facts>().unwrap_err().to_string();
        assert!(error.contains(&format!("{line:?}")), "{line}: {error}");
    }
    for line in [
        "deprecated very",
        "deprecated!",
        "without",
        "path id",
        "query id text depr",
        "200",
        "200! text",
        "404 text",
        "600 nothing",
        "errors 200",
        "errors nothing",
        "body",
        "header! a text",
    ] {
        let text = format!("operation X GET /x \"T\"\n  {line}\n");
        let error = text.parse::<Facts>().unwrap_err().to_string();
        assert!(error.contains(line), "{line}: {error}");
    }
}

#[test]
fn what_stands_at_a_wrong_depth_is_named() {
    for text in [
        "event a.b text\n  wrong int\n",
        "type A text\n  wrong int\n",
        "type A object\n   wrong int\n",
        "type A object\n    wrong int\n",
        "type A object\n  a [text]\n    wrong int\n",
        "type A one of\n  wrong int\n",
        "operation X GET /x \"T\"\n  deprecated\n    wrong int\n",
        "version v\n  wrong int\n",
    ] {
        let error = text.parse::<Facts>().unwrap_err().to_string();
        assert!(error.contains("wrong int"), "{text}: {error}");
    }
}

#[test]
fn what_is_there_twice_is_an_error() {
    for text in [
        "type A text\ntype A int\n",
        "event a.b text\nevent a.b int\n",
        "operation X GET /x \"\"\noperation X GET /x \"\"\n",
    ] {
        assert!(text.parse::<Facts>().is_err(), "{text}");
    }
}

#[test]
fn a_type_that_is_not_there_is_named() {
    for text in [
        "type A txt\n",
        "type A object\n  a [{txt?}]\n",
        "event a.b object\n  data! txt\n",
        "operation X GET /x \"T\"\n  header a txt\n",
        "operation X GET /x \"T\"\n  cookie a txt\n",
        "operation X GET /x \"T\"\n  body one of\n    - txt\n",
        "operation X GET /x \"T\"\n  200 txt\n",
    ] {
        let error = text.parse::<Facts>().unwrap_err().to_string();
        assert!(error.contains("no type \"txt\""), "{text}: {error}");
    }
}
