//! A Debian machine in QEMU, without KVM: what is written to its disks is gone with the process.

use std::{
    fmt::Display,
    fs,
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{disk::Disks, model::RECEIVER};

/// How long a boot may take: on a machine with nothing else to do it is less than half a minute.
const BOOT: Duration = Duration::from_secs(600);

/// How long an answer may take on a busy machine; a port that is closed gives none.
const ANSWER: Duration = Duration::from_secs(30);

/// How long a script may take, in seconds, as `timeout` takes them.
const SCRIPT: &str = "900";

/// The machine's network card, as the plan's host has it: the first that is on the board, `eno1`. The machine sees the LAN's
/// other addresses, and nothing beyond.
const NETWORK: &str = "user,id=lan,net=192.168.3.0/24,host=192.168.3.2,restrict=on";

/// What answers at the receiver's address: whatever is posted there is fine.
const RECEIVES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/receive");

/// The ports that can be knocked at from the LAN: SSH, one that is open to all, one that is open to the LAN, one that is closed.
pub(crate) const PORTS: [u16; 4] = [22, 8050, 6006, 5432];

pub(crate) struct Guest {
    qemu: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    key: PathBuf,
    /// A connection by SSH that is kept, since the machine takes a second for each new one.
    connection: Option<Child>,
    socket: PathBuf,
    /// The ports on this machine's loopback that lead to [`PORTS`].
    forwarded: [u16; PORTS.len()],
    console: PathBuf,
    images: PathBuf,
}

/// What a script said, and how it ended.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    /// Both streams, in their order.
    pub(crate) said: String,
}

fn wrong(what: impl Display) -> io::Error {
    io::Error::other(what.to_string())
}

