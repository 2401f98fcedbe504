//! Debuggees in processes of their own: how they are started, linked and ended, and that none stays behind.
//!
//! This executable is the debuggee, too: started with a rendezvous in its environment it plays one.

/// The debuggee's role: a program that says by its first argument what it does.
mod debuggee {
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::time::Duration;

    use lasti_dap::debuggee::Rendezvous;
    use lasti_engine::command::{Command, Reply};
    use lasti_engine::event::ExitStatus;
    use lasti_engine::link::{Decoder, FromEngine, Hello, ToEngine, encode};
    use lasti_engine::snapshot::ThreadInfo;
    use lasti_engine::stop::{StepEnd, Stopped};
    use lasti_engine::{EngineError, Event, StopEpoch, StopReason, ThreadId};

    struct Link {
        socket: TcpStream,
        decoder: Decoder,
    }

    impl Link {
        fn send(&mut self, message: &FromEngine) {
            let mut bytes = Vec::new();
            encode(message, &mut bytes).unwrap();
            self.socket.write_all(&bytes).unwrap();
        }

        fn tell(&mut self, event: Event) {
            self.send(&FromEngine::Event(event));
        }

        /// Answers commands until one is wanted.
        fn serve_until(&mut self, wanted: fn(&Command) -> bool) {
            let mut buffer = [0; 4096];
            loop {
                while let Some(ToEngine { id, command }) = self.decoder.take().unwrap() {
                    let reply = match &command {
                        Command::Configure(_) => Ok(Reply::Configure(())),
                        Command::Start(_) => Ok(Reply::Start(())),
                        Command::Continue(go) => Ok(Reply::Continue(vec![go.thread])),
                        Command::Threads(_) => Ok(Reply::Threads(Vec::new())),
                        other => Err(EngineError::Unsupported(format!("{other:?}"))),
                    };
                    self.send(&FromEngine::Reply { id, reply });
                    if wanted(&command) {
                        return;
                    }
                }
                match self.socket.read(&mut buffer) {
                    // The server is gone: it was started to be debugged.
                    Ok(0) | Err(_) => std::process::exit(99),
                    Ok(count) => self.decoder.push(&buffer[..count]),
                }
            }
        }

        fn exit(&mut self, code: i32) -> ! {
            self.tell(Event::ProcessExited(ExitStatus::Code(code)));
            std::process::exit(code)
        }
    }

    fn say(text: &str) {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes()).unwrap();
        out.flush().unwrap();
    }

    fn sleep() -> ! {
        loop {
            std::thread::sleep(Duration::from_secs(1));
        }
    }

    pub(super) fn run(rendezvous: Rendezvous, what: &str) -> ! {
        if what == "early" {
            std::io::stderr().write_all(b"no such file: a.py\n").unwrap();
            std::process::exit(7);
        }
        if what == "silent" {
            sleep();
        }
        let mut socket = TcpStream::connect(rendezvous.address).unwrap();
        socket.write_all(&Hello::encode(rendezvous.token)).unwrap();
        let mut hello = [0; Hello::LENGTH];
        socket.read_exact(&mut hello).unwrap();
        Hello::check(&hello, rendezvous.token).unwrap();
        let mut link = Link { socket, decoder: Decoder::default() };
        link.tell(Event::Started { process: std::process::id(), program: "a.py".into() });
        link.serve_until(|command| matches!(command, Command::Start(_)));
        let thread = ThreadId(1);
        link.tell(Event::ThreadStarted(ThreadInfo { id: thread, name: "MainThread".into() }));
        match what {
            "talk" => {
                for number in 0..2000 {
                    say(&format!("line {number}\n"));
                }
                std::io::stderr().write_all(b"bad byte: \xff\n").unwrap();
                link.exit(3);
            }
            "order" => {
                for number in 1..=100 {
                    say(&format!("before {number}\n"));
                    link.tell(Event::Stopped(Stopped {
                        thread,
                        epoch: StopEpoch(number),
                        reason: StopReason::Step(StepEnd::Next),
                        hits: Vec::new(),
                        others: Vec::new(),
                        message: None,
                    }));
                    link.serve_until(|command| matches!(command, Command::Continue(_)));
                }
                link.exit(0);
            }
            "where" => {
                let variable = |name| std::env::var(name).unwrap_or_else(|_| "unset".into());
                let folder = std::env::current_dir().unwrap();
                say(&format!("{} {} {}\n", folder.display(), variable("OURS"), variable("THEIRS")));
                link.exit(0);
            }
            "abort" => std::process::abort(),
            "children" => {
                let mut child = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
                say(&format!("{}\n", child.id()));
                child.wait().unwrap();
                sleep();
            }
            "lose" => {
                drop(link);
                sleep();
            }
            _ => sleep(),
        }
    }
}

