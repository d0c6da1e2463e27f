package sluice.proxy.api.netty;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.config.ApiScope;
import sluice.config.ListenAddress;
import sluice.config.TlsFiles;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.api.ApiCatalogue;
import sluice.proxy.api.ApiMethod;
import sluice.proxy.api.ApiProblem;
import sluice.proxy.api.Caller;
import sluice.proxy.api.CallerProof;
import sluice.proxy.api.Endpoint;
import sluice.proxy.netty.PemIdentity;

class ApiPlacesTest {
    private static final String TO_ANY_NAME =
            "GET /things/a HTTP/1.1\r\nHost: gateway.farm\r\nConnection: close\r\nAuthorization: Bearer "
                    + ServedApi.READER + "\r\n\r\n";
    private static final String TO_LOCALHOST = TO_ANY_NAME.replace("gateway.farm", "localhost");

    @TempDir
    Path directory;

    private Path socket;

    @BeforeEach
    void nameTheSocket() {
        socket = directory.resolve("api.sock");
    }

    private String askSocket(String request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return ask(Channels.newInputStream(channel), Channels.newOutputStream(channel), request);
        }
    }

    private static String ask(InputStream in, OutputStream out, String request) throws IOException {
        out.write(request.getBytes(US_ASCII));
        out.flush();
        return new String(in.readAllBytes(), US_ASCII);
    }

    @Test
    void aUnixSocketIsForItsOwnerAndGroupAndGoneInTheEnd() throws IOException {
        try (ServedApi api = ServedApi.onSocket(socket)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-rw----");
            assertThat(askSocket(TO_LOCALHOST)).startsWith("HTTP/1.1 200").endsWith("{\"said\":\"a\"}");
            assertThat(askSocket(TO_LOCALHOST.replace(ServedApi.READER, "guess")))
                    .startsWith("HTTP/1.1 401");
            assertThat(api.server().address()).isEmpty();
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void aSocketThatADeadProcessLeftIsTakenOverAndNothingElse() throws IOException {
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(socket))
                .close();
        assertThat(socket).exists();
        try (ServedApi api = ServedApi.onSocket(socket)) {
            assertThat(askSocket(TO_LOCALHOST)).startsWith("HTTP/1.1 200");
            assertThatThrownBy(() -> ServedApi.onSocket(socket))
                    .hasMessage("cannot serve the API on " + socket + ": another process does");
            assertThat(api.handled).hasSize(1);
        }
        Files.writeString(socket, "precious");
        assertThatThrownBy(() -> ServedApi.onSocket(socket))
                .hasMessage("cannot serve the API on " + socket + ": something else has that name");
        assertThat(socket).hasContent("precious");
    }

    @Test
    void overTlsTheCertificateSaysWhomACallerMeans() throws Exception {
        TlsFiles files = new TlsFiles(directory.resolve("api.crt"), directory.resolve("api.key"));
        PemIdentity.make("EC", directory).write(files);
        try (ServedApi api = ServedApi.overTls(files);
                Socket tcp =
                        new Socket(api.address().getAddress(), api.address().getPort());
                Socket tls = PemIdentity.client(tcp)) {
            assertThat(ask(tls.getInputStream(), tls.getOutputStream(), TO_ANY_NAME))
                    .startsWith("HTTP/1.1 200")
                    .endsWith("{\"said\":\"a\"}");
            try (RawCaller plain = api.caller()) {
                assertThat(plain.tries(TO_ANY_NAME).hearsAll()).doesNotContain("HTTP/1.1");
            }
        }
    }

    @Test
    void aCertificateIsReadAgainForThoseWhoComeLaterAndABadOneIsNotTaken() throws Exception {
        TlsFiles files = new TlsFiles(directory.resolve("api.crt"), directory.resolve("api.key"));
        PemIdentity.make("EC", directory).write(files);
        try (ServedApi api = ServedApi.overTls(files)) {
            Certificate first = shownBy(api);

            PemIdentity.make("RSA", directory).write(files);
            assertThat(shownBy(api)).isEqualTo(first);
            assertThat(api.server().reloadCertificate()).isEmpty();
            Certificate second = shownBy(api);
            assertThat(second).isNotEqualTo(first);

            Files.writeString(files.key(), "no key");
            assertThat(api.server().reloadCertificate()).get().asString().contains("api.key");
            assertThat(shownBy(api)).isEqualTo(second);
        }
    }

    private static Certificate shownBy(ServedApi api) throws Exception {
        return shownAt(api.address());
    }

    private static Certificate shownAt(InetSocketAddress place) throws Exception {
        try (Socket tcp = new Socket(place.getAddress(), place.getPort());
                SSLSocket tls = PemIdentity.client(tcp)) {
            tls.startHandshake();
            return tls.getSession().getPeerCertificates()[0];
        }
    }

    private static InetSocketAddress furtherPort(ServedApi api, Optional<TlsFiles> tls) throws IOException {
        Endpoint theirs = Endpoint.of(ApiMethod.GET, "/theirs", ApiScope.READ)
                .answers(
                        ServedApi.Echo.class,
                        request -> CompletableFuture.completedFuture(
                                ApiAnswer.ok(new ServedApi.Echo(request.caller().name()))));
        Caller guest = new Caller("guest", Optional.of(ApiScope.READ));
        CallerProof passwords = (head, now) -> head.authorization().equals(Optional.of("Password guest"))
                ? new CallerProof.Shown.Known(guest)
                : new CallerProof.Shown.Unknown(ApiProblem.of(401, "no-guest", "Who are you?", "say so"), Map.of());
        return api.server().open(new ListenAddress("127.0.0.1", 0), tls, new ApiCatalogue(List.of(theirs)), passwords);
    }

    @Test
    void aFurtherPortHasPathsAndCallersOfItsOwn() throws IOException {
        try (ServedApi api = ServedApi.onPort(ServedApi.IN_NO_HURRY)) {
            InetSocketAddress further = furtherPort(api, Optional.empty());
            String request = "GET /theirs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: ";

            assertThat(askPort(further, request + "Password guest\r\n\r\n")).endsWith("{\"said\":\"guest\"}");
            assertThat(askPort(further, request + "Bearer " + ServedApi.READER + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 401");
            assertThat(askPort(further, TO_LOCALHOST)).startsWith("HTTP/1.1 404");
            assertThat(askPort(api.address(), request + "Password guest\r\n\r\n"))
                    .startsWith("HTTP/1.1 404");
            assertThat(api.address()).isNotEqualTo(further);
            assertThat(api.refused("no-guest")).isEqualTo(1);
        }
    }

    private static String askPort(InetSocketAddress place, String request) throws IOException {
        try (Socket tcp = new Socket(place.getAddress(), place.getPort())) {
            return ask(tcp.getInputStream(), tcp.getOutputStream(), request);
        }
    }

    @Test
    void aFurtherPortReadsItsCertificateAgainWithTheOthers() throws Exception {
        TlsFiles files = new TlsFiles(directory.resolve("api.crt"), directory.resolve("api.key"));
        PemIdentity.make("EC", directory).write(files);
        try (ServedApi api = ServedApi.onPort(ServedApi.IN_NO_HURRY)) {
            InetSocketAddress further = furtherPort(api, Optional.of(files));
            Certificate first = shownAt(further);

            PemIdentity.make("RSA", directory).write(files);
            assertThat(api.server().reloadCertificate()).isEmpty();
            assertThat(shownAt(further)).isNotEqualTo(first);
        }
    }

    @Test
    void aPortWithoutACertificateHasNoneToReadAgain() throws IOException {
        try (ServedApi api = ServedApi.onPort(ServedApi.IN_NO_HURRY)) {
            assertThat(api.server().reloadCertificate()).isEmpty();
        }
    }

    @Test
    void aPlaceThatCannotBeHadIsNamed() throws IOException {
        assertThatThrownBy(
                        () -> ServedApi.overTls(new TlsFiles(directory.resolve("no.crt"), directory.resolve("no.key"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no.crt");
        Path nowhere = directory.resolve("no/such/api.sock");
        assertThatThrownBy(() -> ServedApi.onSocket(nowhere))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot serve the API on " + nowhere);
    }
}
