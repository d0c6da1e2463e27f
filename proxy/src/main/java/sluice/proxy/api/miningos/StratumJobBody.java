package sluice.proxy.api.miningos;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.bitcoin.WitnessCommitment;
import sluice.proxy.event.GatewayEvent;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateTransactions;

/**
 * The answer to {@code /v1/current_stratum_job}. What only a pool knows of its job is 0.
 *
 * @param blockValue satoshis that the coinbase pays
 * @param witnessCommitment output script; empty for a block without witnesses
 * @param bits compact target of the network
 * @param size bytes of the transactions
 */
record StratumJobBody(
        long blockHeight,
        long blockValue,
        String previousBlock,
        String blockTarget,
        String witnessCommitment,
        double blockDifficulty,
        Version blockVersion,
        String bits,
        Time time,
        Limits limits,
        long size,
        long weight,
        long sigops,
        int txCount) {
    private static final int MAX_BYTES = 4_000_000;

    record Version(@JsonProperty("int") long number, String hex) {}

    /** Seconds since 1970. */
    record Time(long current, long minimum) {}

    record Limits(int size, int weight, int sigops) {}

    /**
     * @param own the gateway's template, which the job may be made of
     * @param now for a job whose time only its pool knows
     */
    static StratumJobBody of(
            GatewayEvent.MiningJobCreated job, GatewayEvent.ChainTipUpdated tip, Optional<Template> own, Instant now) {
        List<TxOut> outputs = job.announced().outputs();
        Target target = Target.ofCompact(tip.nbits());
        Optional<Template> template = own.filter(one -> one.tip().prevHash().equals(tip.prevHash())
                && one.merklePath().siblings().equals(job.announced().source().merklePath()));
        Optional<TemplateTransactions> transactions = template.flatMap(Template::transactions);
        long version = job.announced().source().version();
        long began = job.announced().source().minNtime().orElse(tip.at().getEpochSecond());
        return new StratumJobBody(
                job.height().orElse(0),
                outputs.stream().mapToLong(TxOut::value).sum(),
                tip.prevHash().display(),
                target.hex(),
                outputs.reversed().stream()
                        .map(TxOut::script)
                        .filter(WitnessCommitment::isCommitment)
                        .findFirst()
                        .map(Bytes::hex)
                        .orElse(""),
                target.isZero() ? 0 : Difficulty.of(target),
                new Version(version, "%08x".formatted(version)),
                "%08x".formatted(tip.nbits()),
                template.map(one -> new Time(one.curTime(), one.tip().minNtime()))
                        .orElseGet(() -> new Time(Math.max(began, now.getEpochSecond()), began)),
                new Limits(MAX_BYTES, Block.MAX_WEIGHT, Block.MAX_SIGOPS),
                transactions
                        .map(all -> all.raw().stream().mapToLong(Bytes::length).sum())
                        .orElse(0L),
                transactions.map(TemplateTransactions::weight).orElse(0L),
                transactions.map(all -> all.sigops().orElse(0)).orElse(0L),
                transactions.map(all -> all.raw().size()).orElse(0));
    }
}