#[cfg(unix)]
mod tests {
    use std::collections::BTreeMap;
    use std::ffi::OsString;
    use std::path::PathBuf;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use lasti_dap::client::{Client, Logged, initialize_arguments};
    use lasti_dap::debuggee::{CommandLine, Launcher, ProcessLauncher};
    use lasti_dap::launch::Target;
    use lasti_dap::protocol::{
        ContinueArguments, DisconnectArguments, Event, OutputEventBodyCategory, RestartArguments,
        RunInTerminalResponseBody,
    };
    use lasti_dap::transport::{Exposure, serve_tcp};
    use lasti_dap::{schema, session};
    use serde_json::{Value, json};
    use tokio::io::{duplex, split};
    use tokio::net::{TcpListener, TcpStream};

    fn launcher() -> Arc<dyn Launcher> {
        let executable = std::env::current_exe().unwrap();
        let compose = move |launch: &lasti_dap::launch::Launch| {
            let Target::Code(what) = &launch.target else { panic!("the tests run code") };
            Ok(CommandLine { program: executable.clone(), args: vec![what.clone()] })
        };
        let environment: BTreeMap<OsString, OsString> =
            std::env::vars_os().chain([("THEIRS".into(), "1".into())]).collect();
        Arc::new(
            ProcessLauncher::new(compose, environment, PathBuf::from("/")).patience(Duration::from_secs(5)),
        )
    }

    fn connect() -> Client {
        let (near, far) = duplex(1 << 14);
        let (reader, writer) = split(far);
        tokio::spawn(session::serve(reader, writer, launcher()));
        let (reader, writer) = split(near);
        Client::new(reader, writer)
    }

    async fn begin(client: &mut Client, what: &str, more: Value) -> u32 {
        let mut configuration = json!({"code": what, "console": "internalConsole"});
        for (name, value) in more.as_object().into_iter().flatten() {
            configuration[name] = value.clone();
        }
        client.request(initialize_arguments("test")).await.unwrap();
        let launch = client.launch(configuration).await.unwrap();
        let Event::Process(process) = client.event("process").await.unwrap() else { panic!() };
        client.event("initialized").await.unwrap();
        client.configuration_done(launch).await.unwrap();
        u32::try_from(process.system_process_id.unwrap()).unwrap()
    }

    /// Leaves, and checks every message against the schema.
    async fn leave(mut client: Client) {
        client.request(DisconnectArguments::default()).await.unwrap();
        client.closed().await.unwrap();
        for message in client.log() {
            if let Logged::Received(message) = message {
                assert_eq!(schema::violations(message), [""; 0], "{message}");
            }
        }
    }

    fn lives(process: u32) -> bool {
        // A zombie lives no more.
        std::fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
    }

