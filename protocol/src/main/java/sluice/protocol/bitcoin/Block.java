package sluice.protocol.bitcoin;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;

/**
 * A block: a header and its transactions, the coinbase first.
 *
 * @param transactions at least one
 */
public record Block(BlockHeader header, List<Transaction> transactions) {
    public static final int MAX_WEIGHT = Transaction.MAX_WEIGHT;

    /** Signature operations, in the measure of BIP141: those of a script without witness count four times. */
    public static final int MAX_SIGOPS = 80_000;

    private static final int LEAST_VERSION = 4;

    public Block {
        transactions = List.copyOf(transactions);
        if (transactions.isEmpty()) {
            throw new IllegalArgumentException("a block has at least a coinbase");
        }
    }

    /**
     * The serialised block.
     *
     * @param coinbase with its witness
     * @param others serialised transactions behind the coinbase, in block order
     */
    public static Bytes assemble(BlockHeader header, Bytes coinbase, List<Bytes> others) {
        int length = BlockHeader.LENGTH + CompactSize.length(others.size() + 1L) + coinbase.length();
        for (Bytes other : others) {
            length += other.length();
        }
        RawWriter writer = new RawWriter(length);
        writer.header(header).count(others.size() + 1L).bytes(coinbase);
        others.forEach(writer::bytes);
        return writer.finish();
    }

    /** What header and count of a block with so many transactions weigh. */
    public static long headWeight(int transactions) {
        return (long) Transaction.WITNESS_SCALE * (BlockHeader.LENGTH + CompactSize.length(transactions));
    }

    /** Parses exactly one block. Throws IllegalArgumentException naming the part that is wrong. */
    public static Block parse(Bytes raw) {
        if (raw.length() > MAX_WEIGHT) {
            throw new IllegalArgumentException("block: " + raw.length() + " bytes, more than any block has");
        }
        RawReader reader = new RawReader(raw.toArray());
        BlockHeader header = reader.header("block header");
        int count = reader.count(Transaction.MIN_LENGTH, "transactions");
        List<Transaction> transactions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            transactions.add(Transaction.read(reader));
        }
        reader.expectEnd("block");
        return new Block(header, transactions);
    }

    public Bytes serialise() {
        int length = BlockHeader.LENGTH + CompactSize.length(transactions.size());
        for (Transaction transaction : transactions) {
            length += transaction.length();
        }
        RawWriter writer = new RawWriter(length);
        writer.header(header).count(transactions.size());
        transactions.forEach(transaction -> transaction.write(writer));
        return writer.finish();
    }

    public Hash256 hash() {
        return header.hash();
    }

    public Transaction coinbase() {
        return transactions.getFirst();
    }

    public long weight() {
        long weight = headWeight(transactions.size());
        for (Transaction transaction : transactions) {
            weight += transaction.weight();
        }
        return weight;
    }

    /**
     * The first rule this block breaks, in the order in which Bitcoin Core looks, or nothing. What needs the coins that
     * are spent (scripts, fees, double spends) is not looked at: {@link BlockRules#maxCoinbaseValue} stands for the fees.
     */
    public Optional<BlockFault> fault(BlockRules rules) {
        if (!header.meets(Target.ofCompact(header.nbits()))) {
            return Optional.of(BlockFault.HIGH_HASH);
        }
        return faultOfContent()
                .or(() -> faultOfHeader(rules))
                .or(() -> faultOfHeight(rules))
                .or(this::faultOfWitness)
                .or(() -> faultIf(weight() > MAX_WEIGHT, BlockFault.WEIGHT))
                .or(() -> faultIf(coinbase().outputValue() > rules.maxCoinbaseValue(), BlockFault.COINBASE_AMOUNT));
    }

    private Optional<BlockFault> faultOfContent() {
        List<Hash256> txids = new ArrayList<>(transactions.size());
        for (Transaction transaction : transactions) {
            txids.add(transaction.txid());
        }
        if (!MerklePath.rootOf(txids).equals(header.merkleRoot())) {
            return Optional.of(BlockFault.BAD_MERKLE_ROOT);
        }
        // Repeated transactions can leave the merkle root as it was, so the root alone does not rule them out.
        if (new HashSet<>(txids).size() < txids.size()) {
            return Optional.of(BlockFault.DUPLICATE_TRANSACTION);
        }
        if (!coinbase().isCoinbase()) {
            return Optional.of(BlockFault.COINBASE_MISSING);
        }
        if (transactions.stream().skip(1).anyMatch(Transaction::isCoinbase)) {
            return Optional.of(BlockFault.COINBASE_MULTIPLE);
        }
        int scriptSigLength = coinbase().inputs().getFirst().scriptSig().length();
        return faultIf(
                scriptSigLength < Coinbase.MIN_SCRIPT_SIG_LENGTH || scriptSigLength > Coinbase.MAX_SCRIPT_SIG_LENGTH,
                BlockFault.COINBASE_LENGTH);
    }

    private Optional<BlockFault> faultOfHeader(BlockRules rules) {
        if (!header.prevHash().equals(rules.tip().prevHash())) {
            return Optional.of(BlockFault.PREV_BLOCK_NOT_FOUND);
        }
        if (header.nbits() != rules.tip().nbits()) {
            return Optional.of(BlockFault.BAD_NBITS);
        }
        if (header.ntime() < rules.tip().minNtime()) {
            return Optional.of(BlockFault.TIME_TOO_OLD);
        }
        if (header.ntime() > rules.maxNtime()) {
            return Optional.of(BlockFault.TIME_TOO_NEW);
        }
        // Nodes compare the version as a signed number.
        return faultIf((int) header.version() < LEAST_VERSION, BlockFault.BAD_VERSION);
    }

    private Optional<BlockFault> faultOfHeight(BlockRules rules) {
        Bytes scriptSig = coinbase().inputs().getFirst().scriptSig();
        return faultIf(!scriptSig.startsWith(Bip34.push(rules.height())), BlockFault.COINBASE_HEIGHT);
    }

    private Optional<BlockFault> faultOfWitness() {
        Optional<Hash256> commitment = WitnessCommitment.in(coinbase().outputs());
        if (commitment.isEmpty()) {
            return faultIf(transactions.stream().anyMatch(Transaction::hasWitness), BlockFault.UNEXPECTED_WITNESS);
        }
        List<Bytes> witness = coinbase().inputs().getFirst().witness();
        if (witness.size() != 1 || witness.getFirst().length() != Coinbase.WITNESS_RESERVED_VALUE_LENGTH) {
            return Optional.of(BlockFault.WITNESS_RESERVED_VALUE);
        }
        List<Hash256> wtxids =
                transactions.stream().skip(1).map(Transaction::wtxid).toList();
        return faultIf(
                !WitnessCommitment.of(wtxids, witness.getFirst()).equals(commitment.get()),
                BlockFault.WITNESS_COMMITMENT);
    }

    private static Optional<BlockFault> faultIf(boolean broken, BlockFault fault) {
        return broken ? Optional.of(fault) : Optional.empty();
    }
}
