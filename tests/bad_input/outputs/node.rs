//~ the main of a simulation cannot return `
fn main() {
    reenact::Simulation::new(1).run(|sim| async move { sim.node("db").start(|| async { 42 }) }).unwrap();
}
