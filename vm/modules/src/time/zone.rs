//! The local zone: `tzset`, and the module's constants that follow from it.

use lasti_system::local_time;
use lasti_vm::module::Module;
use lasti_vm::number::Int;
use lasti_vm::object::Obj;
use lasti_vm::paths::from_system;
use lasti_vm::sequence::Tuple;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{PyResult, Ref, Vm};

/// A year, in seconds.
const YEAR: i64 = (365 * 24 + 6) * 3600;

/// `tzname`, `timezone`, `altzone`, `daylight`. CPython: `init_timezone`.
fn constants(vm: &Vm) -> PyResult<[(&'static str, Obj); 4]> {
    let begin = super::broken::seconds(vm, None)? / YEAR * YEAR;
    // A moment in winter and one in summer, or the other way round south of the equator.
    let winter = super::broken::local(vm, begin)?;
    let summer = super::broken::local(vm, begin + YEAR / 2)?;
    let (standard, other) = if -winter.offset < -summer.offset { (summer, winter) } else { (winter, summer) };
    let name = |zone: &Option<Vec<u8>>| from_system(zone.as_deref().unwrap_or(b"   ")).into_obj();
    Ok([
        ("timezone", Int::new(-standard.offset)),
        ("altzone", Int::new(-other.offset)),
        ("daylight", Int::new((standard.offset != other.offset).into())),
        ("tzname", Tuple::new(vec![name(&standard.zone), name(&other.zone)]).into_obj()),
    ])
}

/// Sets the constants.
pub(super) fn set(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    local_time::set_zone(crate::posix::variable(b"TZ").as_deref());
    for (name, value) in constants(vm)? {
        module.add(vm, name, value)?;
    }
    Ok(())
}

fn tzset(vm: &Vm, module: &Obj) -> PyResult {
    if let Some(module) = module.downcast::<Module>() {
        set(vm, module)?;
    }
    Ok(vm.none())
}

pub(super) static FUNCTIONS: &[NativeDef] = &[NativeDef::new(
    "tzset",
    "($self, /)",
    "tzset()\n\nInitialize, or reinitialize, the local timezone to the value stored in\nos.environ['TZ']. The TZ environment variable should be specified in\nstandard Unix timezone format as documented in the tzset man page\n(eg. 'US/Eastern', 'Europe/Amsterdam'). Unknown timezones will silently\nfall back to UTC. If the TZ environment variable is not set, the local\ntimezone is set to the systems best guess of wallclock time.\nChanging the TZ environment variable without calling tzset *may* change\nthe local timezone used by methods such as localtime, but this behaviour\nshould not be relied on.",
    NativeCall::NoArgs(tzset),
)];
