package sluice.config;

import java.util.Arrays;
import java.util.List;
import sluice.protocol.bitcoin.Descriptor;
import sluice.protocol.bitcoin.Network;

/**
 * Whom the coinbase of a pool's jobs has to pay.
 *
 * @param accepted the right ones; none: anything goes
 * @param leastPercent how much of the whole they must be paid together; 0: anything at all
 * @param failover whether a pool that pays others is left, or only spoken of
 */
public record PayoutConfig(List<Descriptor> accepted, int leastPercent, boolean failover) {
    public static final int MAX_ACCEPTED = 16;

    public static final Range<Integer> LEAST_PERCENT = new Range<>(0, 100);

    /** Pools may pay whom they like. */
    public static final PayoutConfig NONE = new PayoutConfig(List.of(), 0, false);

    public PayoutConfig {
        accepted = List.copyOf(accepted);
        if (accepted.size() > MAX_ACCEPTED) {
            throw new IllegalArgumentException("there are more than " + MAX_ACCEPTED + " payouts");
        }
        LEAST_PERCENT.require(leastPercent);
    }

    /** An address of any network: what it pays looks the same on all of them. Throws InvalidValueException for none. */
    static Descriptor parseAccepted(String text) {
        return Arrays.stream(Network.values())
                .filter(network -> isOf(text, network))
                .findFirst()
                .map(network -> Descriptor.parse(text, network))
                .orElseGet(() -> SoloConfig.parsePayout(text, Network.MAINNET));
    }

    private static boolean isOf(String text, Network network) {
        try {
            return Descriptor.parse(text, network).text().equals(text);
        } catch (IllegalArgumentException another) {
            return false;
        }
    }

    /** Whether {@code text} means that a pool is left. Throws InvalidValueException where it means nothing. */
    static boolean parseMismatch(String text) {
        return switch (text) {
            case "warn" -> false;
            case "failover" -> true;
            default -> throw new InvalidValueException("is no such choice", "write \"warn\" or \"failover\"");
        };
    }
}
