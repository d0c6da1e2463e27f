package sluice.protocol.sv1;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sluice.protocol.Bytes;

/** The {@code result} of an answer, told apart by its JSON shape. */
public sealed interface Sv1Result {
    Sv1Result TRUE = Literal.TRUE;
    Sv1Result FALSE = Literal.FALSE;
    Sv1Result NULL = Literal.NULL;

    /** A JSON literal. */
    enum Literal implements Sv1Result {
        TRUE,
        FALSE,
        NULL
    }

    /** A JSON string: the user agent for {@code client.get_version}, {@code "pong"} for {@code mining.ping}. */
    record Text(String text) implements Sv1Result {}

    /**
     * The answer to {@code mining.subscribe}.
     *
     * @param subscriptions what was subscribed to; informative only
     * @param extranonce1 the fixed part of the extranonce, at most {@value #MAX_EXTRANONCE_SIZE} bytes
     * @param extranonce2Size bytes the miner rolls, at most {@value #MAX_EXTRANONCE_SIZE}
     */
    record Subscribed(List<Subscription> subscriptions, Bytes extranonce1, int extranonce2Size) implements Sv1Result {
        /** Most bytes of either half; SV2 knows no longer extranonce, and a longer one is nonsense in a coinbase. */
        public static final int MAX_EXTRANONCE_SIZE = 32;

        public Subscribed {
            subscriptions = List.copyOf(subscriptions);
            checkExtranonce(extranonce1, extranonce2Size);
        }
    }

    /** One subscription, such as {@code mining.notify} with the server's name for it. */
    record Subscription(String method, String name) {}

    /**
     * The answer to {@code mining.configure} (BIP310): one entry for each extension asked for.
     *
     * @param granted extension code to verdict, in the order of the request
     * @param versionRollingMask bits the miner may roll; 0 exactly where version rolling is not granted, because
     *     firmware that reads only the mask would roll nothing and believe it was granted
     */
    record Configured(Map<String, Boolean> granted, long versionRollingMask) implements Sv1Result {
        public Configured {
            granted = Collections.unmodifiableMap(new LinkedHashMap<>(granted));
            boolean rolling = Boolean.TRUE.equals(granted.get(Sv1ClientMessage.Configure.VERSION_ROLLING));
            if (rolling != (versionRollingMask != 0)) {
                throw new IllegalArgumentException(
                        "a version mask goes with granted version rolling, and only with it");
            }
        }

        public boolean isGranted(String extension) {
            return granted.getOrDefault(extension, false);
        }
    }

    /** Any other JSON value, verbatim. */
    record Other(Bytes json) implements Sv1Result {}

    private static void checkExtranonce(Bytes extranonce1, int extranonce2Size) {
        if (extranonce1.length() > Subscribed.MAX_EXTRANONCE_SIZE
                || extranonce2Size < 0
                || extranonce2Size > Subscribed.MAX_EXTRANONCE_SIZE) {
            throw new IllegalArgumentException("extranonce1 of " + extranonce1.length() + " bytes and extranonce2 of "
                    + extranonce2Size + " bytes: each has at most " + Subscribed.MAX_EXTRANONCE_SIZE);
        }
    }
}
