package sluice.proxy.event;

import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxOut;
import sluice.upstream.UpstreamJob;

/**
 * What an upstream gave to be mined.
 *
 * @param upstream whose job it is
 * @param extranonceSize bytes of the coinbase that are ours, behind the upstream's prefix
 * @param target what the upstream asks of shares now
 */
public record AnnouncedJob(String upstream, UpstreamJob source, int extranonceSize, Target target) {

    /** Whom its coinbase pays; none where it cannot be read. */
    public List<TxOut> outputs() {
        try {
            return Transaction.parse(Bytes.concat(
                            source.coinbasePrefix(),
                            source.extranoncePrefix(),
                            Bytes.zeros(extranonceSize),
                            source.coinbaseSuffix()))
                    .outputs();
        } catch (IllegalArgumentException unreadable) {
            return List.of();
        }
    }

    /** Without the coinbase, which may have thousands of bytes. */
    @Override
    public String toString() {
        return "AnnouncedJob[upstream=" + upstream + ", jobId=" + source.jobId() + "]";
    }
}
