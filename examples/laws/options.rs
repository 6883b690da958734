//! What is asked for on the command line. Pure: nothing is read or printed here.

pub(crate) const USAGE: &str = "\
usage: cargo run --release --example laws -- [--seeds N] [--programs N] [--jobs N] [--against FILE]

  --seeds N       runs of the program of five nodes (100,000 unless said)
  --programs N    random programs (100,000 unless said)
  --jobs N        threads (8 unless said)
  --against FILE  another build of this program, whose runs must be the same";

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Options {
    pub(crate) seeds: u64,
    pub(crate) programs: u64,
    pub(crate) jobs: u64,
    pub(crate) against: Option<String>,
    pub(crate) help: bool,
}

/// Reads arguments, without the program's name.
///
/// # Errors
///
/// What is wrong with them, in a sentence.
pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Options, String> {
    let mut options = Options { seeds: 100_000, programs: 100_000, jobs: 8, against: None, help: false };
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let mut number = || {
            let value = arguments.next().ok_or_else(|| format!("`{argument}` needs a number behind it"))?;
            let number = value.parse::<u64>();
            number.map_err(|_| format!("`{argument}` needs a whole number, not `{}`", value.escape_debug()))
        };
        match argument.as_str() {
            "--help" | "-h" => options.help = true,
            "--seeds" => options.seeds = number()?,
            "--programs" => options.programs = number()?,
            "--jobs" => {
                options.jobs = number()?;
                if options.jobs == 0 {
                    return Err("`--jobs 0` makes no run: give it at least 1".to_owned());
                }
            }
            "--against" => {
                options.against = Some(arguments.next().ok_or("`--against` needs a file behind it")?);
            }
            other => return Err(format!("`{}` is no argument of this program", other.escape_debug())),
        }
    }
    Ok(options)
}
