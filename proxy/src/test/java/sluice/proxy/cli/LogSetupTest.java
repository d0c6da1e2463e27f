package sluice.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.config.LogLevel;

class LogSetupTest {
    private final PrintStream realError = System.err;
    private final PrintStream realOut = System.out;
    private final ByteArrayOutputStream standardError = new ByteArrayOutputStream();
    private final ByteArrayOutputStream standardOut = new ByteArrayOutputStream();

    @BeforeEach
    void captureTheStreams() {
        System.setErr(new PrintStream(standardError, true, StandardCharsets.UTF_8));
        System.setOut(new PrintStream(standardOut, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void giveTheStreamsBack() {
        System.setErr(realError);
        System.setOut(realOut);
        LogSetup.use(LogLevel.INFO);
    }

    @Test
    void logsOneLineToStandardErrorAndNoneToStandardOutput() {
        LoggerFactory.getLogger("sluice.Example").info("miner {} connected", "caf\u00e9\nforged\u009b2Jline");

        // Threads that tests before have left may log as well.
        assertThat(standardError.toString(StandardCharsets.UTF_8).lines().filter(line -> line.contains("Example")))
                .singleElement()
                .asString()
                .matches(
                        "\\d{4}-\\d\\d-\\d\\dT[0-9:.]+(Z|[+-]\\d\\d:\\d\\d) INFO  Example - miner caf\u00e9\\?forged\\?2Jline connected");
        assertThat(standardOut.size()).isZero();
    }

    @Test
    void isTheOnlySetUpThatLogbackFinds() {
        Logger root = LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);

        assertThat(((LoggerContext) LoggerFactory.getILoggerFactory())
                        .getLogger(root.getName())
                        .iteratorForAppenders())
                .toIterable()
                .hasSize(1);
    }

    @Test
    void theLevelDecidesAndNettyStaysQuiet() {
        Logger own = LoggerFactory.getLogger("sluice.Example");
        Logger netty = LoggerFactory.getLogger("io.netty.Example");

        LogSetup.use(LogLevel.DEBUG);
        assertThat(own.isDebugEnabled()).isTrue();
        assertThat(netty.isInfoEnabled()).isFalse();
        assertThat(netty.isWarnEnabled()).isTrue();
        LogSetup.use(LogLevel.ERROR);
        assertThat(own.isWarnEnabled()).isFalse();
        assertThat(netty.isWarnEnabled()).isFalse();
        LogSetup.use(LogLevel.TRACE);
        assertThat(netty.isTraceEnabled()).isTrue();
    }
}
