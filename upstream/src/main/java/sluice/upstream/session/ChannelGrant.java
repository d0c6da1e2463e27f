package sluice.upstream.session;

import java.util.Optional;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannelSuccess;
import sluice.upstream.UpstreamChannel;

/** What an SV2 pool may grant us with a channel. */
final class ChannelGrant {
    static final String TARGET_ZERO = "protocol violation: target 0, which no share can meet";

    private ChannelGrant() {}

    /** Why we cannot work with this channel; empty if we can. */
    static Optional<String> obstacle(OpenExtendedMiningChannelSuccess granted) {
        if (granted.extranonceSize() < Sv2PoolSession.LEAST_EXTRANONCE_SIZE) {
            return Optional.of("the pool leaves us " + granted.extranonceSize()
                    + " bytes of extranonce, and a farm needs at least " + Sv2PoolSession.LEAST_EXTRANONCE_SIZE);
        }
        int fullSize = granted.extranoncePrefix().length() + granted.extranonceSize();
        if (fullSize > UpstreamChannel.MAX_FULL_EXTRANONCE) {
            return Optional.of("protocol violation: an extranonce of " + fullSize + " bytes, at most "
                    + UpstreamChannel.MAX_FULL_EXTRANONCE);
        }
        return granted.target().isZero() ? Optional.of(TARGET_ZERO) : Optional.empty();
    }
}
