//! The modules come up.

use crate::testing::with_vm;

#[test]
fn the_modules_come_up() {
    with_vm(|vm| {
        let result = super::start(vm);
        if let Err(error) = result {
            let text = super::excepthook::traceback_text(vm, error.exception());
            panic!("{:?} {:?}", error.exception().args(), text.map_err(|error| error.exception().args()));
        }
    });
}
