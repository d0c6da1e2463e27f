package sluice.proxy.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.config.LogLevel;

/** Sends the log to standard error, one line an event. Found by logback as a service: reading XML would cost 0.4 s of start-up. */
public final class LogSetup extends ContextAwareBase implements Configurator {
    /** Names that miners send end up in messages: a line break in one must not forge a second line. */
    private static final String PATTERN =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} - %replace(%msg){'\\p{Cc}', '?'}%n%ex";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setPattern(PATTERN);
        encoder.start();
        ConsoleAppender<ILoggingEvent> standardError = new ConsoleAppender<>();
        standardError.setContext(context);
        standardError.setTarget("System.err");
        standardError.setEncoder(encoder);
        standardError.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(standardError);
        apply(context, LogLevel.INFO);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** What is logged from now on. Netty's own details are not an operator's concern below TRACE. */
    static void use(LogLevel level) {
        apply((LoggerContext) LoggerFactory.getILoggerFactory(), level);
    }

    /** What is logged now. */
    static LogLevel level() {
        return LogLevel.valueOf(((LoggerContext) LoggerFactory.getILoggerFactory())
                .getLogger(Logger.ROOT_LOGGER_NAME)
                .getLevel()
                .toString());
    }

    private static void apply(LoggerContext context, LogLevel level) {
        Level root = Level.valueOf(level.name());
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(root);
        context.getLogger("io.netty").setLevel(level == LogLevel.TRACE || level == LogLevel.ERROR ? root : Level.WARN);
    }
}
