//! What becomes of memory that is freed.
//!
//! Glibc maps large pieces of memory each by itself, and gives them back when they are freed. But with each that is freed
//! it takes more for small, up to 32 MB, and what is small stays in the heaps of its threads, full of holes: a pass over
//! 475,000 files held 440 MB in the end. Where the limit is set it stays as it is, and the same pass holds 290. It can be
//! set by a function that safe Rust cannot call, or by variables of the environment that are read when a program starts. So
//! a pass starts with the program in its own place once more, which takes a millisecond.
//!
//! A search, which is done at once, had better keep what it frees: the system takes 1.6 µs for each page that it gives
//! again.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod glibc {
    use std::env;
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    /// From how many bytes on a piece of memory is given back as soon as it is freed, and how many may be free at the end of
    /// a heap: with as few as are set beside the first one by itself, a pass takes a tenth longer.
    const LIMITS: [(&str, &str); 2] =
        [("MALLOC_MMAP_THRESHOLD_", "1048576"), ("MALLOC_TRIM_THRESHOLD_", "4194304")];

    /// What users set who know better.
    const OTHERS: [&str; 3] = ["GLIBC_TUNABLES", "MALLOC_ARENA_MAX", "LD_PRELOAD"];

    pub(in crate::cli) fn give_back_what_is_freed() {
        let mut names = LIMITS.iter().map(|(name, _)| name).chain(&OTHERS);
        if names.any(|name| env::var_os(name).is_some()) {
            return;
        }
        let mut arguments = env::args_os();
        if let (Some(name), Ok(program)) = (arguments.next(), env::current_exe()) {
            // Where that cannot be done, the pass holds more memory than it uses.
            let _ = Command::new(program).arg0(name).args(arguments).envs(LIMITS).exec();
        }
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(super) use glibc::give_back_what_is_freed;

/// Other systems give back what is freed, or have no say in it.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(super) fn give_back_what_is_freed() {}

/// Has the process keep what it frees, up to some megabytes, for what it needs next.
pub(super) fn keep_what_is_freed() {
    /// Glibc takes what is smaller than the largest piece that was freed for small, and gives back nothing below twice
    /// that. None of it is ever touched.
    const SMALL: usize = 8 << 20;
    drop(std::hint::black_box(Vec::<u8>::with_capacity(SMALL)));
}
