package sluice.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class CertificateReloadTest {
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(CertificateReload.class);

    @BeforeEach
    void listen() {
        // A command that ran before in this process may have set another for all.
        logger.setLevel(Level.INFO);
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    @Test
    void saysWhichPortGoesOnWithWhatItHasAndWhy() {
        new CertificateReload(() -> Map.of("tls", "gateway.key is not the key"), () -> Optional.of("api.crt is gone"))
                .read();

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "listener=tls goes on with the certificate that it has: gateway.key is not the key",
                        "the API goes on with the certificate that it has: api.crt is gone");
    }

    @Test
    void saysThatAllWasReadAgain() {
        new CertificateReload(Map::of, Optional::empty).read();

        assertThat(log.list)
                .singleElement()
                .satisfies(line -> assertThat(line.getFormattedMessage()).startsWith("certificates read again"));
    }
}
