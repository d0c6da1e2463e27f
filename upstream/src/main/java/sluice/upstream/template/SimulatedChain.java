package sluice.upstream.template;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Bip34;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.BlockFault;
import sluice.protocol.bitcoin.BlockRules;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.bitcoin.WitnessCommitment;

/**
 * A chain that exists only here, for demonstrations and tests: its mempool fills over time, its difficulty follows the
 * miners' hashrate, and it checks their blocks as a node would. Equal seeds and equal calls give equal chains.
 */
public final class SimulatedChain implements LocalTemplates {
    /** After so many intervals without a block of ours the rest of the network finds one, so that the tip always moves. */
    public static final int PATIENCE_INTERVALS = 3;
    /** Former tips and delivered blocks that are still recognised. */
    public static final int MAX_REMEMBERED = 100;

    private static final int MEDIAN_SPAN = 11;
    private static final long FIRST_HEIGHT = 1_000;
    private static final long HALVING_INTERVAL = 210_000;
    private static final long FIRST_SUBSIDY = 5_000_000_000L;
    private static final int LAST_HALVING = 63;
    private static final long VERSION = 0x20000000L;
    private static final long COINBASE_VERSION = 2;
    private static final long COINBASE_SEQUENCE = 0xfffffffeL;
    /** A refresh costs every miner a message, so it must be worth one: fees must have risen by this factor. */
    private static final double MATERIAL_FEE_RISE = 1.1;

    private final Settings settings;
    private final SplittableRandom random;
    private final SimulatedMempool mempool;
    private final SimulatedDifficulty difficulty;
    private final Deque<Long> recentTimes = new ArrayDeque<>();
    private final Map<Hash256, Former> formerTips = new LinkedHashMap<>();
    private final Map<Hash256, Boolean> delivered = new LinkedHashMap<>();
    private final List<TemplateEvent> pending = new ArrayList<>();
    private Hash256 tipHash;
    private long tipHeight = FIRST_HEIGHT - 1;
    private Instant tipAt;
    private Instant refreshAt;
    private long nextTemplateId = 1;
    private Template current;
    private List<SimulatedMempool.Entry> chosen = List.of();

    /** @param random all chance there is in this chain; equal seeds give equal chains */
    public SimulatedChain(Settings settings, SplittableRandom random, Instant start) {
        this.settings = settings;
        this.random = random;
        mempool = new SimulatedMempool(random.split(), settings.transactionsPerSecond(), start);
        difficulty = new SimulatedDifficulty(
                settings.blockInterval(), settings.startTarget(), settings.easiestTarget(), settings.hardestTarget());
        for (int i = MEDIAN_SPAN; i > 0; i--) {
            recentTimes.addLast(
                    start.minus(settings.blockInterval().multipliedBy(i)).getEpochSecond());
        }
        tipHash = hashBelow(difficulty.target());
        tipAt = start;
        build(start);
    }

    /**
     * How the chain behaves.
     *
     * @param blockInterval mean time between blocks that retargeting aims for
     * @param startTarget network target of the first block
     * @param easiestTarget network target that retargeting never goes beyond
     * @param hardestTarget the other end
     * @param transactionsPerSecond mean rate at which the mempool fills
     * @param refreshInterval least time between templates on one tip
     */
    public record Settings(
            Duration blockInterval,
            Target startTarget,
            Target easiestTarget,
            Target hardestTarget,
            double transactionsPerSecond,
            Duration refreshInterval) {
        /** As good as no bound. */
        public static final Target HARDEST = Target.ofCompact(0x01010000L);

        /** A regtest target to start with and to fall back to, seven transactions per second, refreshes every second. */
        public static Settings regtest(Duration blockInterval) {
            Target easiest = Target.ofCompact(0x207fffffL);
            return new Settings(blockInterval, easiest, easiest, HARDEST, 7, Duration.ofSeconds(1));
        }

        /** Every block has this network target, however fast they come; twenty transactions per second. */
        public static Settings constant(Target target, Duration refreshInterval) {
            return new Settings(Duration.ofHours(1), target, target, target, 20, refreshInterval);
        }

        public Settings {
            if (!blockInterval.isPositive() || !refreshInterval.isPositive() || !(transactionsPerSecond > 0)) {
                throw new IllegalArgumentException("a simulated chain needs positive intervals and a positive rate");
            }
        }

        public Settings withStartTarget(Target target) {
            return new Settings(
                    blockInterval, target, easiestTarget, hardestTarget, transactionsPerSecond, refreshInterval);
        }
    }

