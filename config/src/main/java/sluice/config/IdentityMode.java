package sluice.config;

/** Under whose names an upstream sees the shares of many miners. */
public enum IdentityMode {
    /** All under the upstream's configured user. */
    GATEWAY("gateway"),

    /** One channel, and each share names its miner: SV2 extension 0x0002 where the pool knows it, the user of an SV1 submit. */
    PER_SHARE("per-share"),

    /** Every user identity has a connection with a channel of its own. */
    PER_CHANNEL("per-channel");

    private final String text;

    IdentityMode(String text) {
        this.text = text;
    }

    /** Throws InvalidValueException for another text. */
    public static IdentityMode parse(String text) {
        for (IdentityMode mode : values()) {
            if (mode.text.equals(text)) {
                return mode;
            }
        }
        throw new InvalidValueException(
                "is no way to name miners", "write \"gateway\", \"per-share\" or \"per-channel\"");
    }

    public String text() {
        return text;
    }
}
