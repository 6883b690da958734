//~ the main of a simulation cannot return `
//~ this future must return `()`, `Result<(), E>` with `E: Debug`, or `!`
//~ end the async block with `;` to return `()`, or use `Simulation::run` to get a value out of a run
fn main() {
    reenact::Check::new("a number").run(|_sim| async { 42 });
}
