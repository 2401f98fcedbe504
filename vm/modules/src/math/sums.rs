//! Sums, products and distances: `fsum`, `prod`, `sumprod`, `hypot`, `dist`.

use lasti_vm::builtins::{BOOL, FLOAT};
use lasti_vm::number::{Float, Int};
use lasti_vm::ops::BinaryOp;
use lasti_vm::sequence::Tuple;
use lasti_vm::types::{NativeCall, NativeDef};
use lasti_vm::{Args, Obj, PyResult, Signature, Vm};

/// A sum without loss: floats that don't overlap, the largest last. Shewchuk's algorithm.
#[derive(Default)]
struct Exact(Vec<f64>);

impl Exact {
    fn add(&mut self, mut x: f64) {
        let mut kept = 0;
        for i in 0..self.0.len() {
            let mut y = self.0[i];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                self.0[kept] = low;
                kept += 1;
            }
            x = high;
        }
        self.0.truncate(kept);
        if x != 0.0 {
            self.0.push(x);
        }
    }

    /// Adds a product without loss, unless it or the sum gets too large.
    fn add_product(&mut self, x: f64, y: f64) -> bool {
        let product = x * y;
        if !(self.total() + product).is_finite() {
            return false;
        }
        self.add(product);
        self.add(x.mul_add(y, -product));
        true
    }

    /// The sum, correctly rounded.
    fn total(&self) -> f64 {
        let mut parts = self.0.iter().rev().copied();
        let Some(mut high) = parts.next() else { return 0.0 };
        let mut low = 0.0;
        for y in parts.by_ref() {
            let x = high;
            high = x + y;
            low = y - (high - x);
            if low != 0.0 {
                break;
            }
        }
        // Half a unit in the last place goes the way of what follows.
        if let Some(next) = parts.next()
            && (low < 0.0 && next < 0.0 || low > 0.0 && next > 0.0)
        {
            let y = low * 2.0;
            let x = high + y;
            if y == x - high {
                high = x;
            }
        }
        high
    }
}

fn fsum(vm: &Vm, _: &Obj, iterable: &Obj) -> PyResult {
    let mut sum = Exact::default();
    let (mut special, mut infinities) = (0.0, 0.0);
    let mut any_special = false;
    vm.for_each(iterable, |item| {
        let x = vm.float(&item)?;
        if x.is_finite() {
            sum.add(x);
            if sum.0.last().is_some_and(|last| !last.is_finite()) {
                return Err(vm.overflow_error("intermediate overflow in fsum"));
            }
        } else {
            any_special = true;
            special += x;
            if x.is_infinite() {
                infinities += x;
            }
        }
        Ok(true)
    })?;
    if any_special {
        if infinities.is_nan() {
            return Err(vm.value_error("-inf + inf in fsum"));
        }
        return Ok(Float::new(special));
    }
    Ok(Float::new(sum.total()))
}

static PROD: Signature<2> = Signature::new("prod", ["", "start"], 1).positional_only(1).keyword_only(1);

fn prod(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [Some(iterable), start] = args.bind(vm, &PROD)? else { return Ok(vm.none()) };
    let mut product = start.cloned().unwrap_or_else(|| Int::new(1));
    vm.for_each(iterable, |factor| {
        product = vm.binary(BinaryOp::Multiply, &product, &factor)?;
        Ok(true)
    })?;
    Ok(product)
}

fn sumprod(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [p, q] = args else { return Ok(vm.none()) };
    let (p, q) = (vm.collect(p)?, vm.collect(q)?);
    if p.len() != q.len() {
        return Err(vm.value_error("Inputs are not the same length"));
    }
    let mut total = Int::new(0);
    let (mut ints, mut floats) = (Some(0_i64), Some(Exact::default()));
    let mut any_float = false;
    for (a, b) in p.iter().zip(&q) {
        if let Some(sum) = ints {
            if let Some(sum) = int_product(a, b).and_then(|product| sum.checked_add(product)) {
                ints = Some(sum);
                continue;
            }
            ints = None;
            total = vm.binary(BinaryOp::Add, &total, &Int::new(sum))?;
        }
        if let Some(sum) = &mut floats {
            if let Some((x, y)) = float_pair(vm, a, b)
                && sum.add_product(x, y)
            {
                any_float = true;
                continue;
            }
            if any_float {
                total = vm.binary(BinaryOp::Add, &total, &Float::new(sum.total()))?;
            }
            floats = None;
        }
        let product = vm.binary(BinaryOp::Multiply, a, b)?;
        total = vm.binary(BinaryOp::Add, &total, &product)?;
    }
    if let Some(sum) = ints {
        total = vm.binary(BinaryOp::Add, &total, &Int::new(sum))?;
    }
    match floats {
        Some(sum) if any_float => vm.binary(BinaryOp::Add, &total, &Float::new(sum.total())),
        _ => Ok(total),
    }
}

