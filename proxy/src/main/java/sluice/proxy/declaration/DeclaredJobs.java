package sluice.proxy.declaration;

import static sluice.protocol.sv2.message.mining.MiningErrorCode.INVALID_COINBASE_PREFIX;
import static sluice.protocol.sv2.message.mining.MiningErrorCode.INVALID_COINBASE_TX;
import static sluice.protocol.sv2.message.mining.MiningErrorCode.INVALID_COINBASE_TX_INPUT_N_SEQUENCE;
import static sluice.protocol.sv2.message.mining.MiningErrorCode.INVALID_COINBASE_TX_LOCKTIME;
import static sluice.protocol.sv2.message.mining.MiningErrorCode.INVALID_COINBASE_TX_OUTPUTS;
import static sluice.protocol.sv2.message.mining.MiningErrorCode.INVALID_COINBASE_TX_VERSION;
import static sluice.protocol.sv2.message.mining.MiningErrorCode.INVALID_MERKLE_PATH;
import static sluice.protocol.sv2.message.mining.MiningErrorCode.INVALID_MINING_JOB_TOKEN;
import static sluice.protocol.sv2.message.mining.MiningErrorCode.INVALID_MIN_NTIME;
import static sluice.protocol.sv2.message.mining.MiningErrorCode.INVALID_NBITS;
import static sluice.protocol.sv2.message.mining.MiningErrorCode.INVALID_VERSION;
import static sluice.protocol.sv2.message.mining.MiningErrorCode.JOB_NOT_YET_VALIDATED;
import static sluice.protocol.sv2.message.mining.MiningErrorCode.STALE_CHAIN_TIP;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Bip34;
import sluice.protocol.bitcoin.BlockRules;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxIn;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.upstream.template.Template;

/**
 * What clients may mine: a token for each job, which is used once, on the tip that our templates have now. Sessions of
 * clients write on one loop, each no more than {@link ClientTokens} bounds; miners' loops read.
 */
public final class DeclaredJobs implements CustomJobJudge {
    private static final int LEAST_VERSION = 4;

    private final PoolPayout payout;
    private final ConcurrentMap<Bytes, Grant> grants = new ConcurrentHashMap<>();
    private volatile Optional<Template> current = Optional.empty();
    // Of the last template there was: where no source has any, nobody knows of a later tip either.
    private volatile Optional<Hash256> tip = Optional.empty();

    public DeclaredJobs(PoolPayout payout) {
        this.payout = payout;
    }

    /** What a token allows. */
    sealed interface Grant {
        /** From then on it allows nothing. */
        Instant expiry();
    }

    /** To declare a job, or, in coinbase-only mode, to mine one at once. */
    record Allocated(boolean fullTemplate, Instant expiry) implements Grant {}

    /** To mine this job. */
    record Declared(DeclaredJob job, Instant expiry) implements Grant {}

    PoolPayout payout() {
        return payout;
    }

    void grant(Bytes token, Grant grant) {
        grants.put(token, grant);
    }

    void revoke(Bytes token) {
        grants.remove(token);
    }

    /** Our own template of now; empty where no source has any, and nothing can be judged. */
    void inForce(Optional<Template> template) {
        current = template;
        template.ifPresent(known -> tip = Optional.of(known.tip().prevHash()));
    }

    Optional<Template> inForce() {
        return current;
    }

    /** Tokens that allow something still, or did until they expired. */
    int size() {
        return grants.size();
    }

    @Override
    public CustomJobVerdict judge(SetCustomMiningJob request, int fullExtranonceSize, Instant now) {
        Grant grant = grants.get(request.miningJobToken());
        if (grant instanceof Allocated allocated && allocated.fullTemplate() && now.isBefore(allocated.expiry())) {
            return new CustomJobVerdict.Refused(JOB_NOT_YET_VALIDATED);
        }
        // One of several that come at once gets it.
        if (grant == null || !grants.remove(request.miningJobToken(), grant) || !now.isBefore(grant.expiry())) {
            return new CustomJobVerdict.Refused(INVALID_MINING_JOB_TOKEN);
        }
        Optional<Template> template = current;
        if (template.isEmpty()
                || !request.prevHash().equals(template.get().tip().prevHash())) {
            return new CustomJobVerdict.Refused(STALE_CHAIN_TIP);
        }
        Optional<String> fault = faultOfHeader(request, template.get(), now);
        if (fault.isPresent()) {
            return new CustomJobVerdict.Refused(fault.get());
        }
        return switch (grant) {
            case Declared declared -> judge(request, declared.job(), fullExtranonceSize, now);
            case Allocated allocated -> judge(request, template.get(), fullExtranonceSize, now);
        };
    }

    @Override
    public boolean isTip(Hash256 prevHash) {
        return tip.isPresent() && tip.get().equals(prevHash);
    }

