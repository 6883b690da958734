mod protocol; mod store; mod server; mod client; mod scenario;
use reenact::{Check, trace::{View, Level}};
use server::Remember::*;
fn main() {
    let n: u64 = std::env::args().nth(1).unwrap().parse().unwrap();
    let jobs: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    for p in [AfterTheEffect, BeforeTheEffect] {
        let t = std::time::Instant::now();
        let r = Check::new("bank").seeds(0..n).jobs(jobs).keep_going(10).report(move |sim| scenario::run(sim, p));
        let e = t.elapsed();
        println!("{p:?} {r} {} {e:?} {}/s", r.failed_runs(), r.runs() as f64/e.as_secs_f64());
        if let Some(f) = r.findings().first() {
            println!("{}\n{:?}", f.failure, f.original().stats());
            println!("{}", f.original().trace().text(View::timeline().level(Level::User).times(true)));
        }
    }
}
