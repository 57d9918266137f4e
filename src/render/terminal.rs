//! Text for a person: hits as they stand on a terminal, with or without colours.
//!
//! A hit is a heading line (rank, title, `path:line`, date), the headings above the passage where they say
//! more than the title, and the best window of the passage, indented; a blank line stands between hits.
//! Without colours the lines carry no markup at all and the highlights are not marked, so that the text can
//! be piped on. Lines are broken only where a width is given.
//!
//! Invariant: no character of a document, path or query gets here but through `marked`.

use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::Range;

use anstyle::{AnsiColor, Style};

use super::facets::write_facets;
use super::lines::first_place;
use super::marked::{Marked, shown_path};
use super::rows::rows;
use super::window::best_window;
use super::{Answer, Colour, Hyperlinks, Options, Turn};
use crate::hit::{Highlight, Hit, Share};
use crate::span::Span;

/// How many characters of a title are shown.
const TITLE_CHARACTERS: usize = 120;

/// How many characters of each heading are shown.
const HEADING_CHARACTERS: usize = 80;

/// The least width that text is broken to, however narrow the terminal.
const LEAST_WIDTH: usize = 20;

/// The styles of a hit's parts.
struct Palette {
    query: Style,
    rank: Style,
    title: Style,
    path: Style,
    fact: Style,
    trail: Style,
    text: Style,
    highlight: Style,
}

impl Palette {
    const PLAIN: Self = Self {
        query: Style::new(),
        rank: Style::new(),
        title: Style::new(),
        path: Style::new(),
        fact: Style::new(),
        trail: Style::new(),
        text: Style::new(),
        highlight: Style::new(),
    };

    const ANSI: Self = Self {
        query: Style::new().bold().underline(),
        rank: Style::new().dimmed(),
        title: Style::new().bold(),
        path: AnsiColor::Magenta.on_default(),
        fact: AnsiColor::Cyan.on_default(),
        trail: Style::new().dimmed(),
        text: Style::new(),
        highlight: AnsiColor::Red.on_default().bold(),
    };

    const fn of(colour: Colour) -> &'static Self {
        match colour {
            Colour::Plain => &Self::PLAIN,
            Colour::Ansi => &Self::ANSI,
        }
    }
}

/// Writes an answer as text.
pub(super) fn write(answer: &Answer<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { palette: Palette::of(options.colour), options, out };
    match answer.turn {
        Turn::Only => {}
        Turn::First => page.write_query(answer)?,
        Turn::Later => {
            writeln!(page.out)?;
            page.write_query(answer)?;
        }
    }
    if let Some(outline) = &answer.outline {
        page.write_outline(outline)?;
    }
    for (at, hit) in answer.response.hits.iter().enumerate() {
        if at > 0 {
            writeln!(page.out)?;
        }
        page.write_hit(hit)?;
    }
    match &answer.response.facets {
        Some(facets) => {
            if !answer.response.hits.is_empty() {
                writeln!(page.out)?;
            }
            write_facets(facets, page.out)
        }
        None => Ok(()),
    }
}

