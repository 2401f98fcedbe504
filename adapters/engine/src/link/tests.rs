use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::breakpoints::{BreakpointInfo, BreakpointRules, BreakpointStatus, SourceBreakpoint};
use crate::command::{Granularity, Request, SetBreakpoints, Step, StepKind, replies};
use crate::event::{ExitStatus, OutputCategory};
use crate::ids::{BreakpointId, SourceId, StopEpoch, ThreadId};
use crate::place::{Position, SourceName};
use crate::snapshot::{ChainedException, ExceptionInfo, ExceptionLink};
use crate::stop::{ExceptionVerdict, StepEnd, StopReason, Stopped};

fn to_engine() -> Vec<ToEngine> {
    let rules = BreakpointRules {
        condition: Some("x > 1".into()),
        hit_condition: None,
        log_message: Some("x is {x}".into()),
    };
    let breakpoints = vec![SourceBreakpoint { line: 300, column: Some(4), rules }];
    vec![
        ToEngine {
            id: RequestId(1),
            command: SetBreakpoints { source: SourceName::Path("/a.py".into()), breakpoints }.into(),
        },
        ToEngine {
            id: RequestId(2),
            command: Step {
                thread: ThreadId(1),
                kind: StepKind::Into,
                granularity: Granularity::Instruction,
                single_thread: true,
            }
            .into(),
        },
    ]
}

fn from_engine() -> Vec<FromEngine> {
    let position = Position { line: 300, column: 4 };
    let info = BreakpointInfo {
        id: BreakpointId(9),
        status: BreakpointStatus::Verified { source: SourceId(3), position },
        message: None,
    };
    let stopped = |reason| {
        FromEngine::Event(Event::Stopped(Stopped {
            thread: ThreadId(1),
            epoch: StopEpoch(5),
            reason,
            hits: vec![BreakpointId(9)],
            others: vec![(ThreadId(2), StopEpoch(6))],
            message: None,
        }))
    };
    vec![
        FromEngine::Reply { id: RequestId(1), reply: Ok(replies::SetBreakpoints(vec![info]).into()) },
        FromEngine::Reply { id: RequestId(2), reply: Err(EngineError::TimedOut { milliseconds: 500 }) },
        stopped(StopReason::Exception(ExceptionVerdict::Uncaught)),
        stopped(StopReason::Step(StepEnd::Result)),
        FromEngine::Event(Event::Output {
            category: OutputCategory::Log,
            text: vec![0xff, 0x0a],
            thread: None,
        }),
        FromEngine::Event(Event::ProcessExited(ExitStatus::Signal(9))),
    ]
}

fn bytes_of<T: Serialize>(messages: &[T]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for message in messages {
        encode(message, &mut bytes).unwrap();
    }
    bytes
}

#[test]
fn messages_come_out_as_they_went_in_however_the_bytes_are_cut() {
    let bytes = bytes_of(&from_engine());
    for size in [1, 3, 7, bytes.len()] {
        let (mut decoder, mut got) = (Decoder::default(), Vec::new());
        for piece in bytes.chunks(size) {
            decoder.push(piece);
            while let Some(message) = decoder.take::<FromEngine>().unwrap() {
                got.push(message);
            }
        }
        assert_eq!(got, from_engine());
        decoder.push(&[]);
        assert!(decoder.bytes.is_empty(), "nothing is kept of what was taken");
    }
}

/// Whoever changes a message sees these bytes change, and raises [`VERSION`].
#[test]
fn bytes_of_version_2() {
    let to_engine = bytes_of(&to_engine());
    let from_engine = bytes_of(&from_engine());
    let text = |bytes: &[u8]| {
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    };
    assert_eq!(VERSION, 2);
    assert_eq!(text(&to_engine), TO_ENGINE);
    assert_eq!(text(&from_engine), FROM_ENGINE);
}

const TO_ENGINE: &str =
    "20000000010100052f612e707901ac020104010578203e203100010878206973207b787d06000000020801010201";
const FROM_ENGINE: &str = "0c0000000001000101090103ac020400060000000002010bf4030c0000000103010500020109010206000c0000000103\
    010504010109010206000700000001050202ff0a000400000001080112";

#[test]
fn a_reply_belongs_to_its_command() {
    let reply: Reply = replies::SetBreakpoints(Vec::new()).into();
    assert_eq!(SetBreakpoints::reply(reply.clone()), Ok(replies::SetBreakpoints(Vec::new())));
    assert_eq!(Step::reply(reply.clone()), Err(reply));
}

