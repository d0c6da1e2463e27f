package sluice.upstream.template;

import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Hash256;

/**
 * A share that is a block, made whole.
 *
 * @param number unique within the session
 * @param templateId the template it was mined on; {@link #NO_TEMPLATE} where that came from another source
 * @param hash of the header, internal order
 * @param coinbase serialised with its witness
 * @param block serialised; absent where the source keeps the transactions and takes the coinbase alone (SV2 7.9)
 * @param userIdentity whose work it is
 */
public record BlockSolution(
        long number,
        long templateId,
        long height,
        Hash256 hash,
        BlockHeader header,
        Bytes coinbase,
        Optional<Bytes> block,
        String userIdentity) {
    /** The id that no template of a source has. */
    public static final long NO_TEMPLATE = -1;

    /** The same block, for a source that calls its template {@code id}. */
    public BlockSolution ofTemplate(long id) {
        return new BlockSolution(number, id, height, hash, header, coinbase, block, userIdentity);
    }
}
