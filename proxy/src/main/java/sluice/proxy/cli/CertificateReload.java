package sluice.proxy.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.config.GatewayConfig;
import sluice.config.MiningOsConfig;

/** Has the certificates of the ports that speak TLS read again, and says in the log what came of it. */
final class CertificateReload {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateReload.class);

    private final Supplier<Map<String, String>> ports;
    private final Supplier<Optional<String>> api;

    /**
     * @param ports reads the files, and returns by its name each port of miners that goes on with what it has, with the reason
     * @param api the same of the API
     */
    CertificateReload(Supplier<Map<String, String>> ports, Supplier<Optional<String>> api) {
        this.ports = ports;
        this.api = api;
    }

    /** The files that the ports of {@code config} read. */
    static List<Path> files(GatewayConfig config) {
        return Stream.of(
                        config.listeners().stream().flatMap(listener -> listener.tls().stream()),
                        config.api().tls().stream(),
                        config.miningOs().flatMap(MiningOsConfig::tls).stream())
                .flatMap(ports -> ports)
                .flatMap(tls -> Stream.of(tls.certificate(), tls.key()))
                .distinct()
                .toList();
    }

    void read() {
        Map<String, String> failures = ports.get();
        failures.forEach(
                (port, reason) -> LOG.error("listener={} goes on with the certificate that it has: {}", port, reason));
        Optional<String> ofApi = api.get();
        ofApi.ifPresent(reason -> LOG.error("the API goes on with the certificate that it has: {}", reason));
        if (failures.isEmpty() && ofApi.isEmpty()) {
            LOG.info("certificates read again, for connections that come from now on");
        }
    }
}
