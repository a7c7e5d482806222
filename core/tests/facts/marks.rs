//! What Clerk calls deprecated has the attribute.
use std::{fs, path::Path};

use clerk_api_diff::{Kind, Member};

use crate::{facts, struct_name, webhooks};

/// The files of the crate's sources below a folder.
fn sources(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else {
            into.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

/// The declaration of a struct in these sources, attributes in front of its name included.
fn declaration<'s>(sources: &'s str, name: &str) -> &'s str {
    let at = sources.find(&format!("pub struct {name} {{")).unwrap_or_else(|| panic!("no {name}"));
    let start = sources[..at].rfind("\n\n").unwrap_or(0);
    let end = sources[at..].find("\n\n").map_or(sources.len(), |end| at + end);
    &sources[start..end]
}

/// Whether a member in a declaration has the attribute.
fn is_marked(declaration: &str, member: &str) -> bool {
    let line = |line: &&str| {
        let line = line.trim().trim_start_matches("pub ").trim_start_matches("r#");
        line.starts_with(&format!("{member}: ")) || line.contains(&format!("<\"{member}\", "))
    };
    let lines: Vec<_> = declaration.lines().collect();
    let at = lines.iter().position(line).unwrap_or_else(|| panic!("no {member}"));
    lines[..at]
        .iter()
        .rev()
        .map(|line| line.trim())
        .take_while(|line| line.starts_with('#') || line.starts_with("///"))
        .any(|line| line.starts_with("#[deprecated("))
}

#[test]
fn what_is_deprecated_is_marked() {
    let facts = facts();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut api, mut all) = (String::new(), String::new());
    sources(&folder.join("api"), &mut api);
    all.push_str(&api);
    sources(&folder.join("model"), &mut all);
    sources(&folder.join("webhook"), &mut all);
    let mut marked = 0;
    let mut check = |declaration: &str, member: &Member| {
        // Some are marked that the document only says it of in words.
        assert!(!member.deprecated || is_marked(declaration, &member.name), "{}", member.name);
        marked += usize::from(member.deprecated);
    };
    for (id, operation) in &facts.operations {
        let declaration = declaration(&api, &struct_name(id));
        operation.path_params.iter().chain(&operation.query).for_each(|m| check(declaration, m));
        if let Some(body) = &operation.body
            && let Kind::Object { members, .. } = &facts.resolve(&body.shape).unwrap().kind
        {
            members.iter().for_each(|member| check(declaration, member));
        }
    }
    for (name, shape) in facts.types.iter().chain(&webhooks::facts().types) {
        let Kind::Object { members, .. } = &shape.kind else { continue };
        if members.iter().any(|member| member.deprecated) {
            // The struct has the name of the schema, or has it as an alias.
            let alias = format!("#[doc(alias = \"{name}\")]");
            let of = match all.find(&alias) {
                Some(at) => {
                    let rest = &all[at..];
                    let rest = &rest[rest.find("pub struct ").unwrap() + 11..];
                    rest[..rest.find(' ').unwrap()].to_owned()
                }
                None => struct_name(name),
            };
            members.iter().for_each(|member| check(declaration(&all, &of), member));
        }
    }
    assert!(marked >= 20, "{marked}");
}
