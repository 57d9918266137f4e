//! SQLite FTS5 with its Porter stemmer and stored text: built in here, asked with SQLite's own shell.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use rusqlite::{Connection, params};

use super::for_each_text;

/// SQLite's shell.
pub const SHELL: &str = "sqlite3";

/// Makes a database of a file of JSON Lines, in one transaction and without a journal, which is the fastest way.
pub fn index(lines: &Path, database: &Path) -> Result<()> {
    let connection = Connection::open(database)?;
    connection.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
         CREATE VIRTUAL TABLE passages USING fts5(text, tokenize = 'porter unicode61');
         BEGIN;",
    )?;
    let mut insert = connection.prepare("INSERT INTO passages (text) VALUES (?)")?;
    for_each_text(lines, |passage| {
        insert.execute(params![passage])?;
        Ok(())
    })?;
    Ok(connection.execute_batch("COMMIT;")?)
}

/// How many passages a database has.
pub fn passages(database: &Path) -> Result<usize> {
    let connection = Connection::open(database)?;
    let count: i64 = connection.query_row("SELECT count(*) FROM passages", [], |row| row.get(0))?;
    Ok(usize::try_from(count)?)
}

/// SQLite's shell, to show the snippets of the ten best passages with any of these words.
pub fn shell(database: &Path, words: &str) -> Command {
    let sql = format!(
        "SELECT snippet(passages, 0, '[', ']', '...', 30) FROM passages
         WHERE passages MATCH '{}' ORDER BY rank LIMIT 10;",
        matching(words)
    );
    let mut shell = Command::new(SHELL);
    shell.arg("-readonly").arg(database).arg(sql);
    shell
}

/// Any of these words, in the language of FTS5.
fn matching(words: &str) -> String {
    let words: Vec<String> = words.split_whitespace().map(|word| format!("\"{word}\"")).collect();
    words.join(" OR ")
}
