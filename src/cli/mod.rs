//! The command line: what was typed, and which command that means.
//!
//! Nothing but this module and the commands in it knows clap. Each command is a file with its arguments and a
//! `run` that turns them into plain options, calls the library and gives an outcome; `diagnostics` knows what
//! outcomes exit with.

mod allocator;
mod diagnostics;
mod eval;
mod generate;
mod index;
mod like;
mod maintain;
mod progress;
mod search;
mod show;
mod status;
mod terms;
mod why_not;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::config::DEFAULT_INDEX;
use crate::engine::LocalEngine;
use crate::index::Snapshot;
use crate::isolate;
use diagnostics::{Failure, Outcome, tell};

const PROGRAM: &str = "tidings";

/// The command that is run most.
const SEARCH: &str = "search";

const EXIT_CODES: &str = "\
Exit codes:
  0   found, or done
  1   nothing found, and the search was complete
  2   usage or query error
  3   partial: some source could not be read; what worked was given out
  4   index missing, of another format version, or corrupt
  5   no permission
  75  another writer holds the index";

/// Full-text search for folders of documents.
///
/// `index` reads documents into an index, `search` gives the passages that fit a query best, with what it matched
/// marked. Run both at once on a new folder with `tidings search --refresh=FOLDER QUERY`.
#[derive(Debug, Parser)]
#[command(name = PROGRAM, version, after_help = EXIT_CODES, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Args)]
struct Global {
    /// The index directory
    #[arg(long, global = true, value_name = "DIR", env = "TIDINGS_INDEX", default_value = DEFAULT_INDEX)]
    index: PathBuf,
    /// When to use colours; NO_COLOR and CLICOLOR_FORCE are respected
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: When,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    Index(index::Arguments),
    Search(Box<search::Arguments>),
    Like(like::Arguments),
    WhyNot(why_not::Arguments),
    Terms(terms::Arguments),
    Show(show::Arguments),
    Status(status::Arguments),
    Verify(maintain::VerifyArguments),
    Compact(maintain::CompactArguments),
    Eval(eval::Arguments),
    Schema(generate::SchemaArguments),
    Completions(generate::CompletionsArguments),
    Man(generate::ManArguments),
    /// Serve orders to parse untrusted formats, from the program that started this one
    #[command(name = isolate::ARGUMENT, hide = true)]
    ExtractWorker,
}

impl Global {
    /// Whether to colour what goes to standard output.
    fn colours_output(&self) -> bool {
        match self.color {
            When::Always => true,
            When::Never => false,
            When::Auto => anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never,
        }
    }
}

/// Opens an index for queries, with its dictionaries; tells of those that cannot be used.
fn open_engine(index: &Path) -> Result<LocalEngine, Failure> {
    let mut snapshot = Snapshot::open(index)?;
    for fault in snapshot.open_dictionaries() {
        tell(format_args!("{fault}; the search goes on without it"));
    }
    Ok(LocalEngine::new(snapshot))
}

/// Runs the program with the arguments of its process.
pub fn run() -> ExitCode {
    let cli = match parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; a closed pipe is nobody's loss.
            let _ = error.print();
            return if error.use_stderr() { Outcome::Usage.into() } else { Outcome::Done.into() };
        }
    };
    let outcome = dispatch(cli).unwrap_or_else(|failure| {
        if !failure.is_closed_pipe() {
            tell(&failure);
        }
        failure.outcome()
    });
    outcome.into()
}

fn parse() -> Result<Cli, clap::Error> {
    let colour = std::env::args_os().any(|argument| argument == "--color=never");
    let choice = if colour { ColorChoice::Never } else { ColorChoice::Auto };
    let is_search = std::env::args_os().nth(1).is_some_and(|first| first == SEARCH);
    let mut command = if is_search { search_alone() } else { Cli::command() }.color(choice);
    let matches = command.try_get_matches_from_mut(std::env::args_os())?;
    let cli = Cli::from_arg_matches(&matches);
    // A process parses once: to take all this apart again would be time for nothing.
    std::mem::forget((command, matches));
    cli
}

/// The command line where nothing but a search is asked for: to describe all commands takes longer than to read one.
fn search_alone() -> clap::Command {
    let search = search::Arguments::augment_args(clap::Command::new(SEARCH));
    Global::augment_args(clap::Command::new(PROGRAM)).subcommand(search)
}

fn dispatch(cli: Cli) -> Result<Outcome, Failure> {
    let global = &cli.global;
    match cli.command {
        Command::Index(arguments) => index::run(global, &arguments),
        Command::Search(arguments) => search::run(global, &arguments),
        Command::Like(arguments) => like::run(global, &arguments),
        Command::WhyNot(arguments) => why_not::run(global, &arguments),
        Command::Terms(arguments) => terms::run(global, &arguments),
        Command::Show(arguments) => show::run(global, &arguments),
        Command::Status(arguments) => status::run(global, &arguments),
        Command::Verify(_) => maintain::verify(global),
        Command::Compact(arguments) => maintain::compact(global, &arguments),
        Command::Eval(arguments) => eval::run(&arguments),
        Command::Schema(_) => generate::schema(),
        Command::Completions(arguments) => generate::completions(&arguments),
        Command::Man(arguments) => generate::man(&arguments),
        Command::ExtractWorker => Ok(isolate::serve().map(|()| Outcome::Done)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_search_alone_is_the_search_of_all_commands() {
        let [all, alone] = [Cli::command(), search_alone()].map(|mut command| {
            command.build();
            let search = command.find_subcommand_mut(SEARCH).expect("there is a search");
            let arguments: Vec<String> = search.get_arguments().map(|of_it| format!("{of_it:?}")).collect();
            (search.render_long_help().to_string(), arguments)
        });
        assert_eq!(all, alone);
    }

    #[test]
    fn every_command_has_help_with_an_example() {
        for command in Cli::command().get_subcommands().filter(|command| !command.is_hide_set()) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains(&format!("tidings {}", command.get_name())), "{}", command.get_name());
        }
    }
}
