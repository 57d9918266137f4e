//! How the program is linked: so that it starts soon.
//!
//! A search takes a few milliseconds, and a good part of these went into what the system does before `main`: where a
//! program may be loaded anywhere, the addresses in its tables, 73,000 of them on 370 pages, are put in each time that it
//! starts. So it is linked for one place, where they stand in the file. Its stack, its heap, its libraries and its files
//! go on being mapped wherever the system likes; what is given up is that nobody knows where the code of the program
//! itself stands, which is safe Rust but for what libraries do.
//!
//! And each library that it is linked with is looked for, mapped and searched for names. The one that unwinds the stack
//! after a panic comes with the compiler in a form that becomes part of the program, too, and is needed by nothing else.
//!
//! This holds for programs that are built where they run, on Linux with glibc; elsewhere they are linked as ever.

use std::env;
use std::path::PathBuf;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    let is_static = env::var("CARGO_CFG_TARGET_FEATURE")
        .is_ok_and(|features| features.split(',').any(|feature| feature == "crt-static"));
    if is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && env::var("HOST") == env::var("TARGET")
        && !is_static
    {
        println!("cargo:rustc-link-arg-bins=-no-pie");
        if let Some(folder) = folder_of("libgcc_eh.a") {
            println!("cargo:rustc-link-search=native={}", folder.display());
            println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
        }
    }
}

/// Where the compiler has a library, if it has it: it tells the name alone of what it does not know.
fn folder_of(library: &str) -> Option<PathBuf> {
    let told = Command::new("cc").arg(format!("-print-file-name={library}")).output().ok()?;
    let path = PathBuf::from(String::from_utf8(told.stdout).ok()?.trim_end());
    if path.is_file() { Some(path.parent()?.to_owned()) } else { None }
}
