package sluice.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program that asks over HTTP and, where it is asked for a password, shows by a digest that it has one (RFC 7616). */
final class DigestVisitor implements AutoCloseable {
    private static final Pattern CHALLENGE = Pattern.compile(
            "Digest realm=\"(?<realm>[^\"]+)\", qop=\"auth\", algorithm=SHA-256, nonce=\"(?<nonce>[^\"]+)\".*");

    private final HttpClient http = HttpClient.newHttpClient();
    private final InetSocketAddress place;
    private final String user;
    private final String password;

    DigestVisitor(InetSocketAddress place, String user, String password) {
        this.place = place;
        this.user = user;
        this.password = password;
    }

    HttpResponse<String> get(String path) throws Exception {
        HttpResponse<String> first = ask(path, Optional.empty());
        return first.statusCode() == 401 ? ask(path, Optional.of(digest(path, challengeOf(first)))) : first;
    }

    /** Sends this as the header Authorization, or none. */
    HttpResponse<String> ask(String path, Optional<String> authorization) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + place.getPort() + path));
        authorization.ifPresent(value -> request.header("Authorization", value));
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    static Matcher challengeOf(HttpResponse<String> refusal) {
        Matcher challenge = CHALLENGE.matcher(
                refusal.headers().firstValue("WWW-Authenticate").orElse(""));
        assertThat(challenge.matches()).as("%s", refusal.headers()).isTrue();
        return challenge;
    }

    String digest(String path, Matcher challenge) throws NoSuchAlgorithmException {
        String nonce = challenge.group("nonce");
        String who = sha256(user + ":" + challenge.group("realm") + ":" + password);
        String what = sha256("GET:" + path);
        String response = sha256(who + ":" + nonce + ":00000001:0a4f113b:auth:" + what);
        return "Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", qop=auth, algorithm=SHA-256, nc=00000001, cnonce=\"0a4f113b\", response=\"%s\""
                .formatted(user, challenge.group("realm"), nonce, path, response);
    }

    private static String sha256(String text) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    }

    @Override
    public void close() {
        http.close();
    }
}
