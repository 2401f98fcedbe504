//! Marshal and .pyc bytes: what loads dumps, and loads again as the same constant.
#![no_main]

use lasti_code::marshal::{Graph, dumps, loads};
use lasti_code::pyc;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(constant) = loads(bytes) {
        let dumped = dumps(&constant).expect("what was loaded nests no deeper than what can be written");
        assert_eq!(loads(&dumped).expect("what was dumped loads"), constant);
    }
    if let Ok(graph) = Graph::loads(bytes) {
        let dumped = graph.dumps().expect("what was loaded nests no deeper than what can be written");
        let again = Graph::loads(&dumped).expect("what was dumped loads");
        assert_eq!(again.dumps().expect("as before"), dumped);
    }
    let _ = pyc::read(bytes);
});
