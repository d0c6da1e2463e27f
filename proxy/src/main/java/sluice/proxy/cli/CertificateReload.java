package sluice.proxy.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.config.GatewayConfig;

/** Has the certificates of the ports that speak TLS read again, and says in the log what came of it. */
final class CertificateReload {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateReload.class);

    private final Supplier<Map<String, String>> ports;

    /** @param ports reads the files, and returns by its name each port that goes on with what it has, with the reason */
    CertificateReload(Supplier<Map<String, String>> ports) {
        this.ports = ports;
    }

    /** The files that the ports of {@code config} read. */
    static List<Path> files(GatewayConfig config) {
        return config.listeners().stream()
                .flatMap(listener -> listener.tls().stream())
                .flatMap(tls -> Stream.of(tls.certificate(), tls.key()))
                .distinct()
                .toList();
    }

    void read() {
        Map<String, String> failures = ports.get();
        failures.forEach(
                (port, reason) -> LOG.error("listener={} goes on with the certificate that it has: {}", port, reason));
        if (failures.isEmpty()) {
            LOG.info("certificates read again, for connections that come from now on");
        }
    }
}
