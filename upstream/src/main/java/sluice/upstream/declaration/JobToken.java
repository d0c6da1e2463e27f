package sluice.upstream.declaration;

import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.TxOut;

/**
 * A job declaration server's leave to make one job (SV2 6.4.3). Single use; it dies with the connection it came on.
 *
 * @param token opaque
 * @param outputs that the job's coinbase must have, in this order; the first gets the value that the template leaves
 */
public record JobToken(Bytes token, List<TxOut> outputs) {
    public JobToken {
        outputs = List.copyOf(outputs);
    }
}
