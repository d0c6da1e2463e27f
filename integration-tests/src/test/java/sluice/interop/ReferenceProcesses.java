package sluice.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/** Starts a test's processes, ends them on every path, and shows what they said where the test fails. */
final class ReferenceProcesses implements TestExecutionExceptionHandler, AfterEachCallback {
    private final List<ReferenceProcess> running = new ArrayList<>();

    /** Starts {@code program} in {@code directory}; skips the test where it is missing. */
    ReferenceProcess start(ReferenceProgram program, Path directory, List<String> arguments) throws IOException {
        ReferenceProcess process = ReferenceProcess.start(program, program.require(), directory, arguments);
        running.add(process);
        return process;
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        if (failure instanceof TestAbortedException || running.isEmpty()) {
            throw failure;
        }
        String reports = running.stream().map(ReferenceProcess::report).collect(Collectors.joining("\n"));
        throw new AssertionError(failure.getMessage() + "\n" + reports, failure);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        running.forEach(ReferenceProcess::close);
        running.clear();
    }
}
