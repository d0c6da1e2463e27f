package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.config.Configuration.load;
import static sluice.config.Configuration.onlyProblem;
import static sluice.config.Configuration.problems;
import static sluice.config.Configuration.upstream;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
                name = "a"
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
                        "f:8:1: listener.a.listen_addr has no port; write it as 0.0.0.0:3333",
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

    @Test
    void aListenerCalledDefaultIsThePortOfListenAddr() {
        GatewayConfig config = load(POOL + """
                [[listener]]
                name = "lan2"
                listen_addr = "0.0.0.0:3334"
                allow = ["10.0.1.0/24", "2001:db8::/32"]

                [[listener]]
                name = "default"
                deny = ["10.0.0.7"]

                [stratum_v2]
                listen_addr = "10.0.0.5:3333"
                """);

        assertThat(config.listeners())
                .containsExactly(
                        new ListenerConfig("default", new ListenAddress("10.0.0.5", 3333))
                                .withFilter(new AddressFilter(List.of(), ranges("10.0.0.7"))),
                        new ListenerConfig("lan2", new ListenAddress("0.0.0.0", 3334))
                                .withFilter(new AddressFilter(ranges("10.0.1.0/24", "2001:db8::/32"), List.of())));
    }

    @Test
    void itsAddressMayStandInEitherPlaceAndNotInBoth() {
        String table = POOL + "[[listener]]\nname = \"default\"\nlisten_addr = \"10.0.0.5:4444\"\n";

        assertThat(load(table).listenAddress()).hasToString("10.0.0.5:4444");
        assertThat(onlyProblem(table + "[stratum_v2]\nlisten_addr = \"10.0.0.5:3333\"\n"))
                .isEqualTo("f:8:1: listener.default.listen_addr stands beside stratum_v2.listen_addr;"
                        + " keep one of the two");
        assertThat(onlyProblem(table + "[[listener]]\nname = \"b\"\nlisten_addr = \"10.0.0.5:4444\"\n"))
                .startsWith("f:11:1: listener.b.listen_addr is the address of the listener default, too;");
        assertThat(onlyProblem(table + "[[listener]]\nname = \"default\"\nlisten_addr = \"10.0.0.5:4445\"\n"))
                .startsWith("f:10:1: listener.default.name is the name of an earlier [[listener]];");
    }

    @Test
    void withATableForTheDefaultListenerThereMayBeOneMore() {
        String most = POOL
                + "[[listener]]\nname = \"default\"\n"
                + IntStream.range(1, ListenerConfig.MAX_LISTENERS)
                        .mapToObj(i ->
                                "[[listener]]\nname = \"l" + i + "\"\nlisten_addr = \"0.0.0.0:" + (4000 + i) + "\"\n")
                        .collect(Collectors.joining());

        assertThat(load(most).listeners()).hasSize(ListenerConfig.MAX_LISTENERS);
        assertThat(onlyProblem(most + "[[listener]]\nname = \"more\"\nlisten_addr = \"0.0.0.0:4999\"\n"))
                .endsWith("listener stands here for the 9th time; write at most 8");
    }

    @Test
    void tlsTakesACertificateAndItsKey() {
        String table = POOL + "[[listener]]\nname = \"default\"\ntls_certificate = \"tls/gateway.crt\"\n";

        assertThat(load(table + "tls_key = \"/etc/ssl/gateway.key\"\n")
                        .listeners()
                        .getFirst()
                        .tls())
                .contains(new TlsFiles(Path.of("/etc/sluice/tls/gateway.crt"), Path.of("/etc/ssl/gateway.key")));
        assertThat(onlyProblem(table))
                .isEqualTo("f:6:1: listener.default.tls_key is missing;"
                        + " write tls_key = \"gateway.key\" beside tls_certificate");
        assertThat(onlyProblem(table + "tls_key = \"absent.pem\"\n"))
                .isEqualTo("f:9:1: listener.default.tls_key names /etc/sluice/absent.pem, which is not there or cannot"
                        + " be read; write the path of a PEM file that this user may read");
    }

    @Test
    void loadBalancersAreNamedWhereTheySayWhoConnects() {
        String table = POOL + "[[listener]]\nname = \"default\"\n";

        assertThat(load(table + "proxy_protocol = true\nproxies = [\"10.0.0.2\", \"10.0.0.3\"]\n")
                        .listeners()
                        .getFirst()
                        .proxies())
                .isEqualTo(ranges("10.0.0.2", "10.0.0.3"));
        assertThat(onlyProblem(table + "proxy_protocol = true\n"))
                .isEqualTo("f:6:1: listener.default.proxies is missing;"
                        + " write the addresses of the load balancers, such as proxies = [\"10.0.0.2\"]");
        assertThat(onlyProblem(table + "proxies = [\"10.0.0.2\"]\n"))
                .isEqualTo("f:8:1: listener.default.proxies stands without proxy_protocol = true;"
                        + " write proxy_protocol = true, or remove it");
    }

    @Test
    void theListsAreBounded() {
        String table = POOL + "[[listener]]\nname = \"default\"\n";

        assertThat(load(table + "deny = " + addresses(AddressFilter.MAX_ENTRIES))
                        .listeners())
                .hasSize(1);
        assertThat(onlyProblem(table + "deny = " + addresses(AddressFilter.MAX_ENTRIES + 1)))
                .endsWith("listener.default.deny has 257 entries; write at most 256");
        String proxies = table + "proxy_protocol = true\nproxies = ";
        assertThat(load(proxies + addresses(ListenerConfig.MAX_PROXIES)).listeners())
                .hasSize(1);
        assertThat(onlyProblem(proxies + addresses(ListenerConfig.MAX_PROXIES + 1)))
                .endsWith("listener.default.proxies has 65 entries; write at most 64");
    }

    private static String addresses(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"10.0." + i / 256 + "." + i % 256 + "\"")
                .collect(Collectors.joining(", ", "[", "]\n"));
    }

    private static List<AddressRange> ranges(String... texts) {
        return Stream.of(texts).map(AddressRange::parse).toList();
    }
}