    /** What a block on a former tip had to obey. */
    private record Former(ChainTip tip, long height) {}

    @Override
    public Template current() {
        return current;
    }

    @Override
    public List<TemplateEvent> advance(Instant now) {
        mempool.advance(now);
        if (!now.isBefore(networkBlockAt())) {
            extend(
                    hashBelow(difficulty.target()),
                    Math.max(now.getEpochSecond(), leastTime()),
                    chosenTxids(),
                    false,
                    now);
        } else if (!now.isBefore(refreshAt)) {
            refreshAt = now.plus(settings.refreshInterval());
            if (feesRoseMaterially()) {
                build(now);
                pending.add(new TemplateEvent.Refreshed(current));
            }
        }
        List<TemplateEvent> events = List.copyOf(pending);
        pending.clear();
        return events;
    }

    @Override
    public Instant nextChange() {
        return refreshAt.isBefore(networkBlockAt()) ? refreshAt : networkBlockAt();
    }

    /**
     * Answers as {@code submitblock} does. A good block on a former tip is {@code inconclusive}; a good block on the tip
     * becomes the tip, and {@link #current} is then a template on top of it.
     */
    @Override
    public BlockVerdict submit(Bytes raw, Instant now) {
        Block block;
        try {
            block = Block.parse(raw);
        } catch (IllegalArgumentException malformed) {
            return BlockVerdict.ofReason("Block decode failed");
        }
        Hash256 hash = block.hash();
        if (delivered.containsKey(hash)) {
            return BlockVerdict.duplicate();
        }
        Hash256 prevHash = block.header().prevHash();
        if (prevHash.equals(tipHash)) {
            return submitOnTip(block, hash, now);
        }
        Former former = formerTips.get(prevHash);
        if (former == null) {
            return rejected(block, BlockFault.PREV_BLOCK_NOT_FOUND);
        }
        // Its transactions may have been mined by others since, so its fees cannot be checked any more.
        BlockRules rules = rules(former.tip(), former.height(), now, TxOut.MAX_MONEY);
        Optional<BlockFault> fault = block.fault(rules);
        if (fault.isPresent()) {
            return rejected(block, fault.get());
        }
        remember(delivered, hash, true);
        return BlockVerdict.inconclusive();
    }

    private BlockVerdict submitOnTip(Block block, Hash256 hash, Instant now) {
        List<Hash256> txids =
                block.transactions().stream().skip(1).map(Transaction::txid).toList();
        long fees = 0;
        boolean unknown = false;
        for (Hash256 txid : txids) {
            OptionalLong fee = mempool.feeOf(txid);
            fees += fee.orElse(0);
            unknown |= fee.isEmpty();
        }
        BlockRules rules = rules(current.tip(), tipHeight + 1, now, subsidy(tipHeight + 1) + fees);
        Optional<BlockFault> fault = block.fault(rules);
        if (fault.isPresent() && !(unknown && fault.get() == BlockFault.COINBASE_AMOUNT)) {
            return rejected(block, fault.get());
        }
        if (unknown) {
            return BlockVerdict.ofReason("bad-txns-inputs-missingorspent");
        }
        extend(hash, block.header().ntime(), txids, true, now);
        return BlockVerdict.ACCEPTED;
    }

    private static BlockVerdict rejected(Block block, BlockFault fault) {
        return BlockVerdict.ofReason(fault.reason(block.header()));
    }

    private static BlockRules rules(ChainTip tip, long height, Instant now, long maxCoinbaseValue) {
        return new BlockRules(
                tip,
                height,
                Math.max(now.getEpochSecond(), tip.minNtime()) + BlockRules.MAX_FUTURE_SECONDS,
                maxCoinbaseValue);
    }

