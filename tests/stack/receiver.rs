//! Who receives the alerts.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpListener,
};

/// Listens at an address, and writes each body that is posted there to a file, one a line. Says `ready` when it is open.
pub(crate) fn receive(arguments: &[String]) -> io::Result<()> {
    let [address, file] = arguments else { return Err(io::Error::other("receive ADDRESS FILE")) };
    let listener = TcpListener::bind(address)?;
    let mut file = File::options().create(true).append(true).open(file)?;
    println!("ready");
    io::stdout().flush()?;
    for stream in listener.incoming() {
        let mut stream = stream?;
        let mut reader = BufReader::new(&stream);
        let mut length = 0;
        for line in reader.by_ref().lines() {
            let line = line?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        if !body.ends_with(b"\n") {
            body.push(b'\n');
        }
        file.write_all(&body)?;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
    }
    Ok(())
}