#[test]
fn a_length_beyond_the_limit_is_refused_before_anything_is_kept() {
    let mut decoder = Decoder::default();
    decoder.push(&(MAX_FRAME as u32 + 1).to_le_bytes());
    let error = LinkError::TooLong { length: MAX_FRAME + 1 };
    assert_eq!(decoder.take::<ToEngine>(), Err(error.clone()));
    decoder.push(&bytes_of(&to_engine()));
    assert_eq!(decoder.take::<ToEngine>(), Err(error), "no message after an error");
    assert!(decoder.bytes.is_empty());
}

#[test]
fn a_message_beyond_the_limit_is_not_sent() {
    let output = |length| {
        FromEngine::Event(Event::Output {
            category: OutputCategory::Stdout,
            text: vec![b'x'; length],
            thread: None,
        })
    };
    let mut bytes = vec![1];
    assert!(matches!(encode(&output(MAX_FRAME), &mut bytes), Err(LinkError::TooLong { .. })));
    assert_eq!(bytes, [1]);
    assert_eq!(encode(&output(MAX_FRAME - 16), &mut bytes), Ok(()));
}

#[test]
fn a_list_that_claims_to_be_endless_is_refused() {
    // SetBreakpoints of Loaded(0) with 2^63 breakpoints.
    let mut body = vec![1, 1, 1, 0];
    body.extend([0xff; 9]);
    body.push(1);
    let mut bytes = (body.len() as u32).to_le_bytes().to_vec();
    bytes.extend(&body);
    let mut decoder = Decoder::default();
    decoder.push(&bytes);
    assert_eq!(decoder.take::<ToEngine>(), Err(LinkError::Malformed { length: body.len() }));
}

#[test]
fn bytes_after_the_message_are_refused() {
    let mut bytes = bytes_of(&to_engine()[1..]);
    bytes[0] += 1;
    bytes.push(0);
    let mut decoder = Decoder::default();
    decoder.push(&bytes);
    assert!(matches!(decoder.take::<ToEngine>(), Err(LinkError::Malformed { .. })));
}

#[test]
fn hello() {
    let token = Token([7; 32]);
    let good = Hello::encode(token);
    assert_eq!(Hello::check(&good, token), Ok(()));
    assert_eq!(Hello::check(&good, Token([8; 32])), Err(LinkError::Token));
    let mut newer = good;
    newer[6] = VERSION as u8 + 1;
    assert_eq!(Hello::check(&newer, token), Err(LinkError::Version { theirs: VERSION + 1 }));
    let mut other = good;
    other[0] = b'G';
    assert_eq!(Hello::check(&other, token), Err(LinkError::NoLasti));
    assert_eq!(format!("{token:?}"), "Token(..)", "a token is not to be logged");
}

proptest! {
    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..400), framed in any::<bool>()) {
        let mut decoder = Decoder::default();
        if framed {
            decoder.push(&(bytes.len() as u32).to_le_bytes());
        }
        decoder.push(&bytes);
        while let Ok(Some(message)) = decoder.take::<FromEngine>() {
            let mut again = Vec::new();
            encode(&message, &mut again).unwrap();
        }
    }

    #[test]
    fn damaged_messages_are_refused_or_read(at in 0usize..200, to in any::<u8>()) {
        let mut bytes = bytes_of(&from_engine());
        let at = at % bytes.len();
        bytes[at] = to;
        let mut decoder = Decoder::default();
        decoder.push(&bytes);
        let mut count = 0;
        while let Ok(Some(_)) = decoder.take::<FromEngine>() {
            count += 1;
        }
        prop_assert!(count <= bytes.len());
    }
}

#[test]
fn a_list_takes_memory_only_for_items_that_are_there() {
    // Empty strings: the items that take the most memory for their bytes.
    let empty = ChainedException {
        link: ExceptionLink::Itself,
        depth: 0,
        type_name: String::new(),
        text: String::new(),
        notes: vec![String::new(); MAX_FRAME - 20],
        traceback: String::new(),
    };
    let info = ExceptionInfo { chain: vec![empty], verdict: ExceptionVerdict::Caught, caught: None };
    let reply = replies::DescribeException(info).into();
    let bytes = bytes_of(&[FromEngine::Reply { id: RequestId(1), reply: Ok(reply) }]);
    let mut decoder = Decoder::default();
    decoder.push(&bytes);
    let Ok(Some(FromEngine::Reply { reply: Ok(Reply::DescribeException(info)), .. })) = decoder.take() else {
        panic!("it is read");
    };
    let memory = info.chain[0].notes.capacity() * size_of::<String>();
    assert!(memory <= 50 * bytes.len(), "{memory} for {}", bytes.len());
}
