//! Measures how long checking, proving and emitting take. `cargo bench -p omni-bench` measures everything, and
//! `cargo bench -p omni-bench -- prove` measures the benchmarks with `prove` in their names.

#![allow(missing_docs, reason = "criterion's macros write functions without")]

use std::{cell::OnceCell, hint::black_box};

use criterion::{Criterion, criterion_group, criterion_main};
use omni::{
    Checked, check,
    model::{
        reach::{Matrix, World},
        rules,
    },
};
use omni_bench::deployment;

#[path = "../../examples/v15.rs"]
#[expect(dead_code, reason = "an example's own `main`")]
mod v15;

/// The sizes of the generated deployments, as numbers of services and hosts.
const SIZES: [(usize, usize); 4] = [(10, 1), (100, 1), (1_000, 1), (1_000, 50)];

/// The largest size, for benchmarks that are fast enough.
const LARGEST: (usize, usize) = (10_000, 500);

#[expect(clippy::expect_used, reason = "what is measured has no errors, as a test says")]
fn generated((services, hosts): (usize, usize)) -> Checked {
    check(deployment(services, hosts), &Default::default()).expect("no errors")
}

/// Runs a benchmark for v15 and for each size. A deployment is only generated if its benchmark runs.
fn each(criterion: &mut Criterion, name: &str, largest: bool, measured: impl Fn(&Checked)) {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10);
    let mut one = |name: &str, make: &dyn Fn() -> Checked| {
        let made = OnceCell::new();
        group.bench_function(name, |bencher| {
            let checked = made.get_or_init(make);
            bencher.iter(|| measured(black_box(checked)));
        });
    };
    one("v15", &v15::v15);
    for size @ (services, hosts) in SIZES.into_iter().chain(largest.then_some(LARGEST)) {
        one(&format!("{services} services on {hosts}"), &|| generated(size));
    }
}

/// Measures every rule except those of the prover.
fn rules_alone(criterion: &mut Criterion) {
    each(criterion, "rules", true, |checked| {
        let scenarios = checked.facts();
        let others = rules::all().filter(|rule| !rule.id.starts_with('F'));
        black_box(others.flat_map(|rule| rule.findings(checked, &scenarios)).count());
    });
}

/// Measures the whole check: every rule, and the acceptances.
fn check_whole(criterion: &mut Criterion) {
    each(criterion, "check", false, |checked| {
        black_box(check(checked.clone().into(), &Default::default()).is_ok());
    });
}

/// Measures the computation of all possible connections in every option, from the emitted rules.
fn prove(criterion: &mut Criterion) {
    each(criterion, "prove", false, |checked| {
        for scenario in &checked.facts() {
            black_box(Matrix::of(&World::of(scenario), scenario.declared()).sources.len());
        }
    });
}

/// Measures the generation of every file, in memory.
fn emit(criterion: &mut Criterion) {
    each(criterion, "emit", false, |checked| {
        black_box(omni::emit(checked).is_ok());
    });
}

criterion_group!(all, rules_alone, check_whole, prove, emit);
criterion_main!(all);
