package sluice.protocol.bitcoin;

/** Bitcoin's networks, by how their addresses look. */
public enum Network {
    MAINNET("mainnet", "bc", 0x00, 0x05),
    TESTNET("testnet", "tb", 0x6f, 0xc4),
    TESTNET4("testnet4", "tb", 0x6f, 0xc4),
    SIGNET("signet", "tb", 0x6f, 0xc4),
    REGTEST("regtest", "bcrt", 0x6f, 0xc4);

    private final String label;
    private final String bech32Prefix;
    private final int publicKeyHashVersion;
    private final int scriptHashVersion;

    Network(String label, String bech32Prefix, int publicKeyHashVersion, int scriptHashVersion) {
        this.label = label;
        this.bech32Prefix = bech32Prefix;
        this.publicKeyHashVersion = publicKeyHashVersion;
        this.scriptHashVersion = scriptHashVersion;
    }

    /** The name that configuration files use. */
    public String label() {
        return label;
    }

    String bech32Prefix() {
        return bech32Prefix;
    }

    int publicKeyHashVersion() {
        return publicKeyHashVersion;
    }

    int scriptHashVersion() {
        return scriptHashVersion;
    }

    /** How addresses of this network begin, for people. */
    String addressBeginnings() {
        return this == MAINNET ? "bc1, 1 or 3" : bech32Prefix + "1, m, n or 2";
    }

    @Override
    public String toString() {
        return label;
    }
}
