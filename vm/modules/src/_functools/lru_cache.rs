//! `_lru_cache_wrapper`: a callable with a cache of results. What was used last stands last in the cache's dict.

use std::cell::Cell;

use lasti_vm::builtins::{OBJECT, STR, attribute_dict};
use lasti_vm::call::Args;
use lasti_vm::dict::Dict;
use lasti_vm::function::Method;
use lasti_vm::module::Module;
use lasti_vm::number::Int;
use lasti_vm::object::{Obj, ObjCell};
use lasti_vm::sequence::Tuple;
use lasti_vm::types::{NativeCall, NativeDef, TypeBuilder, TypeFlags, TypeObject};
use lasti_vm::{PyResult, Ref, Vm};

use crate::iterator::iterator_type;

pub(crate) struct LruCache {
    function: ObjCell,
    cache: ObjCell,
    info_type: ObjCell,
    /// What stands in a key between positional and keyword arguments.
    mark: ObjCell,
    /// None: no bound.
    max_size: Option<usize>,
    typed: bool,
    hits: Cell<i64>,
    misses: Cell<i64>,
}

iterator_type!(
    /** `functools._lru_cache_wrapper` */ LRU_CACHE, "_lru_cache_wrapper", LruCache,
    [function, cache, info_type, mark]
);

static METHODS: &[NativeDef] = &[
    NativeDef::new("cache_info", "($self, /)", "Report cache statistics", NativeCall::NoArgs(cache_info)),
    NativeDef::new(
        "cache_clear",
        "($self, /)",
        "Clear the cache and cache statistics",
        NativeCall::NoArgs(cache_clear),
    ),
    NativeDef::new(
        "__reduce__",
        "",
        "",
        NativeCall::NoArgs(|vm, cache| vm.getattr(cache, &vm.names().__qualname__)),
    ),
    NativeDef::new("__copy__", "", "", NativeCall::NoArgs(|_, cache| Ok(cache.clone()))),
    NativeDef::new("__deepcopy__", "", "", NativeCall::One(|_, cache, _| Ok(cache.clone()))),
];

fn new(vm: &Vm, ty: &TypeObject, args: Args<'_>) -> PyResult {
    let args = args.exactly(vm, "_lru_cache_wrapper", 4, 4)?;
    if !vm.is_callable(&args[0]) {
        return Err(vm.type_error("the first argument must be callable"));
    }
    let max_size = if vm.is_none(&args[1]) {
        None
    } else if args[1].as_int().is_some() || args[1].ty().slots.nb_index.get().is_some() {
        Some(vm.index_i64(&args[1])?.max(0) as usize)
    } else {
        return Err(vm.type_error("maxsize should be integer or None"));
    };
    let typed = vm.is_true(&args[2])?;
    let mark = vm.call(&OBJECT.to_obj(), &[])?;
    let payload = LruCache {
        function: ObjCell::new(Some(args[0].clone())),
        cache: ObjCell::new(Some(Dict::new().into_obj())),
        info_type: ObjCell::new(Some(args[3].clone())),
        mark: ObjCell::new(Some(mark)),
        max_size,
        typed,
        hits: Cell::new(0),
        misses: Cell::new(0),
    };
    Ok(Ref::new_in(ty, payload).into_obj())
}

impl LruCache {
    /// The key of a call's arguments: the one argument itself if it is an int or str, else a tuple.
    fn key(&self, vm: &Vm, args: Args<'_>) -> Obj {
        if let ([one], []) = (args.all(), args.names())
            && !self.typed
            && (one.is_exact_int() || one.is_exact(&STR))
        {
            return one.clone();
        }
        let mut parts = args.positional().to_vec();
        if !args.names().is_empty() {
            parts.push(vm.or_none(self.mark.get()));
            for (name, value) in args.keywords() {
                parts.extend([name.clone(), value.clone()]);
            }
        }
        if self.typed {
            parts.extend(args.all().iter().map(|arg| arg.ty().to_obj()));
        }
        Tuple::new(parts).into_obj()
    }
}

