//! Who listens, and who knocks: the two ends of a probe, each a process in the network namespace that it stands for.

use std::{
    env,
    fmt::Write as _,
    io::{self, BufRead, Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};

use omni_testbed::Space;

/// How long somebody knocks who hears nothing: the kernel sends a SYN again after one second, and after three.
const PATIENCE: Duration = Duration::from_secs(4);

/// Listens in a namespace on each `protocol:port:name`.
pub(crate) fn listen_in(space: &mut Space, ports: &[String]) -> io::Result<()> {
    if ports.is_empty() {
        return Ok(());
    }
    let own = env::current_exe()?;
    let mut listener = space.command(own);
    space.attend(listener.arg("listen").args(ports))
}

/// Begins to knock from a namespace at each `id protocol target`.
pub(crate) fn knock_from(space: &Space, probes: &[String]) -> io::Result<Child> {
    let own = env::current_exe()?;
    let mut child = space.command(own).arg("knock").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut lines = String::new();
    for probe in probes {
        let _ = writeln!(lines, "{probe}");
    }
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(lines.as_bytes())?;
    }
    Ok(child)
}

/// Listens on each `protocol:port:name`, and says the name to whoever comes. Says `ready` when all are open.
pub(crate) fn listen(ports: &[String]) -> io::Result<()> {
    let mut open = Vec::new();
    for port in ports {
        let mut parts = port.splitn(3, ':');
        let (protocol, number, name) = (parts.next(), parts.next(), parts.next());
        let (Some(protocol), Some(Ok(number)), Some(name)) = (protocol, number.map(str::parse::<u16>), name)
        else {
            return Err(io::Error::other(format!("`{port}` is no `protocol:port:name`")));
        };
        // By IPv6 too, where there is any.
        let addresses =
            [SocketAddr::from((Ipv6Addr::UNSPECIFIED, number)), (Ipv4Addr::UNSPECIFIED, number).into()];
        let name: Arc<str> = name.into();
        open.push(match protocol {
            "udp" => {
                // An answer has to come from the address that was asked.
                for address in own_addresses()? {
                    let (socket, name) = (UdpSocket::bind((address, number))?, name.clone());
                    thread::spawn(move || answer(&socket, &name));
                }
                thread::spawn(thread::park)
            }
            _ => {
                let listener = TcpListener::bind(addresses.as_slice())?;
                thread::spawn(move || greet(&listener, &name))
            }
        });
    }
    println!("ready");
    io::stdout().flush()?;
    for thread in open {
        let _ = thread.join();
    }
    Ok(())
}

/// The addresses of the namespace, but for those that are good on one link only.
fn own_addresses() -> io::Result<Vec<IpAddr>> {
    let output = Command::new("ip").args(["-oneline", "address", "show"]).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let address = |line: &str| line.split_whitespace().nth(3)?.split('/').next()?.parse().ok();
    Ok(text.lines().filter(|line| !line.contains("scope link")).filter_map(address).collect())
}

fn greet(listener: &TcpListener, name: &str) {
    for mut stream in listener.incoming().flatten() {
        let _ = stream.write_all(name.as_bytes());
    }
}

fn answer(socket: &UdpSocket, name: &str) {
    let mut buffer = [0; 16];
    while let Ok((_, from)) = socket.recv_from(&mut buffer) {
        let _ = socket.send_to(name.as_bytes(), from);
    }
}

/// Reads lines `id protocol target`, knocks at all of them at once, and prints `id name` for each: the name of who
/// answers, or nothing.
pub(crate) fn knock() -> io::Result<()> {
    let mut threads = Vec::new();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<_> = line.split(' ').collect();
        let [id, protocol, target] = words.as_slice() else {
            return Err(io::Error::other(format!("`{line}` is no probe")));
        };
        let target: SocketAddr = target.parse().map_err(io::Error::other)?;
        let (id, is_udp) = (id.to_string(), *protocol == "udp");
        threads.push(thread::spawn(move || {
            let name = if is_udp { ask(target) } else { call(target) };
            format!("{id} {}", name.unwrap_or_default())
        }));
    }
    for thread in threads {
        println!("{}", thread.join().map_err(|_| io::Error::other("a probe panicked"))?);
    }
    Ok(())
}

fn call(target: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&target, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut name = String::new();
    stream.read_to_string(&mut name)?;
    Ok(name)
}

fn ask(target: SocketAddr) -> io::Result<String> {
    let any: IpAddr =
        if target.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect(target)?;
    socket.set_read_timeout(Some(PATIENCE / 4))?;
    let mut buffer = [0; 256];
    for _ in 0..4 {
        socket.send(b"?")?;
        if let Ok(length) = socket.recv(&mut buffer) {
            return Ok(String::from_utf8_lossy(&buffer[..length]).into_owned());
        }
    }
    Err(io::ErrorKind::TimedOut.into())
}
