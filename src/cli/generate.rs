//! `tidings schema`, `completions` and `man`: what is generated from the program itself.

use std::io::{self, Write};

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Cli;
use super::diagnostics::{Failure, Outcome};
use crate::render;

/// Print the JSON Schema of one line of `search --json`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  tidings schema > tidings.schema.json")]
pub(super) struct SchemaArguments {}

/// Print the completions for a shell
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  tidings completions bash > ~/.local/share/bash-completion/completions/tidings"
)]
pub(super) struct CompletionsArguments {
    /// Which shell
    shell: Shell,
}

/// Print the manual page of the program, or of one of its commands
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  tidings man > tidings.1\n  tidings man search | man -l -")]
pub(super) struct ManArguments {
    /// The command
    command: Option<String>,
}

pub(super) fn schema() -> Result<Outcome, Failure> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &render::schema()).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(Outcome::Done)
}

pub(super) fn completions(arguments: &CompletionsArguments) -> Result<Outcome, Failure> {
    // Generating into memory first: the generator panics where it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "tidings", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(Outcome::Done)
}

pub(super) fn man(arguments: &ManArguments) -> Result<Outcome, Failure> {
    let mut command = Cli::command();
    command.build();
    let command = match &arguments.command {
        None => command,
        Some(name) => {
            let known = command.get_subcommands().filter(|command| !command.is_hide_set());
            let known = known.map(clap::Command::get_name).collect::<Vec<_>>().join(", ");
            let unknown = || Failure::Usage(format!("no command {name}; there are {known}"));
            command.find_subcommand(name).ok_or_else(unknown)?.clone()
        }
    };
    clap_mangen::Man::new(command).render(&mut io::stdout().lock())?;
    Ok(Outcome::Done)
}
