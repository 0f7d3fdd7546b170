//! The stand-in for a product: it answers on the ports and paths of the product like the product would.
//!
//! It reads its settings from `/etc/stand-in` in its image, one `WORD VALUE` per line:
//!
//! - `port 6333`: the port that it listens on. Each connection may speak HTTP.
//! - `health /healthz`: the path that answers 200, or 503 while it is loading.
//! - `loading 5`: the loading time in seconds, from its start.
//! - `model deepseek-v3.2`: the model in `/v1/models` and `/v1/chat/completions`, as in OpenAI's API.
//! - `data /qdrant/storage`: the folder where `PUT /data` stores a text. `GET /data` returns it.
//! - `metrics /metrics`: the path that returns the contents of `/etc/stand-in.metrics`.
//! - `client ollama`: the name under which it acts as a client of its own service, and checks whether the service listens.
//!
//! Under the names of some commands it acts as that command. `numactl` runs the command after its options. `curl` checks
//! whether a URL answers, because the `wget` of the static busybox crashes without a name service.

use std::{
    env,
    error::Error,
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::Path,
    process::Command,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

const SETTINGS: &str = "/etc/stand-in";
const METRICS: &str = "/etc/stand-in.metrics";

/// The file below the data folder.
const KEPT: &str = "stand-in";

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = env::args();
    let own = words.next().unwrap_or_default();
    match Path::new(&own).file_name().and_then(|name| name.to_str()) {
        Some("numactl") => {
            let mut rest = words.skip_while(|word| word.starts_with("--") && word != "--");
            let program = match rest.next() {
                Some(word) if word == "--" => rest.next(),
                first => first,
            };
            Err(Command::new(program.ok_or("numactl: no command")?).args(rest).exec().into())
        }
        Some("curl") => get(&words.next_back().unwrap_or_default()),
        own => {
            let settings = Settings::read()?;
            if !own.is_some_and(|own| settings.clients.iter().any(|client| client == own)) {
                return serve(settings);
            }
            let port: u16 = settings.ports.first().copied().ok_or("no port")?;
            TcpStream::connect(("127.0.0.1", port)).map(drop).map_err(Into::into)
        }
    }
}

/// Requests `http://ADDRESS:PORT/PATH`. Returns an error unless the request succeeds.
fn get(url: &str) -> Result<(), Box<dyn Error>> {
    let (address, path) =
        url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).ok_or("no http:// URL")?;
    let mut stream = TcpStream::connect_timeout(&address.parse()?, Duration::from_secs(5))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "GET /{path} HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
    let mut first = String::new();
    BufReader::new(stream).read_line(&mut first)?;
    let is_there = first.split(' ').nth(1).is_some_and(|status| status.starts_with(['2', '3']));
    if is_there { Ok(()) } else { Err(first.trim().into()) }
}

/// The settings of the stand-in.
struct Settings {
    ports: Vec<u16>,
    health: Option<String>,
    loaded: Instant,
    model: Option<String>,
    data: Option<String>,
    metrics: Option<String>,
    clients: Vec<String>,
}

impl Settings {
    fn read() -> Result<Self, Box<dyn Error>> {
        let text = fs::read_to_string(SETTINGS).map_err(|error| format!("{SETTINGS}: {error}"))?;
        let all = |wanted: &str| -> Vec<String> {
            let lines = text.lines().filter_map(|line| line.split_once(' '));
            lines.filter(|(word, _)| *word == wanted).map(|(_, value)| value.to_owned()).collect()
        };
        let one = |wanted: &str| all(wanted).pop();
        let loading = one("loading").map_or(Ok(0), |seconds| seconds.parse())?;
        Ok(Self {
            ports: all("port").iter().map(|port| port.parse()).collect::<Result<_, _>>()?,
            health: one("health"),
            loaded: Instant::now() + Duration::from_secs(loading),
            model: one("model"),
            data: one("data"),
            metrics: one("metrics"),
            clients: all("client"),
        })
    }
}

