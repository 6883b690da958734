//! The guide's mended test.

use reenact::{Sim, clock, net::UdpSocket};
use std::{io, time::Duration};

async fn careful_writer() -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:0").await?;
    for (number, word) in [b"draft", b"final"].into_iter().enumerate() {
        let mut packet = vec![number as u8];
        packet.extend(word);
        let mut answer = [0];
        loop {
            socket.send_to(&packet, "test:7000").await?;
            let heard = clock::timeout(Duration::from_millis(50), socket.recv(&mut answer)).await;
            if matches!(heard, Ok(Ok(_))) && answer[0] == number as u8 {
                break;
            }
        }
    }
    Ok(())
}

#[reenact::test(seeds = 200, net = reenact::net::Config::lossy())]
async fn the_last_word_wins_on_a_bad_network(sim: Sim) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    let writer = sim.node("writer");
    writer.start(careful_writer);
    let (mut newest, mut last) = (None, String::new());
    while newest != Some(1) {
        let mut packet = [0; 6];
        let (_, from) = socket.recv_from(&mut packet).await?;
        socket.send_to(&packet[..1], from).await?;
        if newest.is_none_or(|newest| packet[0] > newest) {
            newest = Some(packet[0]);
            last = String::from_utf8_lossy(&packet[1..]).into_owned();
        }
    }
    assert_eq!(last, "final");
    Ok(())
}