fn call(vm: &Vm, object: &Obj, args: Args<'_>) -> PyResult {
    let this = vm.receiver::<LruCache>(object)?;
    let (Some(function), Some(cache)) = (this.function.get(), this.cache.get_as::<Dict>()) else {
        return Err(vm.type_error("the cache was taken apart"));
    };
    if this.max_size == Some(0) {
        this.misses.set(this.misses.get() + 1);
        return vm.call_with(&function, args);
    }
    let key = this.key(vm, args);
    let hash = vm.hash(&key)?;
    if let Some((result, newest)) = cache.find_newest(vm, &key, hash)? {
        if this.max_size.is_some() && !newest {
            // Used last: to the end. Not if it is there: a look-up that comes back here while it compares would begin again
            // for ever.
            cache.remove_hashed(vm, &key, hash)?;
            cache.set_hashed(vm, &key, hash, result.clone())?;
        }
        this.hits.set(this.hits.get() + 1);
        return Ok(result);
    }
    this.misses.set(this.misses.get() + 1);
    let result = vm.call_with(&function, args)?;
    // The call itself may have put it there.
    if this.max_size.is_some() && cache.get_hashed(vm, &key, hash)?.is_some() {
        return Ok(result);
    }
    if this.max_size.is_some_and(|max| cache.len() >= max)
        && let Some((oldest, _, hash)) = cache.first()
    {
        cache.remove_hashed(vm, &oldest, hash)?;
    }
    cache.set_hashed(vm, &key, hash, result.clone())?;
    Ok(result)
}

fn cache_info(vm: &Vm, object: &Obj) -> PyResult {
    let this = vm.receiver::<LruCache>(object)?;
    let size = this.cache.get_as::<Dict>().map_or(0, |cache| cache.len());
    let max = vm.or_none(this.max_size.map(Int::from_usize));
    let args = [Int::new(this.hits.get()), Int::new(this.misses.get()), max, Int::from_usize(size)];
    vm.call(&vm.or_none(this.info_type.get()), &args)
}

fn cache_clear(vm: &Vm, object: &Obj) -> PyResult {
    let this = vm.receiver::<LruCache>(object)?;
    this.hits.set(0);
    this.misses.set(0);
    if let Some(cache) = this.cache.get_as::<Dict>() {
        cache.clear_now();
    }
    Ok(vm.none())
}

fn descr_get(vm: &Vm, object: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    Ok(match instance.filter(|instance| !vm.is_none(instance)) {
        Some(instance) => Method::new(object.clone(), instance.clone()).into_obj(),
        None => object.clone(),
    })
}

pub(super) fn fill(vm: &Vm, module: &Ref<Module>) -> PyResult<()> {
    if !LRU_CACHE.has(TypeFlags::READY) {
        TypeBuilder::new(vm, &LRU_CACHE)
            .doc("Create a cached callable that wraps another function.\n\nuser_function:      the function being cached\n\nmaxsize:  0         for no caching\n          None      for unlimited cache size\n          n         for a bounded cache\n\ntyped:    False     cache f(3) and f(3.0) as identical calls\n          True      cache f(3) and f(3.0) as distinct calls\n\ncache_info_type:    namedtuple class with the fields:\n                        hits misses currsize maxsize\n")
            .module("functools")
            .flags(TypeFlags::BASETYPE | TypeFlags::METHOD_DESCRIPTOR | TypeFlags::WEAKREFABLE)
            .with_dict()
            .slots(|slots| {
                slots.new.set(Some(new));
                slots.call.set(Some(call));
                slots.descr_get.set(Some(descr_get));
            })
            .methods(METHODS)
            .properties(attribute_dict())
            .ready();
    }
    module.add_type(vm, &LRU_CACHE)
}