impl Guest {
    /// Starts the machine, and waits until it lets an operator in.
    pub(crate) fn boot(disks: &Disks, images: &Path) -> io::Result<Self> {
        let own = |name: &str| disks.folder.join(format!("{name}-{}", std::process::id()));
        let console = own("console");
        let ports = PORTS.map(|port| format!(",hostfwd=tcp:127.0.0.1:0-192.168.3.10:{port}")).concat();
        let drive = |path: &Path| format!("file={},format=raw,if=virtio", path.display());
        // It dies with this process, however that ends.
        let mut qemu = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "qemu-system-x86_64"])
            .args(["-accel", "tcg,thread=multi", "-machine", "pc,hpet=off", "-smp", "2", "-m", "6144"])
            .args(["-nodefaults", "-display", "none", "-snapshot", "-qmp", "stdio"])
            .args(["-drive", &drive(&disks.system), "-drive", &drive(&disks.nvme), "-drive", &drive(images)])
            .args([
                "-netdev",
                &format!("{NETWORK}{ports},guestfwd=tcp:{}:{}-cmd:{RECEIVES}", RECEIVER.0, RECEIVER.1),
            ])
            .args(["-device", "virtio-net-pci,netdev=lan,acpi-index=1,romfile="])
            .args(["-serial", &format!("file:{}", console.display())])
            .env("TMPDIR", &disks.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(requests), Some(answers)) = (qemu.stdin.take(), qemu.stdout.take()) else {
            return Err(wrong("QEMU has no streams"));
        };
        let answers = BufReader::new(answers);
        let mut guest = Self {
            qemu,
            requests,
            answers,
            key: disks.key.clone(),
            connection: None,
            socket: own("connection"),
            forwarded: Default::default(),
            console,
            images: images.to_owned(),
        };
        guest.answer()?;
        guest.execute(&json!({"execute": "qmp_capabilities"}))?;
        let network = guest.monitor("info usernet")?;
        // TCP[HOST_FORWARD]  12  127.0.0.1 42809  192.168.3.10 22  0 0
        let forwards = network.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        for forward in forwards.filter(|it| it.first() == Some(&"TCP[HOST_FORWARD]")) {
            let [_, _, _, here, _, there, ..] = forward[..] else { return Err(wrong(&network)) };
            let there: u16 = there.parse().map_err(wrong)?;
            if let Some(place) = PORTS.iter().position(|port| *port == there) {
                guest.forwarded[place] = here.parse().map_err(wrong)?;
            }
        }
        guest.await_boot("")?;
        Ok(guest)
    }

    /// Starts the machine anew by its own means, and waits until it is there again.
    pub(crate) fn reboot(&mut self) -> io::Result<()> {
        let before = self.boot_id()?;
        // The connection may end before the command does.
        self.run("systemctl reboot")?;
        self.disconnect();
        self.await_boot(&before)
    }

    fn boot_id(&self) -> io::Result<String> {
        let ran = self.run("cat /proc/sys/kernel/random/boot_id")?;
        if ran.code == Some(0) { Ok(ran.said) } else { Err(wrong(ran.said)) }
    }

    fn await_boot(&mut self, before: &str) -> io::Result<()> {
        let start = Instant::now();
        loop {
            let last = match self.boot_id() {
                Ok(id) if id != before => return self.connect(),
                Ok(_) => "it did not go down".to_owned(),
                Err(error) => error.to_string(),
            };
            if start.elapsed() > BOOT {
                return Err(wrong(format!("it did not come up: {last}\n{}", self.console())));
            }
            if let Some(status) = self.qemu.try_wait()? {
                return Err(wrong(format!("QEMU ended: {status}\n{}", self.console())));
            }
            std::thread::sleep(Duration::from_millis(500));
        }
    }

    /// The end of what the machine wrote to its console.
    pub(crate) fn console(&self) -> String {
        let text = fs::read(&self.console).unwrap_or_default();
        let end = text.get(text.len().saturating_sub(3000)..).unwrap_or_default();
        String::from_utf8_lossy(end).into_owned()
    }

    /// Keeps the machine as it is now, memory and disks, under a name.
    pub(crate) fn keep(&mut self, name: &str) -> io::Result<()> {
        self.snapshot("savevm", name)
    }

    /// Makes the machine what it was when it was kept.
    pub(crate) fn restore(&mut self, name: &str) -> io::Result<()> {
        self.snapshot("loadvm", name)
    }

    fn snapshot(&mut self, command: &str, name: &str) -> io::Result<()> {
        self.disconnect();
        let said = self.monitor(&format!("{command} {name}"))?;
        if said.is_empty() { self.connect() } else { Err(wrong(format!("{command} {name}: {said}"))) }
    }

    fn monitor(&mut self, command: &str) -> io::Result<String> {
        let arguments = json!({"command-line": command});
        let said = self.execute(&json!({"execute": "human-monitor-command", "arguments": arguments}))?;
        said.as_str().map(str::to_owned).ok_or_else(|| wrong(said))
    }

    fn execute(&mut self, request: &Value) -> io::Result<Value> {
        writeln!(self.requests, "{request}")?;
        loop {
            let mut answer = self.answer()?;
            if let Some(said) = answer.get_mut("return") {
                return Ok(said.take());
            }
            if answer.get("event").is_none() {
                return Err(wrong(answer));
            }
        }
    }

    fn answer(&mut self) -> io::Result<Value> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        serde_json::from_str(&line).map_err(|error| wrong(format!("QEMU says {line:?}: {error}")))
    }

    /// Runs a script as root, as an operator does: by SSH, and by sudo.
    pub(crate) fn run(&self, script: &str) -> io::Result<Ran> {
        self.feed(format!("exec 2>&1\nset -euo pipefail\n{script}\n"), "sudo bash -s")
    }

    /// Puts a folder's files where a new folder of that path will be.
    pub(crate) fn copy(&self, from: &Path, to: &str) -> io::Result<()> {
        let tar = Command::new("tar").arg("--directory").arg(from).args(["--create", "."]).output()?;
        let ran = self.feed(
            &tar.stdout,
            &format!("sudo install -d {to} 2>&1 && sudo tar --directory {to} --extract 2>&1"),
        )?;
        if ran.code == Some(0) { Ok(()) } else { Err(wrong(ran.said)) }
    }

    fn feed(&self, input: impl AsRef<[u8]>, command: &str) -> io::Result<Ran> {
        let mut child = self
            .ssh("timeout", &[SCRIPT])
            .args(["admin@127.0.0.1", command])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // Who hangs up says why on the other stream.
            let _ = stdin.write_all(input.as_ref());
        }
        let output = child.wait_with_output()?;
        let said = [output.stdout, output.stderr].concat();
        Ok(Ran { code: output.status.code(), said: String::from_utf8_lossy(&said).into_owned() })
    }

    /// `ssh`, started by another program. It takes the connection that is kept, or makes one of its own.
    fn ssh(&self, by: &str, words: &[&str]) -> Command {
        let [port, ..] = self.forwarded;
        let mut command = Command::new(by);
        command
            .args(words)
            .args(["ssh", "-i"])
            .arg(&self.key)
            .args(["-p", &port.to_string(), "-S"])
            .arg(&self.socket)
            .args(["-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "LogLevel=ERROR"])
            .args(["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"])
            .args([
                "-o",
                "ConnectTimeout=60",
                "-o",
                "ServerAliveInterval=30",
                "-o",
                "ServerAliveCountMax=20",
            ]);
        command
    }

    /// Makes a new connection.
    pub(crate) fn connect(&mut self) -> io::Result<()> {
        self.disconnect();
        let mut master = self
            .ssh("setpriv", &["--pdeathsig", "KILL"])
            .args(["-M", "-N", "-o", "PermitLocalCommand=yes", "-o", "LocalCommand=echo connected"])
            .arg("admin@127.0.0.1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let said = master.stdout.take().map(BufReader::new);
        self.connection = Some(master);
        let mut line = String::new();
        said.map_or(Ok(0), |mut said| said.read_line(&mut line))?;
        if line == "connected\n" { Ok(()) } else { Err(wrong("nobody gets in by SSH")) }
    }

    fn disconnect(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            let _ = connection.kill();
            let _ = connection.wait();
        }
        let _ = fs::remove_file(&self.socket);
    }

    /// Whether what listens on one of [`PORTS`] of the machine answers somebody in the LAN.
    pub(crate) fn answers(&self, port: u16) -> io::Result<bool> {
        let place =
            PORTS.iter().position(|it| *it == port).ok_or_else(|| wrong(format!("no way to {port}")))?;
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.forwarded[place]))?;
        stream.set_read_timeout(Some(ANSWER))?;
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
        Ok(io::Read::read(&mut stream, &mut [0]).is_ok_and(|read| read > 0))
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.disconnect();
        let _ = self.qemu.kill();
        let _ = self.qemu.wait();
        let _ = fs::remove_file(&self.console);
        let _ = fs::remove_file(&self.images);
    }
}
