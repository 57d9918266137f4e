//! The table that a run ends with: what was measured, of which peer, the figure, its goal and whether it is met.

/// One line of the table.
#[derive(Debug, Default)]
pub struct Row {
    what: String,
    ours: String,
    peer: String,
    figure: String,
    goal: String,
    met: &'static str,
}

/// What a figure is held against.
#[derive(Clone, Copy, Debug)]
pub enum Goal {
    /// Not more than this.
    AtMost(f64),
    /// Not less than this.
    AtLeast(f64),
}

impl Goal {
    fn is_met_by(self, figure: f64) -> bool {
        match self {
            Self::AtMost(bound) => figure <= bound,
            Self::AtLeast(bound) => figure >= bound,
        }
    }
}

impl Row {
    /// A row that says what was measured on both sides; without a figure.
    pub fn new(what: impl Into<String>, ours: impl Into<String>, peer: impl Into<String>) -> Self {
        Self { what: what.into(), ours: ours.into(), peer: peer.into(), ..Self::default() }
    }

    /// A row of what could not be measured, and why.
    pub fn unmeasured(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { met: "not measured", ..Self::new(what, "", why) }
    }

    /// A row of what was measured and answered wrongly.
    pub fn failed(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { met: "FAILED", ..Self::new(what, "", why) }
    }

    /// The row with a ratio as its figure.
    pub fn ratio(self, ratio: f64) -> Self {
        Self { figure: significant(ratio), ..self }
    }

    /// The row with a ratio and what it is to be.
    pub fn ratio_with_goal(self, ratio: f64, goal: Goal) -> Self {
        let met = verdict(goal.is_met_by(ratio));
        let goal = match goal {
            Goal::AtMost(bound) => format!("≤ {bound}"),
            Goal::AtLeast(bound) => format!("≥ {bound}"),
        };
        Self { goal, met, ..self.ratio(ratio) }
    }

    /// The row with a figure that has a unit, and what it may be at most.
    pub fn at_most(self, figure: f64, bound: f64, unit: &str) -> Self {
        let met = verdict(figure <= bound);
        Self {
            figure: format!("{} {unit}", significant(figure)),
            goal: format!("≤ {bound} {unit}"),
            met,
            ..self
        }
    }

    fn cells(&self) -> [&str; 6] {
        [&self.what, &self.ours, &self.peer, &self.figure, &self.goal, self.met]
    }
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "yes" } else { "NO" }
}

/// The rows as a Markdown table.
pub fn table(rows: &[Row]) -> String {
    let cells: Vec<Vec<String>> = rows.iter().map(|row| row.cells().map(str::to_owned).to_vec()).collect();
    markdown(&["what", "tidings", "peer", "figure", "goal", "met"], &cells)
}

/// Rows of cells as a Markdown table whose columns stand below each other.
pub fn markdown(header: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([header[column].chars().count()]).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded = cells.zip(&widths).map(|(cell, &width)| format!(" {cell:width$} |"));
        format!("|{}\n", padded.collect::<String>())
    };
    let rule = widths.iter().map(|width| format!("{}|", "-".repeat(width + 2))).collect::<String>();
    let mut table = line(&mut header.iter().copied()) + &format!("|{rule}\n");
    for row in rows {
        table += &line(&mut row.iter().map(String::as_str));
    }
    table
}

/// A number with three digits that count.
pub fn significant(number: f64) -> String {
    let before_point = if number.abs() < 1.0 { 0 } else { number.abs().log10() as usize + 1 };
    let leading_zeros =
        if number == 0.0 || number.abs() >= 1.0 { 0 } else { (-number.abs().log10()) as usize };
    format!("{number:.*}", (3 + leading_zeros).saturating_sub(before_point).min(5))
}

/// A number of bytes in megabytes.
pub fn megabytes(bytes: f64) -> String {
    format!("{} MB", significant(bytes / 1e6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_that_count() {
        let shown = [0.0, 0.00123, 0.0456, 0.456, 4.56, 45.6, 456.0, 45_600.0].map(significant);
        assert_eq!(shown, ["0.000", "0.00123", "0.0456", "0.456", "4.56", "45.6", "456", "45600"]);
    }

    #[test]
    fn goals_are_met_up_to_their_bounds() {
        assert!(Goal::AtMost(0.5).is_met_by(0.5) && !Goal::AtMost(0.5).is_met_by(0.51));
        assert!(Goal::AtLeast(1.8).is_met_by(1.8) && !Goal::AtLeast(1.8).is_met_by(1.79));
    }

    #[test]
    fn columns_stand_below_each_other() {
        let rows = [
            Row::new("index", "10 s", "tantivy 9 s").ratio_with_goal(0.9, Goal::AtLeast(1.0)),
            Row::new("memory", "300 MB", "").at_most(300.0, 350.0, "MB"),
            Row::unmeasured("search", "ripgrep is not on the PATH"),
        ];
        let table = table(&rows);
        let expected = "\
| what   | tidings | peer                       | figure | goal     | met          |
|--------|---------|----------------------------|--------|----------|--------------|
| index  | 10 s    | tantivy 9 s                | 0.900  | ≥ 1      | NO           |
| memory | 300 MB  |                            | 300 MB | ≤ 350 MB | yes          |
| search |         | ripgrep is not on the PATH |        |          | not measured |
";
        assert_eq!(table, expected);
    }
}
