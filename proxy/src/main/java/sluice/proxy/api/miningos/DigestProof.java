package sluice.proxy.api.miningos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import sluice.config.ApiScope;
import sluice.proxy.api.ApiProblem;
import sluice.proxy.api.Caller;
import sluice.proxy.api.CallerProof;
import sluice.proxy.api.RequestHead;

/**
 * Knows one caller by HTTP's digest (RFC 7616): SHA-256, {@code qop=auth}. The password itself never passes, a digest is good
 * for one request, and how long a refusal takes says nothing of how near a guess was. Confined to the API's loop.
 */
public final class DigestProof implements CallerProof {
    /** Random bytes that it needs. */
    public static final int KEY_BYTES = Nonces.KEY_BYTES;

    static final String REALM = "sluice";
    static final String ALGORITHM = "SHA-256";
    private static final String QOP = "auth";
    private static final Pattern COUNT = Pattern.compile("[0-9a-f]{8}");

    private final String user;
    // Hash of user, realm and password; empty where there is no password and nobody is known.
    private final Optional<String> secret;
    private final Nonces nonces;

    /** @param key random, and new with each start */
    public DigestProof(String user, Optional<String> password, byte[] key) {
        this.user = user;
        this.secret = password.map(text -> secret(user, REALM, text));
        this.nonces = new Nonces(key);
    }

    @Override
    public Shown of(RequestHead head, Instant now) {
        if (secret.isEmpty()) {
            return new Shown.Unknown(
                    ApiProblem.of(
                            403,
                            "no-password",
                            "Nobody may see that",
                            "write password in [miningos] of the gateway's configuration, and the same in the worker's"),
                    Map.of());
        }
        Optional<DigestCredentials> given;
        try {
            given = head.authorization().flatMap(DigestCredentials::parse);
        } catch (IllegalArgumentException malformed) {
            return malformed(malformed.getMessage());
        }
        if (given.isEmpty()) {
            return unknown("no-digest", "this takes the user and the password of [miningos], as a digest", false, now);
        }
        return judge(given.get(), head, now);
    }

    private Shown judge(DigestCredentials given, RequestHead head, Instant now) {
        if (!given.uri().equals(head.target())) {
            return malformed("it is for another path");
        }
        if (!COUNT.matcher(given.nc()).matches()) {
            return malformed("nc is not 8 hexadecimal digits in lower case");
        }
        boolean ours = given.realm().equals(REALM)
                && given.algorithm().equalsIgnoreCase(ALGORITHM)
                && given.qop().equals(QOP);
        String right = response(secret.orElseThrow(), given, head.method());
        // Both are compared, whichever is wrong.
        boolean proved = isSame(right, given.response()) & isSame(user, given.username());
        if (!ours || !proved) {
            return unknown("wrong-digest", "user or password is wrong, or the digest is of another kind", false, now);
        }
        if (!nonces.use(given.nonce(), Long.parseLong(given.nc(), 16), now)) {
            return unknown("stale-digest", "the digest's nonce is too old, or was used before", true, now);
        }
        return new Shown.Known(new Caller(user, Optional.of(ApiScope.READ)));
    }

    /** What is known of a password: enough to check digests of this realm with, and to make them. */
    static String secret(String user, String realm, String password) {
        return sha256(user + ":" + realm + ":" + password);
    }

    /** The one response that is right. */
    static String response(String secret, DigestCredentials given, String method) {
        return sha256(String.join(
                ":",
                secret,
                given.nonce(),
                given.nc(),
                given.cnonce(),
                given.qop(),
                sha256(method + ":" + given.uri())));
    }

    private static Shown malformed(String wrong) {
        return new Shown.Unknown(ApiProblem.of(400, "bad-digest", "The digest is malformed", wrong), Map.of());
    }

    private Shown unknown(String code, String detail, boolean stale, Instant now) {
        return new Shown.Unknown(
                ApiProblem.of(401, code, "Who are you?", detail),
                Map.of(
                        "WWW-Authenticate",
                        "Digest realm=\"" + REALM + "\", qop=\"" + QOP + "\", algorithm=" + ALGORITHM + ", nonce=\""
                                + nonces.issue(now) + "\", charset=UTF-8" + (stale ? ", stale=true" : "")));
    }

    private static boolean isSame(String right, String given) {
        return MessageDigest.isEqual(right.getBytes(UTF_8), given.getBytes(UTF_8));
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
