package sluice.proxy.cli;

/** What the process tells the shell; docs/OPERATING.md and every help text list them. */
final class ExitCode {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int INVALID_CONFIGURATION = 3;

    private ExitCode() {}
}
