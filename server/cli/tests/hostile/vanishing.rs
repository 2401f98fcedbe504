//! Clients that vanish, and servers that are killed: the program ends with them, and so do the processes that it started.

use crate::support::{Debugged, Over, WAYS, kill};

const STOPPED: &str = "import os, subprocess, time
subprocess.Popen(['sleep', '1000'])
if os.fork() == 0:
    time.sleep(1000)
x = 1 #@
";
const RUNNING: &str = "import subprocess
subprocess.Popen(['sleep', '1000'])
print('up')
while True: pass
";

/// A program with children: stopped, or running.
async fn with_children(over: Over, program: &str) -> Debugged {
    let mut debugged = Debugged::launch(over, program).await;
    if program == STOPPED {
        assert_eq!(debugged.stop().await, "breakpoint 5 <module>");
        assert_eq!(debugged.marked().len(), 4, "server, program, two children");
    } else {
        debugged.wrote("up").await;
        assert_eq!(debugged.marked().len(), 3, "server, program, child");
    }
    debugged
}

#[tokio::test]
async fn a_client_vanishes() {
    for over in WAYS {
        for program in [STOPPED, RUNNING] {
            let mut debugged = with_children(over, program).await;
            debugged.client.close().await.expect("it is closed");
            debugged.is_clean().await;
        }
    }
}

#[tokio::test]
async fn a_server_is_killed() {
    for over in WAYS {
        for program in [STOPPED, RUNNING] {
            let mut debugged = with_children(over, program).await;
            kill(debugged.server.id().expect("it runs"));
            debugged.server.wait().await.expect("it ends");
            debugged.nothing_left(false).await;
        }
    }
}

#[tokio::test]
async fn a_client_disconnects_from_a_family() {
    for over in WAYS {
        for program in [STOPPED, RUNNING] {
            with_children(over, program).await.leave().await;
        }
    }
}
