//! `_random`: the Mersenne Twister, giving CPython's numbers. CPython: Modules/_randommodule.c; the generator is
//! MT19937 of Matsumoto and Nishimura.

use std::cell::{Cell, RefCell};

use lasti_text::int::{self, Endian, Int as TextInt};
use lasti_vm::builtins::text_error::OrRaise;
use lasti_vm::module::{Module, NativeModule};
use lasti_vm::number::{Float, Int, IntView};
use lasti_vm::object::Payload;
use lasti_vm::sequence::Tuple;
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{Args, Obj, PyResult, Ref, Vm};

/// The module.
pub(crate) static MODULE: NativeModule = NativeModule {
    name: "_random",
    doc: "Module implements the Mersenne Twister random number generator.",
    functions: &[],
    fill,
};

const N: usize = 624;
const M: usize = 397;

/// The payload of `_random.Random`.
struct Random {
    state: RefCell<[u32; N]>,
    index: Cell<usize>,
}

impl Payload for Random {
    fn class() -> &'static TypeObject {
        &RANDOM
    }
}

lasti_vm::builtin_type!(/** `Random` */ RANDOM, "Random", Random);

impl Random {
    /// The next 32 bits.
    fn next(&self) -> u32 {
        let mut state = self.state.borrow_mut();
        if self.index.get() >= N {
            let twist = |high: u32, low: u32| {
                let mixed = (high & 0x8000_0000) | (low & 0x7FFF_FFFF);
                (mixed >> 1) ^ if mixed & 1 == 0 { 0 } else { 0x9908_B0DF }
            };
            for k in 0..N {
                state[k] = state[(k + M) % N] ^ twist(state[k], state[(k + 1) % N]);
            }
            self.index.set(0);
        }
        let mut y = state[self.index.get()];
        self.index.set(self.index.get() + 1);
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C_5680;
        y ^= (y << 15) & 0xEFC6_0000;
        y ^ (y >> 18)
    }

    fn seed_word(state: &mut [u32; N], seed: u32) {
        state[0] = seed;
        for i in 1..N {
            let last = state[i - 1];
            state[i] = 1_812_433_253_u32.wrapping_mul(last ^ (last >> 30)).wrapping_add(i as u32);
        }
    }

    /// Seeds from any number of words.
    fn seed_words(&self, key: &[u32]) {
        let mut state = self.state.borrow_mut();
        Self::seed_word(&mut state, 19_650_218);
        let (mut i, mut j) = (1, 0);
        for _ in 0..N.max(key.len()) {
            let last = state[i - 1];
            state[i] = (state[i] ^ (last ^ (last >> 30)).wrapping_mul(1_664_525))
                .wrapping_add(key.get(j).copied().unwrap_or(0))
                .wrapping_add(j as u32);
            i += 1;
            j += 1;
            if i >= N {
                state[0] = state[N - 1];
                i = 1;
            }
            if j >= key.len() {
                j = 0;
            }
        }
        for _ in 0..N - 1 {
            let last = state[i - 1];
            state[i] = (state[i] ^ (last ^ (last >> 30)).wrapping_mul(1_566_083_941)).wrapping_sub(i as u32);
            i += 1;
            if i >= N {
                state[0] = state[N - 1];
                i = 1;
            }
        }
        state[0] = 0x8000_0000;
        self.index.set(N);
    }
}

fn new(vm: &Vm, ty: &TypeObject, _: Args<'_>) -> PyResult {
    let random = Ref::new_in(ty, Random { state: RefCell::new([0; N]), index: Cell::new(N) });
    random.seed_words(&fresh_key(vm));
    Ok(random.into_obj())
}

/// A key that nobody can foresee.
fn fresh_key(_: &Vm) -> Vec<u32> {
    use std::hash::{BuildHasher, Hasher, RandomState};
    (0..N).map(|_| RandomState::new().build_hasher().finish() as u32).collect()
}

