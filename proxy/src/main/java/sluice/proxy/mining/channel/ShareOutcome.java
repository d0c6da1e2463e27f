package sluice.proxy.mining.channel;

import java.util.Optional;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.mining.share.ForwardedShare;
import sluice.proxy.mining.share.ShareVerdict;

/**
 * The verdict on one share, with what follows from it.
 *
 * @param difficulty difficulty of the target the share was held against; 0 unless accepted
 * @param forward present where the share is also worth sending upstream
 */
public record ShareOutcome(ShareVerdict verdict, double difficulty, Optional<ForwardedShare> forward) {
    private static final ShareOutcome[] REFUSALS = new ShareOutcome[ShareVerdict.values().length];

    static {
        for (ShareVerdict verdict : ShareVerdict.values()) {
            REFUSALS[verdict.ordinal()] = new ShareOutcome(verdict, 0, Optional.empty());
        }
    }

    /** The header's hash, of a share that goes upstream. */
    public Optional<Hash256> shareHash() {
        return forward.map(ForwardedShare::hash);
    }

    /** A refusal, which has no difficulty and goes nowhere. */
    public static ShareOutcome refused(ShareVerdict verdict) {
        return REFUSALS[verdict.ordinal()];
    }
}
