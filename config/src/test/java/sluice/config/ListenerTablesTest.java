package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.config.Configuration.load;
import static sluice.config.Configuration.onlyProblem;
import static sluice.config.Configuration.problems;
import static sluice.config.Configuration.upstream;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ListenerTablesTest {
    /** Five lines. */
    private static final String POOL = upstream("main");

    @Test
    void theDefaultListenerIsTheFirst() {
        GatewayConfig config = load("""
                [[listener]]
                name = "lan2"
                listen_addr = "[::1]:0"

                [stratum_v2]
                listen_addr = "10.0.0.5:3333"
                """ + POOL);

        assertThat(config.listeners())
                .containsExactly(
                        new ListenerConfig("default", new ListenAddress("10.0.0.5", 3333)),
                        new ListenerConfig("lan2", new ListenAddress("::1", 0)));
        assertThat(config.listenAddress()).hasToString("10.0.0.5:3333");
    }

    @Test
    void everyMistakeIsListedAtItsPlace() {
        assertThat(problems(POOL + """
                [[listener]]
                name = "default"
                listen_addr = "0.0.0.0"

                [[listener]]
                name = "b"
                listen_addr = "0.0.0.0:3333"

                [[listener]]
                name = "b"
                listen_adr = "0.0.0.0:3334"

                [[listener]]
                name = "c"
                """))
                .containsExactly(
                        "f:7:1: listener.default.name is the name of stratum_v2.listen_addr;"
                                + " give this one a name of its own",
                        "f:8:1: listener.default.listen_addr has no port; write it as 0.0.0.0:3333",
                        "f:12:1: listener.b.listen_addr is the address of the listener default, too;"
                                + " give each listener an address of its own",
                        "f:15:1: listener.b.name is the name of an earlier [[listener]];"
                                + " give this one a name of its own",
                        "f:16:1: listener.b.listen_adr is no key of Sluice; did you mean listen_addr?",
                        "f:18:1: listener.c.listen_addr is missing;"
                                + " write listen_addr = \"0.0.0.0:3334\", or another address");
    }

    @Test
    void severalListenersMayTakeAFreePort() {
        assertThat(load(POOL + "[stratum_v2]\nlisten_addr = \"127.0.0.1:0\"\n"
                                + "[[listener]]\nname = \"b\"\nlisten_addr = \"127.0.0.1:0\"\n")
                        .listeners())
                .hasSize(2);
    }

    @Test
    void thereAreAtMost8ListenersWithTheDefaultOne() {
        String most = POOL
                + IntStream.rangeClosed(1, ListenerConfig.MAX_LISTENERS - 1)
                        .mapToObj(i ->
                                "[[listener]]\nname = \"l" + i + "\"\nlisten_addr = \"0.0.0.0:" + (4000 + i) + "\"\n")
                        .collect(Collectors.joining());

        assertThat(load(most).listeners()).hasSize(8);
        assertThat(onlyProblem(most + "[[listener]]\nname = \"more\"\nlisten_addr = \"0.0.0.0:4999\"\n"))
                .isEqualTo("f:27:1: listener stands here for the 8th time; write at most 7");
    }
}
