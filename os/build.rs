//! Decides whether libc's symbols are overridden in this build: `--cfg overrides`.
#![expect(clippy::disallowed_methods, reason = "cargo tells a build script of its target in this way")]

use std::env::var;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(overrides)");
    let is = |name: &str, values: &[&str]| {
        var(format!("CARGO_CFG_{name}")).is_ok_and(|value| values.contains(&value.as_str()))
    };
    let has = |name: &str, part: &str| {
        var(format!("CARGO_CFG_{name}")).is_ok_and(|value| value.split(',').any(|one| one == part))
    };
    // On 32 bits there are two widths of time; the C library of musl is linked statically, and then
    // there is nothing behind an override to pass a call on to.
    let linux =
        is("TARGET_OS", &["linux"]) && is("TARGET_ENV", &["gnu"]) && !has("TARGET_FEATURE", "crt-static");
    let known = (linux || is("TARGET_OS", &["macos"])) && is("TARGET_ARCH", &["x86_64", "aarch64"]);
    // Both bring their own versions of these symbols.
    let foreign = var("CARGO_CFG_SANITIZE").is_ok() || var("CARGO_CFG_MIRI").is_ok();
    if known && !foreign {
        println!("cargo::rustc-cfg=overrides");
    }
}
