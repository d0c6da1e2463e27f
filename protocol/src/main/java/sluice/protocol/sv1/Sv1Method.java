package sluice.protocol.sv1;

import java.util.HashMap;
import java.util.Map;

/** Every Stratum V1 method we know, with the side that sends it. */
public enum Sv1Method {
    CONFIGURE("mining.configure", Direction.CLIENT_TO_SERVER),
    SUBSCRIBE("mining.subscribe", Direction.CLIENT_TO_SERVER),
    AUTHORIZE("mining.authorize", Direction.CLIENT_TO_SERVER),
    SUBMIT("mining.submit", Direction.CLIENT_TO_SERVER),
    SUGGEST_DIFFICULTY("mining.suggest_difficulty", Direction.CLIENT_TO_SERVER),
    SUGGEST_TARGET("mining.suggest_target", Direction.CLIENT_TO_SERVER),
    EXTRANONCE_SUBSCRIBE("mining.extranonce.subscribe", Direction.CLIENT_TO_SERVER),
    MULTI_VERSION("mining.multi_version", Direction.CLIENT_TO_SERVER),
    GET_TRANSACTIONS("mining.get_transactions", Direction.CLIENT_TO_SERVER),
    CAPABILITIES("mining.capabilities", Direction.CLIENT_TO_SERVER),
    PING("mining.ping", Direction.BOTH),
    NOTIFY("mining.notify", Direction.SERVER_TO_CLIENT),
    SET_DIFFICULTY("mining.set_difficulty", Direction.SERVER_TO_CLIENT),
    SET_EXTRANONCE("mining.set_extranonce", Direction.SERVER_TO_CLIENT),
    SET_VERSION_MASK("mining.set_version_mask", Direction.SERVER_TO_CLIENT),
    RECONNECT("client.reconnect", Direction.SERVER_TO_CLIENT),
    SHOW_MESSAGE("client.show_message", Direction.SERVER_TO_CLIENT),
    GET_VERSION("client.get_version", Direction.SERVER_TO_CLIENT);

    /** Which side sends a method. */
    public enum Direction {
        CLIENT_TO_SERVER,
        SERVER_TO_CLIENT,
        BOTH
    }

    // ckpool reads the number inside the method name, and some miners send only that.
    private static final String SUGGEST_DIFFICULTY_CALL = "mining.suggest_difficulty(";
    // The name some SV1 libraries give mining.set_version_mask.
    private static final String SET_VERSION_ALIAS = "mining.set_version";

    private static final Map<String, Sv1Method> FROM_CLIENT = new HashMap<>();
    private static final Map<String, Sv1Method> FROM_SERVER = new HashMap<>();

    static {
        for (Sv1Method method : values()) {
            if (method.direction != Direction.SERVER_TO_CLIENT) {
                FROM_CLIENT.put(method.wireName, method);
            }
            if (method.direction != Direction.CLIENT_TO_SERVER) {
                FROM_SERVER.put(method.wireName, method);
            }
        }
        FROM_SERVER.put(SET_VERSION_ALIAS, SET_VERSION_MASK);
    }

    private final String wireName;
    private final Direction direction;

    Sv1Method(String wireName, Direction direction) {
        this.wireName = wireName;
        this.direction = direction;
    }

    public String wireName() {
        return wireName;
    }

    public Direction direction() {
        return direction;
    }

    /** The method a client means by {@code name}, or null where a client has no such method. */
    static Sv1Method fromClient(String name) {
        Sv1Method method = FROM_CLIENT.get(name);
        if (method == null && suggestedInName(name) != null) {
            return SUGGEST_DIFFICULTY;
        }
        return method;
    }

    /** The method a server means by {@code name}, or null where a server has no such method. */
    static Sv1Method fromServer(String name) {
        return FROM_SERVER.get(name);
    }

    /** The number in {@code mining.suggest_difficulty(N)}, as written, or null for any other name. */
    static String suggestedInName(String name) {
        return name.startsWith(SUGGEST_DIFFICULTY_CALL) && name.endsWith(")")
                ? name.substring(SUGGEST_DIFFICULTY_CALL.length(), name.length() - 1)
                : null;
    }
}
