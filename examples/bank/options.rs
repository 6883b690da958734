//! What is asked for on the command line. Pure: nothing is read or printed here.

pub(crate) const USAGE: &str = "\
usage: cargo run --release --example bank -- [--fixed] [--seeds N | --seed S]

  --fixed    the bank without the bug
  --seeds N  how many seeds to try, from 0 on (50,000 unless said)
  --seed S   only this seed, decimal or as 0x…";

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Options {
    pub(crate) fixed: bool,
    pub(crate) help: bool,
    /// The first seed, and how many there are.
    pub(crate) seeds: (u64, u64),
}

/// Reads arguments, without the program's name.
///
/// # Errors
///
/// What is wrong with them, in a sentence.
pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Options, String> {
    let mut options = Options { fixed: false, help: false, seeds: (0, 50_000) };
    let mut chosen: Option<String> = None;
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--fixed" => options.fixed = true,
            "--help" | "-h" => options.help = true,
            "--seeds" | "--seed" => {
                if let Some(before) = chosen {
                    return Err(format!(
                        "`{argument}` cannot be given after `{before}`: seeds are chosen once"
                    ));
                }
                let value = arguments.next();
                options.seeds = seeds(&argument, value.as_deref())?;
                chosen = Some(argument);
            }
            _ => return Err(format!("`{}` is no argument of this program", argument.escape_debug())),
        }
    }
    Ok(options)
}

fn seeds(argument: &str, value: Option<&str>) -> Result<(u64, u64), String> {
    let Some(value) = value else { return Err(format!("`{argument}` needs a number behind it")) };
    let number = match value.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => value.parse(),
    };
    match (argument, number) {
        (_, Err(_)) => {
            Err(format!("`{argument}` needs a whole number from 0 to 2^64-1, not `{}`", value.escape_debug()))
        }
        ("--seeds", Ok(0)) => Err("`--seeds 0` would try nothing: give it at least 1".to_owned()),
        ("--seeds", Ok(count)) => Ok((0, count)),
        (_, Ok(seed)) => Ok((seed, 1)),
    }
}
