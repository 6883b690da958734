//~ `Silent` doesn't implement `Debug`
struct Silent;

fn main() {
    reenact::Check::new("silent").run(|_sim| async { Err::<(), _>(Silent) });
}