fn serve(settings: Settings) -> Result<(), Box<dyn Error>> {
    let settings = Arc::new(settings);
    let mut listening = Vec::new();
    for port in &settings.ports {
        let listener =
            TcpListener::bind(("0.0.0.0", *port)).map_err(|error| format!("port {port}: {error}"))?;
        let settings = settings.clone();
        listening.push(thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let settings = settings.clone();
                thread::spawn(move || answer(&settings, &stream));
            }
        }));
    }
    println!("listening on {:?}", settings.ports);
    for thread in listening {
        let _ = thread.join();
    }
    Ok(())
}

/// Answers one request and closes the connection, as in HTTP/1.0.
fn answer(settings: &Settings, stream: &TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut words = first.split_whitespace();
    let (Some(method), Some(path)) = (words.next(), words.next()) else { return Ok(()) };
    let path = path.split('?').next().unwrap_or(path);
    let (status, kind, text) = settings.reply(method, path, &String::from_utf8_lossy(&body));
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    )
}

type Reply = (&'static str, &'static str, String);

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; version=0.0.4";

impl Settings {
    fn reply(&self, method: &str, path: &str, body: &str) -> Reply {
        let is = |wanted: &Option<String>| wanted.as_deref() == Some(path);
        let is_loading = Instant::now() < self.loaded;
        if is_loading && (is(&self.health) || path.starts_with("/v1/")) {
            return ("503 Service Unavailable", JSON, r#"{"status":"loading"}"#.to_owned());
        }
        if is(&self.metrics) {
            return match fs::read_to_string(METRICS) {
                Ok(metrics) => ("200 OK", TEXT, metrics),
                Err(error) => failed(&error),
            };
        }
        if is(&self.health) {
            // Grafana reports the state of its database.
            return ("200 OK", JSON, r#"{"status":"ok","database":"ok"}"#.to_owned());
        }
        match (method, path, &self.model, &self.data) {
            (_, "/", ..) => ("200 OK", "text/html", "<!doctype html><title>stand-in</title>".to_owned()),
            ("GET", "/v1/models", Some(model), _) => {
                let list = format!(r#"{{"object":"list","data":[{{"id":"{model}","object":"model"}}]}}"#);
                ("200 OK", JSON, list)
            }
            ("POST", "/v1/chat/completions", Some(model), _) => completion(model, body),
            ("PUT", "/data", _, Some(folder)) => match fs::write(Path::new(folder).join(KEPT), body) {
                Ok(()) => ("200 OK", TEXT, String::new()),
                Err(error) => failed(&error),
            },
            ("GET", "/data", _, Some(folder)) => match fs::read_to_string(Path::new(folder).join(KEPT)) {
                Ok(kept) => ("200 OK", TEXT, kept),
                Err(error) => failed(&error),
            },
            _ => ("404 Not Found", TEXT, String::new()),
        }
    }
}

fn failed(error: &io::Error) -> Reply {
    ("500 Internal Server Error", TEXT, error.to_string())
}

/// Returns the same few words to every request, as a whole or in chunks.
fn completion(model: &str, body: &str) -> Reply {
    let words = ["Hello", "!", " I", " only", " stand", " in", "."];
    let usage = format!(r#""usage":{{"prompt_tokens":1,"completion_tokens":{}}}"#, words.len());
    if !body.replace(' ', "").contains(r#""stream":true"#) {
        let message = format!(r#"{{"role":"assistant","content":"{}"}}"#, words.concat());
        let choice = format!(r#"[{{"index":0,"message":{message},"finish_reason":"stop"}}]"#);
        let object = format!(r#""object":"chat.completion","model":"{model}""#);
        return ("200 OK", JSON, format!(r#"{{{object},"choices":{choice},{usage}}}"#));
    }
    let object = format!(r#""object":"chat.completion.chunk","model":"{model}""#);
    let piece =
        |word| format!(r#"data: {{{object},"choices":[{{"index":0,"delta":{{"content":"{word}"}}}}]}}"#);
    let pieces: Vec<_> = words.iter().map(piece).collect();
    let last = format!(r#"data: {{{object},"choices":[],{usage}}}"#);
    ("200 OK", "text/event-stream", format!("{}\n\n{last}\n\ndata: [DONE]\n\n", pieces.join("\n\n")))
}