/// Where hits are written to, and how.
struct Page<'a> {
    palette: &'static Palette,
    options: &'a Options,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    /// Writes the query over its hits, where several are answered.
    fn write_query(&mut self, answer: &Answer<'_>) -> io::Result<()> {
        let id = answer.query_id.map(|id| format!("{id}: ")).unwrap_or_default();
        let query = Marked::plain(&format!("{id}{}", answer.query_text)).text;
        self.write_styled(&query, self.palette.query)?;
        write!(self.out, "\n\n")
    }

    /// Writes the tree of the query over its hits.
    fn write_outline(&mut self, outline: &str) -> io::Result<()> {
        for line in outline.lines() {
            let indent = line.len() - line.trim_start_matches(' ').len();
            self.write_indented(&Marked::plain(line), self.palette.trail, &" ".repeat(indent))?;
        }
        writeln!(self.out)
    }

    /// Writes what a hit's score is made of: what gave something to it line by line, what is missing in one line.
    fn write_explanation(&mut self, hit: &Hit, indent: &str) -> io::Result<()> {
        let Some(explanation) = &hit.explanation else { return Ok(()) };
        writeln!(self.out, "{indent}{:7.3} score", hit.score)?;
        let shares = by_text(&explanation.shares);
        let (given, missing): (Vec<_>, Vec<_>) =
            shares.iter().partition(|share| share.matches || share.score > 0.0);
        for share in given {
            self.write_row_of(indent, &format!("{:7.3}", share.score), &reason(share))?;
        }
        if missing.is_empty() {
            return Ok(());
        }
        let missing: Vec<&str> = missing.iter().map(|share| share.what.as_str()).collect();
        self.write_row_of(indent, &" ".repeat(7), &format!("not found: {}", missing.join(", ")))
    }

    /// Writes a line behind a number, the rows that it is broken into below one another.
    fn write_row_of(&mut self, indent: &str, number: &str, line: &str) -> io::Result<()> {
        let line = Marked::plain(line);
        let first = format!("{indent}{number}   ");
        for (at, row) in self.rows(&line.text, first.len()).into_iter().enumerate() {
            let before = if at == 0 { first.clone() } else { " ".repeat(first.len()) };
            writeln!(self.out, "{before}{}", &line.text[row])?;
        }
        Ok(())
    }

    /// The rows of a line behind an indentation of so many columns.
    fn rows(&self, line: &str, indent: usize) -> Vec<Range<usize>> {
        let width = self.options.width.map(|width| width.saturating_sub(indent).max(LEAST_WIDTH));
        rows(line, width.unwrap_or(usize::MAX))
    }

    fn write_hit(&mut self, hit: &Hit) -> io::Result<()> {
        let rank = format!("{}. ", hit.rank);
        self.write_styled(&rank, self.palette.rank)?;
        self.write_heading_line(hit)?;
        let indent = " ".repeat(rank.len());
        self.write_trail(hit, &indent)?;
        let text = text_below_heading(hit);
        let shown = text.excerpt(best_window(&text, self.options.snippet));
        let nothing = self.options.snippet == 0 || text.text.is_empty();
        if !nothing {
            self.write_indented(&shown, self.palette.text, &indent)?;
        }
        self.write_explanation(hit, &indent)
    }

    fn write_heading_line(&mut self, hit: &Hit) -> io::Result<()> {
        let title = title(hit);
        self.write_marked(&title, 0..title.text.len(), self.palette.title)?;
        write!(self.out, "  ")?;
        self.write_place(hit)?;
        if let Some(date) = hit.document.date {
            write!(self.out, "  ")?;
            self.write_styled(&date.to_string(), self.palette.fact)?;
        }
        if let Some(count) = hit.matching_passages.filter(|&count| count > 1) {
            write!(self.out, "  ")?;
            self.write_styled(&format!("{count} passages match"), self.palette.trail)?;
        }
        writeln!(self.out)
    }

    /// Writes `path:line`, as a link where links are wanted and escape sequences allowed.
    fn write_place(&mut self, hit: &Hit) -> io::Result<()> {
        let links = self.options.hyperlinks.as_ref().filter(|_| self.options.colour == Colour::Ansi);
        let url = links.and_then(|links: &Hyperlinks| links.url(&hit.document.path, first_place(hit)));
        if let Some(url) = &url {
            write!(self.out, "\x1b]8;;{url}\x1b\\")?;
        }
        let place = format!("{}:{}", shown_path(&hit.document.path), hit.passage.location.short());
        self.write_styled(&place, self.palette.path)?;
        if url.is_some() {
            write!(self.out, "\x1b]8;;\x1b\\")?;
        }
        Ok(())
    }

    /// Writes the headings above the passage, the first one only where it is not the title itself.
    fn write_trail(&mut self, hit: &Hit, indent: &str) -> io::Result<()> {
        let headings = &hit.passage.headings;
        let of_title = usize::from(headings.first() == hit.document.title.as_ref());
        let mut trail = Marked::default();
        for number in of_title.min(headings.len())..headings.len() {
            trail.append(if trail.text.is_empty() { "" } else { " > " }, &heading(hit, number));
        }
        if trail.text.is_empty() { Ok(()) } else { self.write_indented(&trail, self.palette.trail, indent) }
    }

    fn write_indented(&mut self, line: &Marked, style: Style, indent: &str) -> io::Result<()> {
        for row in self.rows(&line.text, indent.len()) {
            write!(self.out, "{indent}")?;
            self.write_marked(line, row, style)?;
            writeln!(self.out)?;
        }
        Ok(())
    }

    fn write_marked(&mut self, line: &Marked, range: Range<usize>, style: Style) -> io::Result<()> {
        for (piece, marked) in line.pieces(range) {
            self.write_styled(piece, if marked { self.palette.highlight } else { style })?;
        }
        Ok(())
    }

    fn write_styled(&mut self, text: &str, style: Style) -> io::Result<()> {
        write!(self.out, "{style}{text}{style:#}")
    }
}

