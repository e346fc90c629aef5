//! Worked examples as text: a script in, what happens out.
//!
//! The market rules' own examples stand in `examples.txt`, whose head says how it reads; corners that
//! random scripts found in `corners.txt`. Each is held against the oracle here, and against the
//! simulator by the tests of rules.

use super::{Script, bill};
use crate::outcome::Outcome;

/// A worked example.
pub(crate) struct Case<'a> {
    pub(crate) name: &'a str,
    /// The script, without what goes without saying.
    script: &'a str,
    /// What [`crate::outcome::Outcome::brief`] says of it.
    says: &'a str,
}

impl<'a> Case<'a> {
    /// The examples of the market rules.
    pub(crate) fn examples() -> Vec<Case<'static>> {
        Case::read(include_str!("examples.txt"))
    }

    /// Corners of the rules, kept from random scripts.
    pub(crate) fn corners() -> Vec<Case<'static>> {
        Case::read(include_str!("corners.txt"))
    }

    /// Savings plans.
    pub(crate) fn plans() -> Vec<Case<'static>> {
        Case::read(include_str!("plans.txt"))
    }

    /// Reads a file of examples.
    pub(crate) fn read(text: &'a str) -> Vec<Self> {
        let cases = text.split("\n=== ").skip(1);
        cases
            .map(|case| {
                let (name, rest) = case.split_once('\n').expect("a name, then a script");
                let (script, says) = rest.split_once("---\n").expect("a script, then what happens");
                Case { name, script, says }
            })
            .collect()
    }

    /// The script with what goes without saying.
    pub(crate) fn script(&self) -> Script {
        let mut text = String::new();
        for (word, line) in [
            ("horizon ", "horizon 5000\n"),
            ("host ", "host h\n"),
            ("account ", "account a balance=1000\n"),
        ] {
            if !self.script.lines().any(|line| line.starts_with(word)) {
                text.push_str(line);
            }
        }
        Script::parse(&(text + self.script))
    }

    /// What happens, as far as the example tells it: balances only if it tells any.
    fn told(&self, brief: &str) -> String {
        let balances = self.says.contains(" has ");
        let lines = brief.lines().filter(|line| balances || !line.contains(" has "));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Holds what runs come to against what the examples say, and shows every one that differs.
    pub(crate) fn check_all(cases: &[Case<'_>], run: impl Fn(&Case<'_>) -> Outcome) {
        let mut wrong = String::new();
        for case in cases {
            let (told, says) = (case.told(&run(case).brief()), case.says.trim_end());
            if told != says {
                let Case { name, script, .. } = case;
                wrong +=
                    &format!("=== {name}\n{script}---\n{says}\n--- but it came to\n{told}\n\n");
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }
}

#[test]
fn the_oracle_reproduces_the_worked_examples() {
    Case::check_all(&Case::examples(), |case| bill(&case.script()));
    Case::check_all(&Case::corners(), |case| bill(&case.script()));
    Case::check_all(&Case::plans(), |case| bill(&case.script()));
}

/// A script reads back as it prints.
#[test]
fn scripts_print_as_they_read() {
    for case in Case::examples().into_iter().chain(Case::corners()).chain(Case::plans()) {
        let script = case.script();
        assert_eq!(Script::parse(&script.to_string()), script, "{}", case.name);
    }
}
