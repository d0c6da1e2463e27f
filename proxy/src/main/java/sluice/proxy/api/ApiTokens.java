package sluice.proxy.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.config.ApiTokenConfig;

/** Who may call: knows tokens by their hashes only. How long an answer takes says nothing of how near a guess was. */
public final class ApiTokens implements CallerProof {
    /** Random bytes of a token: it cannot be guessed, so its hash needs no salt and no slowness. */
    public static final int TOKEN_BYTES = 32;

    private static final String PREFIX = "sluice_";
    private static final String BEARER = "bearer ";
    private static final String CHALLENGE_HEADER = "WWW-Authenticate";
    private static final String CHALLENGE = "Bearer realm=\"sluice\"";

    private final List<Known> known = new ArrayList<>();

    private record Known(byte[] sha256, Caller caller) {}

    public ApiTokens(List<ApiTokenConfig> tokens) {
        for (ApiTokenConfig token : tokens) {
            known.add(new Known(
                    HexFormat.of().parseHex(token.sha256()), new Caller(token.name(), Optional.of(token.scope()))));
        }
    }

    @Override
    public Shown of(RequestHead head, Instant now) {
        Optional<Caller> caller = head.authorization()
                .filter(text -> text.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .flatMap(text -> callerOf(text.substring(BEARER.length()).strip()));
        return caller.<Shown>map(Shown.Known::new)
                .orElseGet(() -> new Shown.Unknown(
                        ApiProblem.of(
                                401,
                                "no-token",
                                "Who are you?",
                                head.authorization().isEmpty()
                                        ? "send the header Authorization: Bearer and a token; sluice token makes one"
                                        : "this is no token of the gateway; sluice token makes one"),
                        Map.of(CHALLENGE_HEADER, CHALLENGE)));
    }

    @Override
    public Map<String, String> onWrongScope() {
        return Map.of(CHALLENGE_HEADER, CHALLENGE + ", error=\"insufficient_scope\"");
    }

    /** Whose token this is; empty: nobody's. */
    Optional<Caller> callerOf(String token) {
        byte[] given = hash(token);
        Caller caller = null;
        for (Known one : known) {
            // All are compared, wherever the right one stands.
            if (MessageDigest.isEqual(one.sha256(), given)) {
                caller = one.caller();
            }
        }
        return Optional.ofNullable(caller);
    }

    /** The token made of these random bytes. */
    public static String of(byte[] random) {
        if (random.length != TOKEN_BYTES) {
            throw new IllegalArgumentException("a token has " + TOKEN_BYTES + " random bytes");
        }
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    /** What the configuration holds of a token. */
    public static String sha256(String token) {
        return HexFormat.of().formatHex(hash(token));
    }

    private static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
