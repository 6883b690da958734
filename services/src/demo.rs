//! What the programs in `examples/` share: a sweep over seeds, what it found, and a replay of it.

use reenact::{
    Check, Faults, Finding, Sim, Simulation, Tape, net,
    trace::{Level, View},
};
use std::{io, process::ExitCode, thread::available_parallelism, time::Instant};

/// A scenario as a program shows it.
pub struct Demo<F> {
    /// What sweeps and tapes are called.
    pub name: &'static str,
    pub net: net::Config,
    pub faults: Faults,
    /// How many seeds there are, unless the command line says.
    pub seeds: u64,
    /// Whether there is a bug to be found.
    pub faulty: bool,
    pub run: F,
}

/// The command line, without the program's name: `--fixed` and `--seeds N`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Arguments {
    pub fixed: bool,
    pub seeds: Option<u64>,
}

impl Arguments {
    /// Reads the command line; says what is wrong with it and how the program is used.
    pub fn read() -> Result<Arguments, ExitCode> {
        Arguments::parse(std::env::args().skip(1)).map_err(|sentence| {
            eprintln!("{sentence}\nusage: cargo run --release -p reenact-services --example NAME -- [--fixed] [--seeds N]");
            ExitCode::from(2)
        })
    }

    /// # Errors
    ///
    /// What is wrong, in a sentence.
    pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Arguments, String> {
        let mut arguments = Arguments::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--fixed" => arguments.fixed = true,
                "--seeds" => {
                    let number = words.next().and_then(|number| number.parse().ok());
                    let number = number.filter(|&number| number > 0);
                    arguments.seeds = Some(number.ok_or("`--seeds` needs a whole number from 1 on")?);
                }
                _ => return Err(format!("`{}` is no argument of this program", word.escape_debug())),
            }
        }
        Ok(arguments)
    }
}

impl<F, Run> Demo<F>
where
    F: Fn(Sim) -> Run + Send + Sync,
    Run: Future<Output = ()> + 'static,
{
    /// Sweeps, and shows what came of it; success if that was as announced.
    pub fn show(self) -> ExitCode {
        #[expect(clippy::disallowed_methods, reason = "no run sees it")]
        let begun = Instant::now();
        let report = Check::new(self.name)
            .seeds(self.seeds)
            .jobs(available_parallelism().map_or(1, usize::from))
            .net(self.net.clone())
            .faults(self.faults.clone())
            .report(&self.run);
        println!("{} runs in {:.1} s", report.runs(), begun.elapsed().as_secs_f64());
        let as_announced = match report.findings().first() {
            None => {
                println!("nothing is wrong");
                !self.faulty
            }
            Some(finding) => match self.explain(finding) {
                Ok(same) => same && self.faulty,
                Err(error) => {
                    eprintln!("{error}");
                    false
                }
            },
        };
        if as_announced { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// Whether the finding's token led to the same run again.
    fn explain(&self, finding: &Finding) -> io::Result<bool> {
        println!("\nseed {:#x} fails\n  {}", finding.seed, finding.failure);
        let before = finding.original().decisions().map_or(0, Tape::len);
        let (after, runs) = (finding.tape().len(), finding.shrink_runs());
        println!("\nshrunk in {runs} runs, from {before} decisions to {after}:");
        if let Some(explanation) = finding.explanation() {
            explanation.to_string().lines().for_each(|line| println!("  {line}"));
        }
        let tape = Tape::parse(&finding.token()).map_err(io::Error::other)?;
        let again = Simulation::new(finding.seed)
            .name(self.name)
            .net(self.net.clone())
            .faults(self.faults.clone())
            .replay(tape)
            .run(|sim| (self.run)(sim));
        let same = again.digest() == finding.shrunk().digest();
        println!("\nreplayed from its token: {}", if same { "the same run" } else { "ANOTHER RUN" });
        let marks = again.trace().text(View::timeline().level(Level::User).times(true));
        println!("\nits last marks:");
        let said: Vec<&str> = marks.lines().filter(|line| line.contains(" mark ")).collect();
        said[said.len().saturating_sub(12)..].iter().for_each(|line| println!("  {line}"));
        Ok(same)
    }
}