    private static Optional<String> faultOfHeader(SetCustomMiningJob request, Template template, Instant now) {
        if (request.nbits() != template.tip().nbits()) {
            return Optional.of(INVALID_NBITS);
        }
        // Our own tip may say when to begin rather than the least that the chain allows, so it binds loosely.
        long earliest = template.tip().minNtime() - BlockRules.MAX_FUTURE_SECONDS;
        long latest = template.rules(now.getEpochSecond()).maxNtime();
        return request.minNtime() < earliest || request.minNtime() > latest
                ? Optional.of(INVALID_MIN_NTIME)
                : Optional.empty();
    }

    /** A declared job: everything is as it was declared (SV2 5.3.18). */
    private static CustomJobVerdict judge(
            SetCustomMiningJob request, DeclaredJob job, int fullExtranonceSize, Instant now) {
        Transaction coinbase = job.coinbase().example();
        TxIn input = coinbase.inputs().getFirst();
        String fault = null;
        if (!job.template().tip().prevHash().equals(request.prevHash())) {
            fault = STALE_CHAIN_TIP;
        } else if (request.version() != job.version()) {
            fault = INVALID_VERSION;
        } else if (request.coinbaseTxVersion() != coinbase.version()) {
            fault = INVALID_COINBASE_TX_VERSION;
        } else if (!request.coinbasePrefix().equals(job.coinbase().scriptHead())) {
            fault = INVALID_COINBASE_PREFIX;
        } else if (request.coinbaseTxInputNSequence() != input.sequence()) {
            fault = INVALID_COINBASE_TX_INPUT_N_SEQUENCE;
        } else if (!request.coinbaseTxOutputs().equals(TxOut.serialiseList(coinbase.outputs()))) {
            fault = INVALID_COINBASE_TX_OUTPUTS;
        } else if (request.coinbaseTxLocktime() != coinbase.lockTime()) {
            fault = INVALID_COINBASE_TX_LOCKTIME;
        } else if (!request.merklePath().equals(job.merklePath().siblings())) {
            fault = INVALID_MERKLE_PATH;
        } else if (fullExtranonceSize != job.coinbase().extranonceLength()) {
            // The channel's extranonce was another when the job was declared.
            fault = INVALID_COINBASE_TX;
        }
        return fault != null
                ? new CustomJobVerdict.Refused(fault)
                : new CustomJobVerdict.Taken(
                        job.coinbase().height(),
                        rules(request, job.coinbase().height(), coinbase.outputs(), now),
                        Optional.of(job.transactions()),
                        job.coinbase().witnessReservedValue());
    }

    /** A job whose transactions the client keeps to itself: what can be seen of it is looked at. */
    private CustomJobVerdict judge(SetCustomMiningJob request, Template template, int fullExtranonceSize, Instant now) {
        int scriptLength = request.coinbasePrefix().length() + fullExtranonceSize;
        OptionalLong height = Bip34.heightOf(request.coinbasePrefix());
        List<TxOut> outputs;
        try {
            outputs = TxOut.parseList(request.coinbaseTxOutputs());
        } catch (IllegalArgumentException malformed) {
            return new CustomJobVerdict.Refused(INVALID_COINBASE_TX_OUTPUTS);
        }
        String fault = null;
        // Nodes compare the version as a signed number.
        if ((int) request.version() < LEAST_VERSION) {
            fault = INVALID_VERSION;
        } else if (scriptLength > Coinbase.MAX_SCRIPT_SIG_LENGTH
                || height.isEmpty()
                || height.getAsLong() != template.height()) {
            fault = INVALID_COINBASE_PREFIX;
        } else if (payout.fault(outputs, PoolPayout.subsidy(template)).isPresent()) {
            fault = INVALID_COINBASE_TX_OUTPUTS;
        } else if (!DeclaredCoinbase.isFinal(
                request.coinbaseTxLocktime(), request.coinbaseTxInputNSequence(), template.height())) {
            fault = INVALID_COINBASE_TX_LOCKTIME;
        } else if (request.merklePath().size() > MerklePath.MAX_DEPTH) {
            fault = INVALID_MERKLE_PATH;
        }
        return fault != null
                ? new CustomJobVerdict.Refused(fault)
                : new CustomJobVerdict.Taken(
                        template.height(),
                        rules(request, template.height(), outputs, now),
                        Optional.empty(),
                        Bytes.EMPTY);
    }

    /** Of the reward only the client knows the fees, so what the coinbase takes is what a block may take. */
    private static BlockRules rules(SetCustomMiningJob request, long height, List<TxOut> outputs, Instant now) {
        long value = 0;
        for (TxOut output : outputs) {
            value += output.value();
        }
        return new BlockRules(
                new ChainTip(request.prevHash(), request.nbits(), request.minNtime()),
                height,
                Math.max(now.getEpochSecond(), request.minNtime()) + BlockRules.MAX_FUTURE_SECONDS,
                value);
    }
}
