//! What is asked for on the command line. Pure: nothing is read or printed here.

use crate::programs;
use reenact::Strategy;

pub(crate) const USAGE: &str = "\
usage: cargo run --release --example corpus -- [PROGRAM] [--seeds N] [--strategy S] [--fixed | --compare [--sweeps N]]

  PROGRAM    only this program, with what is known of its bug
  --seeds N  at most so many seeds for each (10,000 unless said)
  --strategy S  portfolio (unless said), random, fifo, grouped, pos, surw, or pct and a depth: pct3
  --fixed    the programs without their bugs
  --compare  a table of every strategy, over 30 sweeps
  --sweeps N  over so many sweeps instead";

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Options {
    pub(crate) program: Option<String>,
    pub(crate) seeds: u64,
    pub(crate) strategy: Strategy,
    pub(crate) fixed: bool,
    pub(crate) compare: bool,
    /// How many sweeps a comparison makes of each.
    pub(crate) sweeps: u64,
    pub(crate) help: bool,
}

impl Options {
    /// Whether a program is asked for.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.program.as_ref().is_none_or(|only| only == name)
    }
}

/// Reads arguments, without the program's name.
///
/// # Errors
///
/// What is wrong with them, in a sentence.
pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        program: None,
        seeds: 10_000,
        strategy: Strategy::Portfolio,
        fixed: false,
        compare: false,
        sweeps: 30,
        help: false,
    };
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--fixed" => options.fixed = true,
            "--compare" => options.compare = true,
            "--strategy" => options.strategy = strategy(arguments.next().as_deref())?,
            "--help" | "-h" => options.help = true,
            "--seeds" | "--sweeps" => {
                let number = number(&argument, arguments.next().as_deref())?;
                *(if argument == "--seeds" { &mut options.seeds } else { &mut options.sweeps }) = number;
            }
            name if name.starts_with('-') => {
                return Err(format!("`{}` is no argument of this program", name.escape_debug()));
            }
            name if programs::all().iter().any(|program| program.name == name) => {
                if let Some(before) = options.program.replace(argument.clone()) {
                    return Err(format!(
                        "`{argument}` cannot be asked for beside `{before}`: name one program"
                    ));
                }
            }
            name => {
                let known: Vec<&str> = programs::all().iter().map(|program| program.name).collect();
                return Err(format!(
                    "`{}` is no program of the corpus: there are {}",
                    name.escape_debug(),
                    known.join(", ")
                ));
            }
        }
    }
    Ok(options)
}

fn strategy(value: Option<&str>) -> Result<Strategy, String> {
    let Some(value) = value else { return Err("`--strategy` needs a name behind it".to_owned()) };
    match value {
        "portfolio" => Ok(Strategy::Portfolio),
        "random" => Ok(Strategy::Random),
        "fifo" => Ok(Strategy::Fifo),
        "pos" => Ok(Strategy::Pos),
        "surw" => Ok(Strategy::Surw),
        "grouped" => Ok(Strategy::Grouped),
        _ => match value.strip_prefix("pct").map(str::parse) {
            Some(Ok(depth)) => Ok(Strategy::Pct { depth }),
            _ => Err(format!(
                "`{}` is no strategy: there are portfolio, random, fifo, grouped, pos, surw, and pct with a depth, as in pct3",
                value.escape_debug()
            )),
        },
    }
}

fn number(argument: &str, value: Option<&str>) -> Result<u64, String> {
    let Some(value) = value else { return Err(format!("`{argument}` needs a number behind it")) };
    match value.parse() {
        Ok(0) => Err(format!("`{argument} 0` would try nothing: give it at least 1")),
        Ok(count) => Ok(count),
        Err(_) => Err(format!("`{argument}` needs a whole number, not `{}`", value.escape_debug())),
    }
}
