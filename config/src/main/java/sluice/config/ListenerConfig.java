package sluice.config;

/** A port for miners of both protocols. */
public record ListenerConfig(String name, ListenAddress address) {

    /** Of one gateway, the default one among them. */
    public static final int MAX_LISTENERS = 8;

    /** The name of {@code stratum_v2.listen_addr}. */
    public static final String DEFAULT_NAME = "default";

    public ListenerConfig {
        EntryName.require(name);
    }
}
