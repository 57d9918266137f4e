//! How the program is linked: so that it starts soon.
//!
//! A search takes a few milliseconds, and a good part of these went into what the system does before `main`: the
//! addresses of 73,000 places are put in, and libraries are found and mapped. What is done about it here holds for
//! programs that are built where they run, on Linux with glibc; where anything is otherwise, they are linked as ever.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

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
        link_unwinding();
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

/// Puts the compiler's library for unwinding into the program, as `-static-libgcc` does for a program in C: one less to
/// find and to map. The standard library names `libgcc_s`, and finds this here under that name.
fn link_unwinding() {
    let found = output(Command::new("cc").arg("-print-file-name=libgcc_eh.a"));
    // What is not there is told without its folder.
    let Some(_) = found.filter(|file| Path::new(file).is_absolute()) else { return };
    let Ok(folder) = env::var("OUT_DIR") else { return };
    if fs::write(Path::new(&folder).join("libgcc_s.so"), "GROUP ( -lgcc_eh -lgcc )\n").is_ok() {
        println!("cargo:rustc-link-search=native={folder}");
    }
}

/// What a command says, if it succeeds.
fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
