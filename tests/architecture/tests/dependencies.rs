//! Which crate may depend on which: the arrows of ARCHITECTURE.md point one way only.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{CargoOpt, DependencyKind, Metadata, MetadataCommand};

/// The workspace's crates that each crate may depend on. A crate that is missing here fails the test:
/// decide its place, and draw it in ARCHITECTURE.md.
const ALLOWED: &[(&str, &[&str])] = &[
    ("lasti-code", &[]),
    ("lasti-compile", &["lasti-code"]),
    ("lasti-vm", &["lasti-code", "lasti-compile", "lasti-system", "lasti-text"]),
    (
        "lasti-modules",
        &["lasti-code", "lasti-compile", "lasti-system", "lasti-text", "lasti-vm", "lasti-stdlib"],
    ),
    // To compile the library when building; the crate itself needs neither.
    ("lasti-stdlib", &["lasti-code", "lasti-compile"]),
    ("lasti-system", &[]),
    ("lasti-text", &[]),
    ("lasti-engine", &[]),
    ("lasti-control", &["lasti-engine", "lasti-code"]),
    ("lasti-embedded", &["lasti-engine", "lasti-control", "lasti-code", "lasti-compile", "lasti-vm"]),
    (
        "lasti",
        &[
            "lasti-code",
            "lasti-compile",
            "lasti-vm",
            "lasti-modules",
            "lasti-stdlib",
            "lasti-system",
            "lasti-engine",
            "lasti-embedded",
            "lasti-dap",
            "lasti-script",
        ],
    ),
    ("lasti-dap", &["lasti-engine"]),
    ("lasti-script", &["lasti-dap"]),
    ("lasti-architecture-tests", &[]),
    ("lasti-bench", &["lasti-code", "lasti-compile", "lasti-vm"]),
    ("lasti-conformance", &[]),
    ("lasti-corpus", &["lasti-code", "lasti-compile"]),
];

/// The only crate that may name the compiler library.
const COMPILER: &str = "lasti-compile";
const COMPILER_LIBRARY: &[&str] =
    &["rustpython-compiler", "rustpython-codegen", "rustpython-compiler-core", "rustpython-ruff_"];

/// What nothing under vm/ may depend on, directly or not: async runtimes, DAP and LSP.
const NOT_IN_VM: &[&str] = &["tokio", "tower-lsp", "dap-types", "async-std", "lsp-types", "clap"];

/// The packages of this platform; those of others may not have been downloaded.
fn metadata() -> Metadata {
    let rustc = std::process::Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(rustc.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml");
    MetadataCommand::new()
        .manifest_path(manifest)
        .features(CargoOpt::AllFeatures)
        .other_options(["--offline".into(), "--filter-platform".into(), host.into()])
        .exec()
        .unwrap()
}

#[test]
fn crates_depend_only_on_those_below_them() {
    let metadata = metadata();
    let allowed: BTreeMap<_, _> = ALLOWED.iter().map(|&(name, below)| (name, below)).collect();
    let members: BTreeSet<_> =
        metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
    assert_eq!(
        members,
        allowed.keys().map(ToString::to_string).collect(),
        "each crate has its line in ALLOWED"
    );
    for package in metadata.workspace_packages() {
        for dependency in package.dependencies.iter().filter(|d| d.kind != DependencyKind::Development) {
            if members.contains(&dependency.name) {
                let below = allowed[package.name.as_str()];
                assert!(
                    below.contains(&&*dependency.name),
                    "{} must not depend on {}",
                    package.name,
                    dependency.name
                );
            }
        }
    }
}

#[test]
fn only_the_compile_crate_names_the_compiler_library() {
    for package in metadata().workspace_packages() {
        for dependency in &package.dependencies {
            let named = COMPILER_LIBRARY.iter().any(|library| dependency.name.starts_with(library));
            assert!(!named || package.name == COMPILER, "{} must not name {}", package.name, dependency.name);
        }
    }
}

#[test]
fn the_virtual_machine_knows_no_protocol_and_no_async_runtime() {
    let metadata = metadata();
    let resolve = metadata.resolve.as_ref().unwrap();
    let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let mut checked = 0;
    for package in metadata.workspace_packages() {
        if !package.manifest_path.strip_prefix(&metadata.workspace_root).unwrap().starts_with("vm") {
            continue;
        }
        checked += 1;
        let mut pending = vec![&package.id];
        let mut seen = BTreeSet::new();
        while let Some(id) = pending.pop() {
            if !seen.insert(id) {
                continue;
            }
            let name = &metadata[id].name;
            assert!(!NOT_IN_VM.contains(&name.as_str()), "{} must not depend on {name}", package.name);
            let normal = |kinds: &[cargo_metadata::DepKindInfo]| {
                kinds.iter().any(|k| k.kind != DependencyKind::Development)
            };
            pending.extend(nodes[id].deps.iter().filter(|dep| normal(&dep.dep_kinds)).map(|dep| &dep.pkg));
        }
    }
    assert!(checked >= 2, "the crates under vm/ were looked at");
}
