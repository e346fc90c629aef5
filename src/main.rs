//! The command `walras`.

fn main() -> std::process::ExitCode {
    walras::cli::main()
}
