package sluice.upstream.template;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.BlockRules;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.bitcoin.VersionRolling;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.upstream.UpstreamCommand.SubmitShare;
import sluice.upstream.UpstreamJob;

/**
 * A template made into work: jobs out of it, and headers and blocks out of shares.
 *
 * @param coinbase with room for the whole extranonce
 * @param extranoncePrefix what of the extranonce is fixed; the shares bring the rest
 */
public record TemplateJob(Template template, Coinbase coinbase, Bytes extranoncePrefix) {

    /** The same work, with the transactions that the source of its template gave later. */
    public TemplateJob with(TemplateTransactions transactions) {
        return new TemplateJob(template.with(transactions), coinbase, extranoncePrefix);
    }

    /** What is left of the extranonce for those who mine. */
    public int extranonceSize() {
        return coinbase.extranonceLength() - extranoncePrefix.length();
    }

    /** The job as a route takes it. */
    public UpstreamJob announced(long jobId, OptionalLong minNtime, boolean versionRollingAllowed) {
        return new UpstreamJob(
                jobId,
                minNtime,
                template.version(),
                versionRollingAllowed,
                template.merklePath().siblings(),
                coinbase.prefix(),
                coinbase.suffix(),
                extranoncePrefix);
    }

    /** Why a share cannot be hashed into a header that the chain would take, in the spec's error codes. */
    public Optional<String> refusal(SubmitShare share, Instant now) {
        if (share.extranonce().length() != extranonceSize()) {
            return Optional.of(MiningErrorCode.BAD_EXTRANONCE_SIZE);
        }
        if (!VersionRolling.isAllowed(template.version(), share.version(), VersionRolling.BIP323_MASK)) {
            return Optional.of(MiningErrorCode.INVALID_NON_ROLLABLE_VERSION_BIT);
        }
        BlockRules rules = template.rules(now.getEpochSecond());
        boolean timeAllowed = share.ntime() >= rules.tip().minNtime() && share.ntime() <= rules.maxNtime();
        return timeAllowed ? Optional.empty() : Optional.of(MiningErrorCode.INVALID_SHARE);
    }

    /** The whole extranonce of a share. */
    public Bytes fullExtranonce(SubmitShare share) {
        return extranoncePrefix.isEmpty() ? share.extranonce() : Bytes.concat(extranoncePrefix, share.extranonce());
    }

    /** The header that a share stands for. */
    public BlockHeader header(SubmitShare share) {
        return new BlockHeader(
                share.version(),
                template.tip().prevHash(),
                template.merklePath().root(coinbase.txid(fullExtranonce(share))),
                share.ntime(),
                template.tip().nbits(),
                share.nonce());
    }

    /**
     * The block that a share is, as far as the transactions are known.
     *
     * @param number as {@link BlockSolution#number} wants it
     */
    public BlockSolution solution(long number, SubmitShare share, BlockHeader header, Hash256 hash) {
        Bytes whole = coinbase.full(fullExtranonce(share));
        return new BlockSolution(
                number,
                template.id(),
                template.height(),
                hash,
                header,
                whole,
                template.transactions().map(transactions -> Block.assemble(header, whole, transactions.raw())),
                share.userIdentity());
    }

    /** Why no block can be made of it; empty where one can, or where only the template's source knows. */
    public Optional<String> fault(List<TxOut> ours) {
        return TemplateLimits.fault(template, coinbase, ours);
    }
}
