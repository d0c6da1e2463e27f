package sluice.proxy.netty;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import sluice.config.TlsFiles;

/** A key and a certificate for it that nobody else vouches for, made by the JDK's keytool, and clients for it. */
public final class PemIdentity {
    private static final char[] PASSWORD = "for this test".toCharArray();
    private static final String ALIAS = "gateway";

    private final KeyStore keys;

    private PemIdentity(KeyStore keys) {
        this.keys = keys;
    }

    /** @param algorithm {@code EC} or {@code RSA} */
    public static PemIdentity make(String algorithm, Path directory) throws Exception {
        Path file = Files.createTempDirectory(directory, "keys").resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=Gateway of this test",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool failed: " + said);
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        return new PemIdentity(keys);
    }

    public void write(TlsFiles files) throws GeneralSecurityException, IOException {
        Files.writeString(
                files.certificate(),
                pem("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded()));
        Files.writeString(
                files.key(), pem("PRIVATE KEY", keys.getKey(ALIAS, PASSWORD).getEncoded()));
    }

    private static String pem(String label, byte[] bytes) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + label
                + "-----\n";
    }

    /** The client's end of TLS on a socket, for a client that trusts everybody. */
    public static SSLSocket client(Socket socket) throws Exception {
        X509TrustManager trusting = new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type) {}

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        };
        return client(socket, new TrustManager[] {trusting});
    }

    /** The same for a client that trusts those only that this machine's Java trusts. */
    static SSLSocket distrustingClient(Socket socket) throws Exception {
        return client(socket, null);
    }

    private static SSLSocket client(Socket socket, TrustManager[] trust) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust, null);
        return (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
    }
}
