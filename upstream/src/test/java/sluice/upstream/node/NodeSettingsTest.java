package sluice.upstream.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeSettingsTest {
    private static NodeSettings settings(String url, String zmq) {
        return new NodeSettings(
                "node", URI.create(url), new NodeCredentials.None(), Optional.of(URI.create(zmq)), Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:8332", "https://node.example/wallet", "HTTP://[::1]:8332/"})
    void aNodeIsAskedOverHttp(String url) {
        assertThat(settings(url, "tcp://127.0.0.1:28332").url()).isEqualTo(URI.create(url));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:8332", "127.0.0.1", "http:8332", "stratum2+tcp://pool:1"})
    void anotherAddressIsRefusedByName(String url) {
        assertThatThrownBy(() -> settings(url, "tcp://127.0.0.1:28332")).hasMessageContaining(url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc://zmq", "tcp://127.0.0.1", "http://127.0.0.1:28332"})
    void aNodePublishesOverTcp(String zmq) {
        assertThatThrownBy(() -> settings("http://127.0.0.1:8332", zmq))
                .hasMessageContaining("tcp://host:port")
                .hasMessageContaining(zmq);
    }
}
