//! How the program is linked: so that it starts soon.
//!
//! A search takes a few milliseconds, and a good part of these went into what the system does before `main`: the
//! addresses of 73,000 places are put in. What is done about it here holds for programs that are built where they run, on
//! Linux with glibc; where anything is otherwise, they are linked as ever.

use std::env;
use std::process::Command;

/// The first glibc that reads packed addresses.
const PACKED: (u32, u32) = (2, 36);

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && env::var("HOST") == env::var("TARGET")
    {
        pack_addresses();
    }
}

/// Has the places of addresses noted as bits, which takes 24 KB in the place of 1.7 MB. A linker that does not know how
/// leaves them as they are.
fn pack_addresses() {
    if glibc().is_some_and(|version| version >= PACKED) {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// The version of glibc here.
fn glibc() -> Option<(u32, u32)> {
    let told = output(Command::new("getconf").arg("GNU_LIBC_VERSION"))?;
    let (major, minor) = told.strip_prefix("glibc ")?.split_once('.')?;
    let minor = minor.split('.').next()?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// What a command says, if it succeeds.
fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
