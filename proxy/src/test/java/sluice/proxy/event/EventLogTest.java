package sluice.proxy.event;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.profile.MinerProfile;
import sluice.proxy.mining.profile.ProfileTables;

class EventLogTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000L);

    private final Logger logger = (Logger) LoggerFactory.getLogger("sluice.EventLogTest");
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();
    private final EventLog log = new EventLog("EventLogTest");
    private final MinerProfile bitaxe = ProfileTables.book("").of(MinerOrigin.LOCAL, "farm.b1", "bitaxe/BM1366/v2.4.0");

    @BeforeEach
    void listen() {
        written.start();
        logger.addAppender(written);
        logger.setLevel(Level.DEBUG);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(written);
        logger.setLevel(null);
    }

    private GatewayEvent.MinerProfiled profiled(long connection, String userAgent) {
        return new GatewayEvent.MinerProfiled(NOW, connection, 1, "farm.b1", userAgent, bitaxe);
    }

    private List<String> at(Level level) {
        return written.list.stream()
                .filter(event -> event.getLevel().equals(level))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    void aKindOfMachineIsToldOfOnceWithItsProfilesAndWhatTheyComeTo() {
        log.on(profiled(7, "bitaxe/BM1366/v2.4.0"));
        log.on(profiled(8, "bitaxe/BM1366/v2.4.0"));

        assertThat(at(Level.INFO))
                .containsExactly("connection=7 channelId=1 profiles=builtin.esp-miner userIdentity=farm.b1"
                        + " userAgent=\"bitaxe/BM1366/v2.4.0\" min_difficulty=1 difficulty_form=integer"
                        + " coinbase_budget=6500");
        assertThat(at(Level.DEBUG)).hasSize(1);
    }

    @Test
    void aCoinbaseThatIsTooLargeIsAWarningOncePerProfile() {
        log.on(new GatewayEvent.CoinbaseBeyondBudget(NOW, 7, 1, bitaxe, 7000));
        log.on(new GatewayEvent.CoinbaseBeyondBudget(NOW, 8, 1, bitaxe, 7000));

        assertThat(at(Level.WARN))
                .containsExactly(
                        "connection=7 channelId=1 a coinbase of 7000 bytes is more than these machines are known"
                                + " to take profiles=builtin.esp-miner coinbase_budget=6500");
        assertThat(at(Level.DEBUG)).hasSize(1);
    }

    @Test
    void beyondSoManyKindsOfMachinesTheRestIsForTheDebugLevel() {
        for (int kind = 0; kind < EventLog.MAX_TOLD + 1; kind++) {
            log.on(profiled(kind, "bitaxe/" + kind));
        }

        assertThat(at(Level.INFO)).hasSize(EventLog.MAX_TOLD);
        assertThat(at(Level.DEBUG)).hasSize(1);
    }
}