    /** Makes a block the tip. */
    private void extend(Hash256 hash, long ntime, List<Hash256> txids, boolean ours, Instant now) {
        remember(formerTips, tipHash, new Former(current.tip(), tipHeight + 1));
        remember(delivered, hash, true);
        tipHash = hash;
        tipHeight++;
        recentTimes.addLast(ntime);
        recentTimes.removeFirst();
        mempool.confirm(txids);
        difficulty.blockFound(Duration.between(tipAt, now), ours);
        tipAt = now;
        build(now);
        // What was announced for the old tip and not yet fetched is worthless now.
        pending.clear();
        pending.add(new TemplateEvent.NewTip(current));
    }

    private void build(Instant now) {
        chosen = mempool.best();
        refreshAt = now.plus(settings.refreshInterval());
        long height = tipHeight + 1;
        List<Hash256> wtxids =
                chosen.stream().map(SimulatedMempool.Entry::wtxid).toList();
        long fees = feesOf(chosen);
        long weight = chosen.stream().mapToLong(SimulatedMempool.Entry::weight).sum();
        current = new Template(
                nextTemplateId++,
                height,
                VERSION,
                new ChainTip(tipHash, difficulty.nbits(), leastTime()),
                difficulty.target(),
                Math.max(now.getEpochSecond(), leastTime()),
                new TemplateCoinbase(
                        COINBASE_VERSION,
                        COINBASE_SEQUENCE,
                        height - 1,
                        Bip34.scriptSigPrefix(height),
                        subsidy(height) + fees,
                        List.of(WitnessCommitment.output(WitnessCommitment.of(wtxids, Coinbase.ZERO_RESERVED_VALUE))),
                        Coinbase.ZERO_RESERVED_VALUE),
                MerklePath.ofTxids(chosenTxids()),
                Optional.of(new TemplateTransactions(
                        chosen.stream().map(SimulatedMempool.Entry::raw).toList(),
                        weight,
                        OptionalLong.of(fees),
                        OptionalLong.empty())),
                Optional.empty());
    }

    private boolean feesRoseMaterially() {
        return feesOf(mempool.best()) > feesOf(chosen) * MATERIAL_FEE_RISE;
    }

    private static long feesOf(List<SimulatedMempool.Entry> entries) {
        return entries.stream().mapToLong(SimulatedMempool.Entry::fee).sum();
    }

    private List<Hash256> chosenTxids() {
        return chosen.stream().map(SimulatedMempool.Entry::txid).toList();
    }

    private Instant networkBlockAt() {
        return tipAt.plus(settings.blockInterval().multipliedBy(PATIENCE_INTERVALS));
    }

    /** One more than the median of the last eleven block times. */
    private long leastTime() {
        return recentTimes.stream().sorted().skip(MEDIAN_SPAN / 2).findFirst().orElseThrow() + 1;
    }

    private static long subsidy(long height) {
        long halvings = height / HALVING_INTERVAL;
        return halvings > LAST_HALVING ? 0 : FIRST_SUBSIDY >> halvings;
    }

    /** A hash as somebody else's block would have it. */
    private Hash256 hashBelow(Target target) {
        byte[] raw = new byte[Hash256.LENGTH];
        random.nextBytes(raw);
        byte[] bound = new byte[Target.LENGTH];
        target.copyTo(bound, 0);
        // The bytes are little-endian: clear every byte above the target's highest, and stay below that one.
        int top = Target.LENGTH - 1;
        while (top > 0 && bound[top] == 0) {
            raw[top--] = 0;
        }
        raw[top] = (byte) random.nextInt((bound[top] & 0xff));
        return Hash256.of(raw, 0);
    }

    private static <V> void remember(Map<Hash256, V> map, Hash256 key, V value) {
        map.put(key, value);
        if (map.size() > MAX_REMEMBERED) {
            map.remove(map.keySet().iterator().next());
        }
    }
}