fn init(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult<()> {
    if !args.names().is_empty() {
        return Err(vm.type_error("Random() takes no keyword arguments"));
    }
    seed_from(vm, object, args.exactly(vm, "Random", 0, 1)?)
}

fn seed_from(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult<()> {
    let random = vm.receiver::<Random>(object)?;
    let Some(seed) = args.first().filter(|seed| !vm.is_none(seed)) else {
        random.seed_words(&fresh_key(vm));
        return Ok(());
    };
    // The magnitude of an int; of anything else its hash, without sign.
    let digits = match seed.as_int() {
        Some(IntView::Small(int)) => vec![int.unsigned_abs()],
        Some(IntView::Big(int)) => int.to_u64_digits().1,
        None => vec![vm.hash(seed)? as u64],
    };
    let mut key: Vec<u32> =
        digits.into_iter().flat_map(|digit| [digit as u32, (digit >> 32) as u32]).collect();
    while key.len() > 1 && key.last() == Some(&0) {
        key.pop();
    }
    random.seed_words(&key);
    Ok(())
}

fn seed(vm: &Vm, object: &Obj, args: &[Obj]) -> PyResult {
    seed_from(vm, object, args)?;
    Ok(vm.none())
}

/// 53 random bits as a number below 1.
fn random(vm: &Vm, object: &Obj) -> PyResult {
    let random = vm.receiver::<Random>(object)?;
    let (a, b) = (random.next() >> 5, random.next() >> 6);
    Ok(Float::new((f64::from(a) * 67_108_864.0 + f64::from(b)) * (1.0 / 9_007_199_254_740_992.0)))
}

fn getrandbits(vm: &Vm, object: &Obj, bits: &Obj) -> PyResult {
    let random = vm.receiver::<Random>(object)?;
    let index = vm.index(bits)?;
    if index.as_int().is_some_and(|bits| bits.is_negative()) {
        return Err(vm.value_error("Cannot convert negative int"));
    }
    let Some(bits) = index.as_i64() else {
        return Err(vm.overflow_error("Python int too large to convert to C unsigned long long"));
    };
    let bits = bits as usize;
    if bits == 0 {
        return Ok(Int::new(0));
    }
    if bits <= 32 {
        return Ok(Int::new((random.next() >> (32 - bits)).into()));
    }
    let words = bits.div_ceil(32);
    let mut bytes: Vec<u8> = Vec::new();
    bytes.try_reserve_exact(words.saturating_mul(4)).map_err(|_| vm.out_of_memory())?;
    for word in 0..words {
        let left = bits - word * 32;
        let drawn = random.next();
        bytes.extend((if left < 32 { drawn >> (32 - left) } else { drawn }).to_le_bytes());
    }
    Ok(Int::from_text(int::from_bytes(&bytes, Endian::Little, false)))
}

fn getstate(vm: &Vm, object: &Obj) -> PyResult {
    let random = vm.receiver::<Random>(object)?;
    let mut parts: Vec<Obj> = random.state.borrow().iter().map(|&word| Int::new(word.into())).collect();
    parts.push(Int::from_usize(random.index.get()));
    Ok(Tuple::new(parts).into_obj())
}

fn setstate(vm: &Vm, object: &Obj, state: &Obj) -> PyResult {
    let random = vm.receiver::<Random>(object)?;
    let Some(tuple) = state.downcast::<Tuple>() else {
        return Err(vm.type_error("state vector must be a tuple"));
    };
    let [words @ .., index] = tuple.items() else {
        return Err(vm.value_error("state vector is the wrong size"));
    };
    if words.len() != N {
        return Err(vm.value_error("state vector is the wrong size"));
    }
    let mut state = [0; N];
    for (place, word) in state.iter_mut().zip(words) {
        let Some(int) = word.as_int() else {
            return Err(vm.type_error(format!("expected int, got {}", word.ty().name())));
        };
        let bytes = int::to_bytes(int.into(), 8, Endian::Little, false).or_raise(vm)?;
        *place = match int::from_bytes(&bytes[..4], Endian::Little, false) {
            TextInt::Small(word) => word as u32,
            TextInt::Big(_) => 0,
        };
    }
    let index = vm.index_i64(index)?;
    let index = usize::try_from(index).ok().filter(|&index| index <= N);
    random.index.set(index.ok_or_else(|| vm.value_error("invalid state"))?);
    *random.state.borrow_mut() = state;
    Ok(vm.none())
}

const METHODS: &[NativeDef] = &[
    NativeDef::new(
        "random",
        "($self, /)",
        "random() -> x in the interval [0, 1).",
        NativeCall::NoArgs(random),
    ),
    NativeDef::new(
        "seed",
        "($self, n=None, /)",
        "seed([n]) -> None.\n\nDefaults to use urandom and falls back to a combination\nof the current time and the process identifier.",
        NativeCall::Positional(0, 1, seed),
    ),
    NativeDef::new(
        "getstate",
        "($self, /)",
        "getstate() -> tuple containing the current state.",
        NativeCall::NoArgs(getstate),
    ),
    NativeDef::new(
        "setstate",
        "($self, state, /)",
        "setstate(state) -> None.  Restores generator state.",
        NativeCall::One(setstate),
    ),
    NativeDef::new(
        "getrandbits",
        "($self, k, /)",
        "getrandbits(k) -> x.  Generates an int with k random bits.",
        NativeCall::One(getrandbits),
    ),
];

fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !RANDOM.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &RANDOM)
            .doc("Random() -> create a random number generator with its own internal state.")
            .module("_random")
            .flags(TypeFlags::BASETYPE)
            .slots(|slots| {
                slots.new.set(Some(new));
                slots.init.set(Some(init));
            })
            .methods(METHODS)
            .ready();
    }
    module.add_type(vm, &RANDOM)
}