/// The shares, those of clauses that read alike added up.
fn by_text(shares: &[Share]) -> Vec<Share> {
    let mut places: HashMap<(&str, bool), usize> = HashMap::new();
    let mut added: Vec<Share> = Vec::new();
    for share in shares {
        let place = *places.entry((&share.what, share.clauses.len() > 1)).or_insert(added.len());
        match added.get_mut(place) {
            Some(sum) => {
                sum.score += share.score;
                sum.matches |= share.matches;
                let new = share.texts.iter().filter(|text| !sum.texts.contains(text)).cloned();
                sum.texts.extend(new.collect::<Vec<_>>());
            }
            None => added.push(share.clone()),
        }
    }
    added
}

/// What a share of a score was given for.
fn reason(share: &Share) -> String {
    let why = match (share.clauses.len(), share.matches) {
        (1, true) if share.texts.is_empty() => return share.what.clone(),
        (1, true) => share.texts.join(", "),
        (1, false) => "elsewhere in the document".to_owned(),
        _ => "near each other".to_owned(),
    };
    format!("{}: {why}", share.what)
}

/// How many bytes of a passage's text are the heading of its section, which is shown above the text already.
///
/// None where nothing would be left to show, or where a match goes on from the heading into the text.
fn heading_in_text(hit: &Hit) -> usize {
    let Some(heading) = hit.passage.headings.last() else { return 0 };
    let Some(below) = hit.text.strip_prefix(heading.as_str()) else { return 0 };
    let is_heading = below.starts_with('\n') && !below.trim().is_empty();
    let is_cut =
        |highlight: &Highlight| highlight.span.start < heading.len() && heading.len() < highlight.span.end;
    if is_heading && !hit.highlights.iter().any(is_cut) { heading.len() } else { 0 }
}

/// The passage's text without the heading that is shown above it.
fn text_below_heading(hit: &Hit) -> Marked {
    let heading = heading_in_text(hit);
    let below: Vec<Highlight> = hit
        .highlights
        .iter()
        .filter(|highlight| highlight.span.start >= heading)
        .map(|highlight| {
            let span = Span::new(highlight.span.start - heading, highlight.span.end - heading);
            Highlight { span, ..highlight.clone() }
        })
        .collect();
    Marked::new(&hit.text[heading..], &below)
}

/// What the query matched in the heading that starts the passage's text.
fn marks_in_heading(hit: &Hit) -> impl Iterator<Item = &Highlight> {
    let heading = heading_in_text(hit);
    hit.highlights.iter().take_while(move |highlight| highlight.span.end <= heading)
}

/// A document's title; where it has none, the name of its file, with the record's id for one of a container.
fn title(hit: &Hit) -> Marked {
    let document = &hit.document;
    let text = document.title.as_deref().unwrap_or_default();
    // A phrase is marked in the text's heading alone, which may be this very title.
    let is_heading =
        hit.passage.headings.len() == 1 && hit.passage.headings.last() == document.title.as_ref();
    let in_heading: Vec<&Highlight> = marks_in_heading(hit).filter(|_| is_heading).collect();
    let title = match in_heading.is_empty() {
        true => Marked::new(text, &hit.title_highlights),
        false => Marked::new(text, in_heading),
    };
    if !title.text.is_empty() {
        return title.excerpt(best_window(&title, TITLE_CHARACTERS));
    }
    let id = document.id.as_str();
    let folder = document.path.rfind('/').map_or(0, |slash| slash + 1);
    let name = if id.starts_with(&document.path) { &id[folder..] } else { &document.path[folder..] };
    Marked::plain(&shown_path(name))
}

