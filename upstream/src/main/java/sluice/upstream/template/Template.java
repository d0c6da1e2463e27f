package sluice.upstream.template;

import java.util.Optional;
import sluice.protocol.bitcoin.BlockRules;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Target;

/**
 * A block candidate from a template source, before it is a job.
 *
 * @param id unique within its source, U64
 * @param height of the block to be found
 * @param version nVersion, U32
 * @param tip previous block, nbits and the least ntime that consensus allows
 * @param networkTarget what a block's hash must not exceed
 * @param curTime ntime to begin with, seconds since 1970
 * @param coinbase what the coinbase must look like
 * @param merklePath siblings of the coinbase
 * @param transactions absent where the source keeps them to itself
 * @param reduction present where transactions were left out because they could not be used safely: why
 * @param split whom the coinbase pays, where a coinbase provider says so
 */
public record Template(
        long id,
        long height,
        long version,
        ChainTip tip,
        Target networkTarget,
        long curTime,
        TemplateCoinbase coinbase,
        MerklePath merklePath,
        Optional<TemplateTransactions> transactions,
        Optional<String> reduction,
        Optional<CoinbaseSplit> split) {

    /** As a source gives it: whoever makes the coinbase says whom it pays. */
    public Template(
            long id,
            long height,
            long version,
            ChainTip tip,
            Target networkTarget,
            long curTime,
            TemplateCoinbase coinbase,
            MerklePath merklePath,
            Optional<TemplateTransactions> transactions,
            Optional<String> reduction) {
        this(
                id,
                height,
                version,
                tip,
                networkTarget,
                curTime,
                coinbase,
                merklePath,
                transactions,
                reduction,
                Optional.empty());
    }

    /** The tip as a job carries it: miners start from its ntime, and that must be the time now, not the least allowed. */
    public ChainTip miningTip() {
        return new ChainTip(tip.prevHash(), tip.nbits(), curTime);
    }

    /** The same template under another id. */
    public Template withId(long other) {
        return new Template(
                other,
                height,
                version,
                tip,
                networkTarget,
                curTime,
                coinbase,
                merklePath,
                transactions,
                reduction,
                split);
    }

    /** The same template, with the transactions that its source gave later. */
    public Template with(TemplateTransactions later) {
        return new Template(
                id,
                height,
                version,
                tip,
                networkTarget,
                curTime,
                coinbase,
                merklePath,
                Optional.of(later),
                reduction,
                split);
    }

    /** The same template, paying those whom a coinbase provider names, or whoever is paid without one. */
    public Template paying(Optional<CoinbaseSplit> others) {
        return new Template(
                id,
                height,
                version,
                tip,
                networkTarget,
                curTime,
                coinbase,
                merklePath,
                transactions,
                reduction,
                others);
    }

    /** Whether blocks on it have the same block below them as those on {@code other}. */
    public boolean isOnTipOf(Template other) {
        return tip.prevHash().equals(other.tip.prevHash());
    }

    /** What a block made from this template must obey at {@code now}, seconds since 1970. */
    public BlockRules rules(long now) {
        return new BlockRules(tip, height, Math.max(now, curTime) + BlockRules.MAX_FUTURE_SECONDS, coinbase.value());
    }
}
