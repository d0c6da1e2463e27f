package sluice.proxy.api.miningos;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Somebody who knows a password and proves it as RFC 7616 says. */
final class DigestCaller {
    private static final Pattern NONCE = Pattern.compile("nonce=\"([^\"]+)\"");
    private static final String CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

    private final String user;
    private final String password;

    DigestCaller(String user, String password) {
        this.user = user;
        this.password = password;
    }

    static String nonce(String challenge) {
        Matcher nonce = NONCE.matcher(challenge);
        if (!nonce.find()) {
            throw new AssertionError("no nonce in " + challenge);
        }
        return nonce.group(1);
    }

    /** The header Authorization for the {@code count}th use of a nonce. */
    String header(String method, String uri, String nonce, int count) {
        DigestCredentials asked = new DigestCredentials(
                user,
                DigestProof.REALM,
                nonce,
                uri,
                "",
                DigestProof.ALGORITHM,
                "auth",
                CNONCE,
                "%08x".formatted(count));
        return "Digest username=\"" + user + "\", realm=\"" + asked.realm() + "\", uri=\"" + uri
                + "\", algorithm=SHA-256, nonce=\"" + nonce + "\", nc=" + asked.nc() + ", cnonce=\"" + CNONCE
                + "\", qop=auth, response=\""
                + DigestProof.response(DigestProof.secret(user, asked.realm(), password), asked, method) + "\"";
    }

    Optional<String> get(String uri, String nonce, int count) {
        return Optional.of(header("GET", uri, nonce, count));
    }
}
