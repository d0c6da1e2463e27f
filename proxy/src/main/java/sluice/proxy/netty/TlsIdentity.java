package sluice.proxy.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sluice.config.TlsFiles;

/**
 * What a TLS port proves itself with. Its files may be read again while connections are open: those that come later get what
 * is new.
 */
public final class TlsIdentity {
    // Miners' firmware is old; everything older than this is broken.
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final String TO_PKCS8 = "; make one with openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW";

    private final TlsFiles files;
    private volatile SslContext context;

    /** Throws IOException that names the file and what is wrong with it. */
    public TlsIdentity(TlsFiles files) throws IOException {
        this.files = files;
        this.context = read(files);
    }

    /** Reads the files again. Throws IOException, and goes on with what it has, where they are not good. */
    public void reload() throws IOException {
        context = read(files);
    }

    /** @param workers do the arithmetic of handshakes */
    public SslHandler newHandler(ByteBufAllocator allocator, Executor workers, Duration handshakeTimeout) {
        SslHandler handler = context.newHandler(allocator, workers);
        handler.setHandshakeTimeout(handshakeTimeout.toMillis(), TimeUnit.MILLISECONDS);
        return handler;
    }

    private static SslContext read(TlsFiles files) throws IOException {
        X509Certificate[] chain = certificates(files.certificate());
        PrivateKey key = privateKey(files.key(), chain[0].getPublicKey());
        requirePair(key, chain[0].getPublicKey(), files);
        return SslContextBuilder.forServer(key, chain)
                .sslProvider(SslProvider.JDK)
                .protocols(PROTOCOLS)
                .build();
    }

    private static X509Certificate[] certificates(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            X509Certificate[] chain = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toArray(X509Certificate[]::new);
            if (chain.length == 0) {
                throw new IOException(file + " has no certificate in PEM");
            }
            return chain;
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " is no certificate in PEM: " + e.getMessage(), e);
        }
    }

    private static PrivateKey privateKey(Path file, PublicKey publicKey) throws IOException {
        Matcher key = PKCS8.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (!key.find()) {
            throw new IOException(file + " has no private key in PKCS#8 without a password" + TO_PKCS8);
        }
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(key.group(1));
            return KeyFactory.getInstance(publicKey.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(
                    file + " is not the key of the certificate, which is for " + publicKey.getAlgorithm(), e);
        }
    }

    // Java does not ask whether the two belong together, and every handshake would fail.
    private static void requirePair(PrivateKey key, PublicKey publicKey, TlsFiles files) throws IOException {
        byte[] text = "sluice".getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signature = Signature.getInstance(
                    switch (publicKey.getAlgorithm()) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> publicKey.getAlgorithm();
                    });
            signature.initSign(key);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(text);
            if (!signature.verify(signed)) {
                throw new IOException(files.key() + " is not the key of the certificate in " + files.certificate());
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(files.key() + " is not the key of the certificate in " + files.certificate(), e);
        }
    }
}
