//! The series that a PromQL expression reads.

use std::fmt;

use promql_parser::{
    label::{MatchOp, Matchers},
    parser::{BinaryExpr, Expr, MatrixSelector, NumberLiteral, VectorSelector, parse, token},
    util::{ExprVisitor, walk_expr},
};

/// A selector of series: a metric, and what its labels must match.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selector {
    /// Name of the metric. `None` if only labels are given.
    pub metric: Option<String>,
    /// The labels that it names, each with the value that it must have if that is a single one.
    pub labels: Vec<(String, Option<String>)>,
}

impl Selector {
    /// Selects the series of a metric whose labels have these values.
    pub(crate) fn new(metric: &str, labels: &[(&str, &str)]) -> Self {
        let label = |(name, value): &(&str, &str)| ((*name).to_owned(), Some((*value).to_owned()));
        Self { metric: Some(metric.to_owned()), labels: labels.iter().map(label).collect() }
    }

    /// The single value that a label must have.
    pub fn value(&self, label: &str) -> Option<&str> {
        self.labels.iter().find(|(name, _)| name == label)?.1.as_deref()
    }
}

/// The selectors of an expression, in their order.
///
/// # Errors
/// If the expression is not valid PromQL: the message of the parser.
pub fn selectors(expression: &str) -> Result<Vec<Selector>, String> {
    let mut read = Read(Vec::new());
    let Ok(_) = walk_expr(&mut read, &parse(expression)?);
    Ok(read.0)
}

struct Read(Vec<Selector>);

impl ExprVisitor for Read {
    type Error = std::convert::Infallible;

    fn pre_visit(&mut self, expr: &Expr) -> Result<bool, Self::Error> {
        if let Expr::VectorSelector(vector) | Expr::MatrixSelector(MatrixSelector { vs: vector, .. }) = expr {
            self.0.push(selector(vector));
        }
        Ok(true)
    }
}

/// The selectors that are compared with a number such that the comparison holds at zero: `up == 0`, `min by (job) (up) < 1`. An
/// expression that is not valid PromQL has none.
pub(crate) fn compared_with_zero(expression: &str) -> Vec<VectorSelector> {
    let mut zeros = Zeros(Vec::new());
    if let Ok(expression) = parse(expression) {
        let Ok(_) = walk_expr(&mut zeros, &expression);
    }
    zeros.0
}

struct Zeros(Vec<VectorSelector>);

impl ExprVisitor for Zeros {
    type Error = std::convert::Infallible;

    fn pre_visit(&mut self, expr: &Expr) -> Result<bool, Self::Error> {
        if let Expr::Binary(BinaryExpr { op, lhs, rhs, .. }) = expr {
            let zero = |series: &Expr, number: &Expr, holds: fn(f64, f64, token::TokenId) -> bool| {
                let Expr::NumberLiteral(NumberLiteral { val }) = number else { return None };
                instant(series).filter(|_| holds(0.0, *val, op.id())).cloned()
            };
            let left = zero(lhs, rhs, |zero, number, op| holds(zero, op, number));
            let right = zero(rhs, lhs, |zero, number, op| holds(number, op, zero));
            self.0.extend(left.or(right));
        }
        Ok(true)
    }
}

/// The selector whose values an expression has, alone or aggregated.
fn instant(expr: &Expr) -> Option<&VectorSelector> {
    match expr {
        Expr::VectorSelector(vector) => Some(vector),
        Expr::Paren(inner) => instant(&inner.expr),
        Expr::Aggregate(aggregate) => instant(&aggregate.expr),
        _ => None,
    }
}

/// Whether a comparison holds.
#[expect(clippy::float_cmp, reason = "PromQL compares its numbers exactly")]
fn holds(left: f64, op: token::TokenId, right: f64) -> bool {
    match op {
        token::T_EQLC => left == right,
        token::T_NEQ => left != right,
        token::T_LSS => left < right,
        token::T_LTE => left <= right,
        token::T_GTR => left > right,
        token::T_GTE => left >= right,
        _ => false,
    }
}

fn selector(vector: &VectorSelector) -> Selector {
    let Matchers { matchers, or_matchers } = &vector.matchers;
    let mut metric = vector.name.clone();
    let mut labels = Vec::new();
    for matcher in matchers.iter().chain(or_matchers.iter().flatten()) {
        let value = (matcher.op == MatchOp::Equal && or_matchers.is_empty()).then(|| matcher.value.clone());
        if matcher.name == "__name__" {
            metric = metric.or(value);
        } else {
            labels.push((matcher.name.clone(), value));
        }
    }
    Selector { metric, labels }
}

/// As in PromQL. Labels without a single value are left out.
impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.metric.as_deref().unwrap_or_default())?;
        let labels =
            self.labels.iter().filter_map(|(name, value)| Some(format!("{name}={:?}", value.as_ref()?)));
        let labels: Vec<_> = labels.collect();
        if labels.is_empty() { Ok(()) } else { write!(f, "{{{}}}", labels.join(",")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_selector_is_found() {
        let found = selectors(
            r#"sum by (job) (rate(a{x="1"}[5m])) / ignoring(y) b{y=~"2|3"} > 0.5 or absent({__name__="c"}) or vector(1)"#,
        );
        let label = |name: &str, value: Option<&str>| (name.to_owned(), value.map(str::to_owned));
        let selector = |metric: &str, labels| Selector { metric: Some(metric.to_owned()), labels };
        assert_eq!(
            found.unwrap(),
            [
                selector("a", vec![label("x", Some("1"))]),
                selector("b", vec![label("y", None)]),
                selector("c", vec![]),
            ]
        );
        assert_eq!(selectors("max_over_time(rate(a[1m])[5m:])").unwrap().len(), 1);
        assert!(selectors("rate(a").is_err());
    }

    #[test]
    fn what_holds_at_zero_is_found() {
        let zeros = |text: &str| {
            let found = compared_with_zero(text);
            found.into_iter().map(|vector| vector.name.unwrap_or_default()).collect::<Vec<_>>()
        };
        for text in
            ["up == 0", "up < 1", "up <= 0", "up != 1", "0 == up", "1 > (up)", "min by (job) (up) == 0"]
        {
            assert_eq!(zeros(text), ["up"], "{text}");
        }
        assert_eq!(zeros("(up == 0 or b < 0.5) and on (job) c > 0"), ["up", "b"]);
        for text in [
            "up == 1",
            "up > 0",
            "up == up",
            "max_over_time(up[5m]) == 0",
            "changes(up[5m]) > 2",
            "up ==",
            "up",
        ] {
            assert!(zeros(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn series_are_written_as_promql() {
        assert_eq!(Selector::new("up", &[]).to_string(), "up");
        let up = Selector::new("up", &[("job", "a"), ("host", "b")]);
        assert_eq!(up.to_string(), r#"up{job="a",host="b"}"#);
        assert_eq!(selectors(&up.to_string()).unwrap(), [up]);
    }
}
