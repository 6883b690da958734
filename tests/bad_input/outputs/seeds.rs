//~ `&str` does not say which seeds to run
//~ write a count such as `200`, a range such as `0..1000`, or a list of `u64` such as `[7, 0xff]`
fn main() {
    reenact::Check::new("seeds").seeds("all of them").run(|_sim| async {});
}