/// The product of two exact ints, where all fits a machine word.
fn int_product(a: &Obj, b: &Obj) -> Option<i64> {
    if a.is_exact_int() && b.is_exact_int() { a.as_i64()?.checked_mul(b.as_i64()?) } else { None }
}

/// Two floats, or a float and an int or bool.
fn float_pair(vm: &Vm, a: &Obj, b: &Obj) -> Option<(f64, f64)> {
    let float = |x: &Obj| x.is_exact(&FLOAT);
    let whole = |x: &Obj| x.is_exact_int() || x.is_exact(&BOOL);
    if float(a) && (float(b) || whole(b)) || whole(a) && float(b) {
        return Some((vm.float(a).ok()?, vm.float(b).ok()?));
    }
    None
}

/// The length of a vector: squares summed without loss at a scale where nothing overflows, then a step of Newton's
/// method against what the root lost.
fn norm(parts: &[f64]) -> f64 {
    if parts.iter().any(|part| part.is_infinite()) {
        return f64::INFINITY;
    }
    if parts.iter().any(|part| part.is_nan()) {
        return f64::NAN;
    }
    let most = parts.iter().fold(0.0_f64, |most, part| most.max(part.abs()));
    if most == 0.0 || parts.len() == 1 {
        return most;
    }
    let (_, exponent) = libm::frexp(most);
    let mut squares = Exact::default();
    for part in parts {
        let x = libm::ldexp(*part, -exponent);
        let square = x * x;
        squares.add(square);
        squares.add(x.mul_add(x, -square));
    }
    let root = squares.total().sqrt();
    let square = root * root;
    squares.add(-square);
    squares.add(-root.mul_add(root, -square));
    libm::ldexp(root + squares.total() / (2.0 * root), exponent)
}

fn hypot(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    args.no_keywords(vm, "math.hypot")?;
    let parts = args.all().iter().map(|part| vm.float(part)).collect::<PyResult<Vec<f64>>>()?;
    Ok(Float::new(norm(&parts)))
}

fn dist(vm: &Vm, _: &Obj, args: &[Obj]) -> PyResult {
    let [p, q] = args else { return Ok(vm.none()) };
    let point = |point: &Obj| -> PyResult<Vec<f64>> {
        let items = match point.downcast::<Tuple>() {
            Some(tuple) => tuple.items().to_vec(),
            None => vm.collect(point)?,
        };
        items.iter().map(|part| vm.float(part)).collect()
    };
    let (p, q) = (point(p)?, point(q)?);
    if p.len() != q.len() {
        return Err(vm.value_error("both points must have the same number of dimensions"));
    }
    let parts: Vec<f64> = p.iter().zip(&q).map(|(a, b)| (a - b).abs()).collect();
    Ok(Float::new(norm(&parts)))
}

pub(super) const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "fsum",
        "($module, seq, /)",
        "Return an accurate floating-point sum of values in the iterable seq.\n\nAssumes IEEE-754 floating-point arithmetic.",
        NativeCall::One(fsum),
    ),
    NativeDef::new(
        "prod",
        "($module, iterable, /, *, start=1)",
        "Calculate the product of all the elements in the input iterable.\n\nThe default start value for the product is 1.\n\nWhen the iterable is empty, return the start value.  This function is\nintended specifically for use with numeric values and may reject\nnon-numeric types.",
        NativeCall::Full(prod),
    ),
    NativeDef::new(
        "sumprod",
        "($module, p, q, /)",
        "Return the sum of products of values from two iterables p and q.\n\nRoughly equivalent to:\n\n    sum(itertools.starmap(operator.mul, zip(p, q, strict=True)))\n\nFor float and mixed int/float inputs, the intermediate products\nand sums are computed with extended precision.",
        NativeCall::Positional(2, 2, sumprod),
    ),
    NativeDef::new(
        "hypot",
        "",
        "hypot(*coordinates) -> value\n\nMultidimensional Euclidean distance from the origin to a point.\n\nRoughly equivalent to:\n    sqrt(sum(x**2 for x in coordinates))\n\nFor a two dimensional point (x, y), gives the hypotenuse\nusing the Pythagorean theorem:  sqrt(x*x + y*y).\n\nFor example, the hypotenuse of a 3/4/5 right triangle is:\n\n    >>> hypot(3.0, 4.0)\n    5.0\n",
        NativeCall::Full(hypot),
    ),
    NativeDef::new(
        "dist",
        "($module, p, q, /)",
        "Return the Euclidean distance between two points p and q.\n\nThe points should be specified as sequences (or iterables) of\ncoordinates.  Both inputs must have the same dimension.\n\nRoughly equivalent to:\n    sqrt(sum((px - qx) ** 2.0 for px, qx in zip(p, q)))",
        NativeCall::Positional(2, 2, dist),
    ),
];