    async fn gone(process: u32) {
        let begun = Instant::now();
        while lives(process) {
            assert!(begun.elapsed() < Duration::from_secs(10), "process {process} stayed behind");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub(super) async fn all_output_comes_before_the_end() {
        let mut client = connect();
        begin(&mut client, "talk", json!({})).await;
        assert_eq!(client.terminated().await.unwrap(), Some(3));
        let out = client.take_output(&OutputEventBodyCategory::Stdout).await.unwrap();
        assert_eq!(out, (0..2000).map(|number| format!("line {number}\n")).collect::<String>());
        let errors = client.take_output(&OutputEventBodyCategory::Stderr).await.unwrap();
        assert_eq!(errors, "bad byte: \\xff\n");
        leave(client).await;
    }

    pub(super) async fn what_was_written_before_a_stop_is_told_before_it() {
        let mut client = connect();
        begin(&mut client, "order", json!({})).await;
        for number in 1..=100 {
            client.stopped().await.unwrap();
            let out = client.take_output(&OutputEventBodyCategory::Stdout).await.unwrap();
            assert_eq!(out, format!("before {number}\n"));
            client.request(ContinueArguments { thread_id: 1, single_thread: None }).await.unwrap();
        }
        assert_eq!(client.terminated().await.unwrap(), Some(0));
        leave(client).await;
    }

    pub(super) async fn folder_and_environment_are_the_configurations() {
        for (options, expected) in [
            (json!({}), "/ unset 1\n"),
            (json!({"cwd": "/tmp", "env": {"OURS": "2", "THEIRS": null}}), "/tmp 2 unset\n"),
        ] {
            let mut client = connect();
            begin(&mut client, "where", options).await;
            client.terminated().await.unwrap();
            assert_eq!(client.take_output(&OutputEventBodyCategory::Stdout).await.unwrap(), expected);
            leave(client).await;
        }
        let mut client = connect();
        client.request(initialize_arguments("test")).await.unwrap();
        let launch = client
            .launch(json!({"code": "where", "console": "internalConsole", "cwd": "/no/such"}))
            .await
            .unwrap();
        let error = client.response(launch).await.unwrap_err();
        assert_eq!(error.to_string(), "`launch` failed: `cwd`: there is no folder /no/such");
        leave(client).await;
    }

    pub(super) async fn a_crash_and_a_kill_are_told() {
        let mut client = connect();
        begin(&mut client, "abort", json!({})).await;
        assert_eq!(client.terminated().await.unwrap(), Some(128 + 6));
        let told = client.take_output(&OutputEventBodyCategory::Important).await.unwrap();
        assert_eq!(told, "the program was ended by signal 6 (SIGABRT)\n");
        leave(client).await;

        let mut client = connect();
        let process = begin(&mut client, "hang", json!({})).await;
        let kill = std::process::Command::new("kill").args(["-9", &process.to_string()]).status();
        assert!(kill.unwrap().success());
        assert_eq!(client.terminated().await.unwrap(), Some(128 + 9));
        leave(client).await;
    }

    pub(super) async fn a_process_that_closes_its_link_is_ended() {
        let mut client = connect();
        let process = begin(&mut client, "lose", json!({})).await;
        assert_eq!(client.terminated().await.unwrap(), Some(128 + 9));
        let told = client.take_output(&OutputEventBodyCategory::Important).await.unwrap();
        assert!(told.starts_with("the program is ended: the link to it is lost"), "{told}");
        gone(process).await;
        leave(client).await;
    }

    pub(super) async fn a_process_that_does_not_come_to_be_is_told() {
        let mut client = connect();
        client.request(initialize_arguments("test")).await.unwrap();
        let mut launch = async |what: &str| {
            let configuration = json!({"code": what, "console": "internalConsole"});
            let launch = client.launch(configuration).await.unwrap();
            client.response(launch).await.unwrap_err().to_string()
        };
        assert_eq!(
            launch("early").await,
            "`launch` failed: the program ended before it could be debugged (exit code 7); \
             it wrote: no such file: a.py"
        );
        assert_eq!(
            launch("silent").await,
            "`launch` failed: the program did not connect within 5 s: is it a Lasti executable?"
        );
        leave(client).await;
    }

    pub(super) async fn a_restart_is_another_process() {
        let mut client = connect();
        let first = begin(&mut client, "hang", json!({})).await;
        let again = json!({"code": "talk", "console": "internalConsole", "redirectOutput": false});
        client.request(RestartArguments { arguments: Some(again) }).await.unwrap();
        let Event::Process(second) = client.event("process").await.unwrap() else { panic!() };
        assert_ne!(second.system_process_id, i32::try_from(first).ok());
        assert!(!lives(first), "one after the other");
        assert_eq!(client.terminated().await.unwrap(), Some(3));
        assert_eq!(client.take_output(&OutputEventBodyCategory::Stdout).await.unwrap(), "");
        leave(client).await;
    }

    async fn family(client: &mut Client) -> (u32, u32) {
        let parent = begin(client, "children", json!({})).await;
        let child = client
            .event_where(
                "the child's number",
                |event| matches!(event, Event::Output(body) if body.output.trim().parse::<u32>().is_ok()),
            )
            .await
            .unwrap();
        let Event::Output(body) = child else { panic!() };
        let child = body.output.trim().parse().unwrap();
        assert!(lives(parent) && lives(child));
        (parent, child)
    }

    pub(super) async fn no_process_stays_behind() {
        let mut client = connect();
        let (parent, child) = family(&mut client).await;
        leave(client).await;
        assert!(!lives(parent), "it is gone when the client is let go");
        gone(child).await;

        let mut client = connect();
        let (parent, child) = family(&mut client).await;
        drop(client);
        gone(parent).await;
        gone(child).await;
    }

    pub(super) async fn a_program_in_a_terminal() {
        for ends_by_itself in [true, false] {
            let mut client = connect();
            let mut arguments = initialize_arguments("test");
            arguments.supports_run_in_terminal_request = Some(true);
            client.request(arguments).await.unwrap();
            let what = if ends_by_itself { "talk" } else { "hang" };
            let launch = client.launch(json!({"code": what, "env": {"OURS": "3"}})).await.unwrap();
            let asked = client.reverse_request().await.unwrap();
            let run = asked.request.run_in_terminal().unwrap();
            assert_eq!(run.env.as_ref().unwrap()["OURS"].as_deref(), Some("3"));
            let mut terminal = tokio::process::Command::new(&run.args[0]);
            terminal.args(&run.args[1..]).current_dir(&run.cwd).stdout(std::process::Stdio::null());
            terminal.stderr(std::process::Stdio::null());
            for (name, value) in run.env.iter().flatten() {
                terminal.env(name, value.as_ref().unwrap());
            }
            let mut child = terminal.spawn().unwrap();
            let body = RunInTerminalResponseBody { process_id: None, shell_process_id: None };
            client.respond(&asked, Ok(body.into())).await.unwrap();
            client.event("initialized").await.unwrap();
            client.configuration_done(launch).await.unwrap();
            if ends_by_itself {
                assert_eq!(client.terminated().await.unwrap(), Some(3));
                leave(client).await;
            } else {
                leave(client).await;
                assert!(!child.wait().await.unwrap().success(), "it was ended");
            }
        }
        let mut client = connect();
        let mut arguments = initialize_arguments("test");
        arguments.supports_run_in_terminal_request = Some(true);
        client.request(arguments).await.unwrap();
        let launch = client.launch(json!({"code": "talk"})).await.unwrap();
        let asked = client.reverse_request().await.unwrap();
        client.respond(&asked, Err("no screen".into())).await.unwrap();
        let error = client.response(launch).await.unwrap_err();
        assert_eq!(error.to_string(), "`launch` failed: the client opened no terminal: no screen");
        leave(client).await;
    }

    pub(super) async fn several_clients_over_tcp() {
        let everywhere = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let error = serve_tcp(everywhere, Exposure::Loopback, launcher()).await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied);

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(serve_tcp(listener, Exposure::Loopback, launcher()));
        let mut clients = Vec::new();
        for _ in 0..3 {
            let (reader, writer) = TcpStream::connect(address).await.unwrap().into_split();
            let mut client = Client::new(reader, writer);
            let process = begin(&mut client, "hang", json!({})).await;
            clients.push((client, process));
        }
        let (client, process) = clients.pop().unwrap();
        leave(client).await;
        gone(process).await;
        let (client, process) = clients.pop().unwrap();
        drop(client);
        gone(process).await;
        let (_client, process) = clients.pop().unwrap();
        assert!(lives(process), "the others' ends are not its own");
        server.abort();
        gone(process).await;
    }
}

fn main() {
    let variable = |name: &str| std::env::var(name).ok();
    if let Some(rendezvous) = lasti_dap::debuggee::Rendezvous::read(variable).unwrap() {
        debuggee::run(rendezvous, &std::env::args().nth(1).unwrap_or_default());
    }
    #[cfg(unix)]
    run_tests();
}

#[cfg(unix)]
fn run_tests() {
    use std::io::Write;

    type Test = fn() -> std::pin::Pin<Box<dyn Future<Output = ()>>>;
    macro_rules! named {
        ($($name:ident),* $(,)?) => { [$((stringify!($name), || Box::pin(tests::$name()))),*] };
    }
    let all: [(&str, Test); 10] = named![
        all_output_comes_before_the_end,
        what_was_written_before_a_stop_is_told_before_it,
        folder_and_environment_are_the_configurations,
        a_crash_and_a_kill_are_told,
        a_process_that_closes_its_link_is_ended,
        a_process_that_does_not_come_to_be_is_told,
        no_process_stays_behind,
        a_program_in_a_terminal,
        a_restart_is_another_process,
        several_clients_over_tcp,
    ];
    let filters: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let mut out = std::io::stdout().lock();
    for (name, test) in all {
        if !filters.is_empty() && !filters.iter().any(|filter| name.contains(filter.as_str())) {
            continue;
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(test());
        writeln!(out, "test {name} ... ok").unwrap();
    }
}