fn heading(hit: &Hit, number: usize) -> Marked {
    let text = &hit.passage.headings[number];
    let in_text: Vec<&Highlight> =
        marks_in_heading(hit).filter(|_| number + 1 == hit.passage.headings.len()).collect();
    let of_it = hit.heading_highlights.iter().filter(|of| of.heading == number);
    let heading = match in_text.is_empty() {
        true => Marked::new(text, of_it.map(|of| &of.highlight)),
        false => Marked::new(text, in_text),
    };
    heading.excerpt(best_window(&heading, HEADING_CHARACTERS))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use proptest::prelude::*;

    use super::super::marked::is_hidden;
    use super::super::samples::{answer, headed, highlighted, hit, rendered, response, titled, visible};
    use super::*;
    use crate::document::DocId;
    use crate::hit::{Explanation, Response};

    const TEXT: &str = "On Sunday the three agreed.\nThey share missile-warning data\nin real time. Exercises begin \
        in January, and a plan of several years is to be settled by December.";

    fn hits() -> Response {
        let first = hit(1, "seeds/agreement.md", TEXT, &["missile", "warning", "real time"]);
        let first = titled(first, "Missile data to be shared", &["Missile"]);
        let first =
            headed(first, &["Missile data to be shared", "Background", "Warning times"], &["Warning"]);
        let mut second = hit(2, "seeds/wire.jsonl", "警報を共有する。", &["警報"]);
        second.document.id = DocId("seeds/wire.jsonl#item/7".to_owned());
        second.document.date = None;
        second.matching_passages = Some(3);
        let third = titled(hit(10, "c.txt", "", &[]), "Warning", &["Warning"]);
        response(vec![first, second, third])
    }

    fn page(response: &Response, options: &Options) -> String {
        rendered(&answer(response), options)
    }

    #[test]
    fn a_heading_that_starts_the_text_is_shown_once_with_its_matches() {
        let text = "Warning times\n\nThey share data in real time.";
        let hit =
            headed(hit(1, "a.md", text, &["Warning times", "data"]), &["Background", "Warning times"], &[]);
        let options = Options { colour: Colour::Ansi, ..Options::default() };
        insta::assert_snapshot!(visible(&page(&response(vec![hit]), &options)), @r"
        «2:1. »«1:a.md»  «35:a.md:7»  «36:2023-11-12»
           «2:Background > »«1;31:Warning times»
           They share «1;31:data» in real time.
        ");
    }

    #[test]
    fn plain_text_reads_without_any_markup() {
        insta::assert_snapshot!(page(&hits(), &Options::default()), @r"
        1. Missile data to be shared  seeds/agreement.md:7  2023-11-12
           Background > Warning times
           On Sunday the three agreed. They share missile-warning data in real time. Exercises begin in January, and a plan of several years is to be settled by December.

        2. wire.jsonl#item/7  seeds/wire.jsonl:7  3 passages match
           警報を共有する。

        10. Warning  c.txt:7  2023-11-12
        ");
    }

    #[test]
    fn colours_show_matches_in_text_title_and_headings() {
        let options = Options { colour: Colour::Ansi, ..Options::default() };
        insta::assert_snapshot!(visible(&page(&hits(), &options)), @r"
        «2:1. »«1;31:Missile»«1: data to be shared»  «35:seeds/agreement.md:7»  «36:2023-11-12»
           «2:Background > »«1;31:Warning»«2: times»
           On Sunday the three agreed. They share «1;31:missile»-«1;31:warning» data in «1;31:real time». Exercises begin in January, and a plan of several years is to be settled by December.

        «2:2. »«1:wire.jsonl#item/7»  «35:seeds/wire.jsonl:7»  «2:3 passages match»
           «1;31:警報»を共有する。

        «2:10. »«1;31:Warning»  «35:c.txt:7»  «36:2023-11-12»
        ");
    }

    #[test]
    fn a_width_breaks_lines_and_a_short_snippet_is_cut_around_the_matches() {
        let options = Options { colour: Colour::Ansi, snippet: 60, width: Some(30), ..Options::default() };
        insta::assert_snapshot!(visible(&page(&hits(), &options)), @r"
        «2:1. »«1;31:Missile»«1: data to be shared»  «35:seeds/agreement.md:7»  «36:2023-11-12»
           «2:Background > »«1;31:Warning»«2: times»
           …They share «1;31:missile»-«1;31:warning»
           data in «1;31:real time».
           Exercises…

        «2:2. »«1:wire.jsonl#item/7»  «35:seeds/wire.jsonl:7»  «2:3 passages match»
           «1;31:警報»を共有する。

        «2:10. »«1;31:Warning»  «35:c.txt:7»  «36:2023-11-12»
        ");
    }

    #[test]
    fn no_snippet_leaves_the_heading_lines() {
        let options = Options { snippet: 0, ..Options::default() };
        insta::assert_snapshot!(page(&hits(), &options), @r"
        1. Missile data to be shared  seeds/agreement.md:7  2023-11-12
           Background > Warning times

        2. wire.jsonl#item/7  seeds/wire.jsonl:7  3 passages match

        10. Warning  c.txt:7  2023-11-12
        ");
    }

    #[test]
    fn paths_link_to_the_first_highlight_only_with_colours() {
        let links = Hyperlinks {
            format: "vscode".parse().unwrap(),
            folder: PathBuf::from("/home"),
            host: String::new(),
            wsl_prefix: String::new(),
        };
        let options =
            Options { colour: Colour::Ansi, hyperlinks: Some(links), snippet: 0, ..Options::default() };
        let page_of = |options: &Options| visible(&page(&hits(), options)).lines().next().unwrap().to_owned();
        insta::assert_snapshot!(page_of(&options), @"«2:1. »«1;31:Missile»«1: data to be shared»  [[vscode://file/home/seeds/agreement.md:8:12|«35:seeds/agreement.md:7»]]  «36:2023-11-12»");
        insta::assert_snapshot!(page_of(&Options { colour: Colour::Plain, ..options }), @"1. Missile data to be shared  seeds/agreement.md:7  2023-11-12");
    }

    #[test]
    fn explanations_stand_below_their_hits_and_break_at_the_width() {
        let share = |what: &str, clauses: &[usize], matches, score, texts: &[&str]| Share {
            what: what.to_owned(),
            clauses: clauses.to_vec(),
            matches,
            score,
            texts: texts.iter().map(|&text| text.to_owned()).collect(),
        };
        let shares = vec![
            share("missile", &[0], true, 1.5, &["missile", "Missiles"]),
            share("warn\u{1b}ing", &[1], false, 0.25, &[]),
            share("lang:en", &[2], true, 0.0, &[]),
            share("cyclones", &[3], false, 0.0, &[]),
            share("tsunami", &[4], false, 0.0, &[]),
            share("missile", &[5], true, 0.5, &[]),
            share("cyclones", &[6], false, 0.0, &[]),
            share("missile warning", &[0, 1], true, 10.0, &[]),
        ];
        let sample = Hit { explanation: Some(Explanation { shares }), ..hit(1, "a.md", "one", &[]) };
        let response = response(vec![sample]);
        let outline =
            "any of\n  missile\n  any of\n    cyclones^0.25, tsunami^0.125, typhoons^0.0625".to_owned();
        let answer = Answer { outline: Some(outline), ..answer(&response) };
        insta::assert_snapshot!(rendered(&answer, &Options { width: Some(36), ..Options::default() }), @r"
        any of
          missile
          any of
            cyclones^0.25, tsunami^0.125,
            typhoons^0.0625

        1. a.md  a.md:7  2023-11-12
           one
            12.300 score
             2.000   missile: missile,
                     Missiles
             0.250   warn�ing: elsewhere in
                     the document
             0.000   lang:en
            10.000   missile warning: near
                     each other
                     not found: cyclones,
                     tsunami
        ");
    }

    #[test]
    fn queries_of_one_run_stand_over_their_hits() {
        let response = response(vec![hit(1, "a.md", "one", &[])]);
        let first =
            Answer { turn: Turn::First, query_id: Some("q1"), query_text: "one\u{1b}", ..answer(&response) };
        let second = Answer { turn: Turn::Later, ..answer(&response) };
        let options = Options::default();
        insta::assert_snapshot!(rendered(&first, &options) + &rendered(&second, &options), @r"
        q1: one�

        1. a.md  a.md:7  2023-11-12
           one

        missile warning

        1. a.md  a.md:7  2023-11-12
           one
        ");
    }

    #[test]
    fn hidden_characters_of_titles_and_paths_stay_off_the_terminal() {
        let mut sample = titled(hit(1, "a\n\u{1b}.md", "x\u{9b}y", &[]), "\u{1b}]0;title\u{7}", &[]);
        assert_eq!(
            page(&response(vec![sample.clone()]), &Options::default()),
            "1. \u{fffd}]0;title\u{fffd}  a\\n\\u{1b}.md:7  2023-11-12\n   x\u{fffd}y\n"
        );
        sample.document.title = Some(" \n".to_owned());
        let page = page(&response(vec![sample]), &Options::default());
        assert!(page.starts_with("1. a\\n\\u{1b}.md  a"), "a blank title is none: {page}");
    }

    proptest! {
        #[test]
        fn no_hidden_character_reaches_the_terminal(
            (text, highlights) in highlighted(),
            name in any::<String>(),
        ) {
            let sample = titled(Hit { highlights, ..hit(1, &name, &text, &[]) }, &name, &[]);
            let response = response(vec![headed(sample, &[&text, &name], &[])]);
            let options = Options { width: Some(24), snippet: 40, ..Options::default() };
            let out = page(&response, &options);
            prop_assert!(!out.replace('\n', "").contains(is_hidden), "{:?}", out);
            let coloured = page(&response, &Options { colour: Colour::Ansi, ..options });
            prop_assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), out);
        }
    }
}
