package sluice.config;

import java.nio.charset.StandardCharsets;
import sluice.protocol.bitcoin.Descriptor;
import sluice.protocol.bitcoin.Network;

/**
 * Mining for ourselves, on templates of our own.
 *
 * @param payout where a block's whole reward goes
 * @param network that {@code payout} was checked for
 * @param tag text that the coinbase shows
 */
public record SoloConfig(Descriptor payout, Network network, String tag) {
    /** What goals call it; no upstream has that name. */
    public static final String NAME = "solo";

    /** What fits a coinbase beside the height and the extranonce. */
    public static final int MAX_TAG_BYTES = 72;

    /** A longer one would crowd out what the template leaves room for; no wallet makes any. */
    public static final int MAX_SCRIPT_BYTES = 500;

    public static final String DEFAULT_TAG = "/sluice/";

    public SoloConfig {
        requireTag(tag);
        if (payout.script().length() > MAX_SCRIPT_BYTES) {
            throw new InvalidValueException(
                    "has a script of " + payout.script().length() + " bytes",
                    "write an address, or a script of at most " + MAX_SCRIPT_BYTES + " bytes");
        }
    }

    /** Returns {@code tag}. Throws InvalidValueException unless it is printable and fits. */
    static String requireTag(String tag) {
        return PoolConfig.requirePrintable(tag, MAX_TAG_BYTES);
    }

    /** Throws InvalidValueException where {@code label} is the name of no network. */
    static Network parseNetwork(String label) {
        for (Network network : Network.values()) {
            if (network.label().equals(label)) {
                return network;
            }
        }
        throw new InvalidValueException(
                "is no network of Bitcoin", "write \"mainnet\", \"testnet4\", \"testnet\", \"signet\" or \"regtest\"");
    }

    /** Throws InvalidValueException where {@code text} pays nobody on {@code network}. */
    static Descriptor parsePayout(String text, Network network) {
        try {
            return Descriptor.parse(text, network);
        } catch (IllegalArgumentException e) {
            throw new InvalidValueException(
                    "pays nobody: " + e.getMessage(), "write an address of yours, such as one that begins with bc1");
        }
    }

    /** The tag as it stands in the coinbase. */
    public byte[] tagBytes() {
        return tag.getBytes(StandardCharsets.UTF_8);
    }
}
