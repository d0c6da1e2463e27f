package sluice.upstream.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Bip34;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.bitcoin.WitnessCommitment;
import tools.jackson.databind.JsonNode;

/**
 * Turns the result of {@code getblocktemplate} (BIP22, BIP23, BIP145) into a {@link Template}. It trusts the node's
 * choice of transactions but not its arithmetic: txids, merkle path and witness commitment are computed from the
 * transactions' bytes. Where the commitment shows that those bytes are not the whole transactions, the template is reduced
 * to the coinbase alone, because a block of less value is better than an invalid one.
 */
public final class BlockTemplateReader {
    /** Nodes that leave the version to the client answer 1, which has been invalid for years (BIP65). */
    static final long DEFAULT_VERSION = 0x20000000L;

    private static final long LEAST_VERSION = 4;
    private static final long COINBASE_VERSION = 2;
    /** Not final, so that the lock time counts: coinbases are to name their height there (BIP54). */
    private static final long COINBASE_SEQUENCE = 0xfffffffeL;

    private static final long U32_MAX = 0xffffffffL;
    /** Rules marked with {@code !} change what a valid block is, so a client that does not know one must not mine. */
    private static final Set<String> MANDATORY_RULES_KNOWN = Set.of("!segwit", "!signet");

    private static final String TRIVIAL_CHALLENGE = "51";

    private BlockTemplateReader() {}

    /**
     * Reads {@code result}, the {@code result} member of the node's answer. Throws {@link UnusableTemplate} naming the field
     * where there is nothing to be mined on.
     *
     * @param room that the transactions have to leave for the coinbase's outputs
     */
    public static Template read(JsonNode result, long id, CoinbaseReserve room) {
        if (!result.isObject()) {
            throw new UnusableTemplate("result", "not an object");
        }
        TemplateFields fields = new TemplateFields(result, "");
        requireKnownRules(fields);
        long height = fields.integer("height", U32_MAX);
        if (height == 0) {
            throw fields.problem("height", "0 is the genesis block");
        }
        long nbits = fields.hexU32("bits");
        long curTime = fields.u32("curtime");
        long minTime = fields.optionalInteger("mintime", U32_MAX).orElse(curTime);
        long version = fields.u32("version");
        ChainTip tip = new ChainTip(fields.displayHash("previousblockhash"), nbits, minTime);
        List<Entry> entries = entries(fields);
        Optional<String> reduction = reduction(fields, entries);
        List<Entry> kept = reduction.isPresent() ? List.of() : entries.subList(0, fitting(entries, room));
        return new Template(
                id,
                height,
                (int) version < LEAST_VERSION ? DEFAULT_VERSION : version,
                tip,
                networkTarget(fields, nbits),
                Math.max(curTime, minTime),
                coinbase(fields, height, kept, fees(entries, kept.size())),
                MerklePath.ofTxids(kept.stream().map(Entry::txid).toList()),
                Optional.of(transactions(kept)),
                reduction.or(() -> excess(entries.size() - kept.size())));
    }

    /** Leaves the usual room, which is enough for a payout or two. */
    public static Template read(JsonNode result, long id) {
        return read(result, id, CoinbaseReserve.NONE);
    }

    private static void requireKnownRules(TemplateFields fields) {
        for (JsonNode rule : fields.node("rules")) {
            String name = rule.asString();
            if (name.startsWith("!") && !MANDATORY_RULES_KNOWN.contains(name)) {
                throw fields.problem("rules", "the node demands " + name + ", which this version does not know");
            }
        }
        if (fields.has("signet_challenge")
                && !fields.bytes("signet_challenge").hex().equals(TRIVIAL_CHALLENGE)) {
            throw fields.problem("signet_challenge", "blocks of this signet need its operators' signature");
        }
    }

    private static Target networkTarget(TemplateFields fields, long nbits) {
        Target ofBits = Target.ofCompact(nbits);
        if (ofBits.toBigInteger().signum() == 0) {
            throw fields.problem("bits", "no hash can meet it");
        }
        if (fields.has("target") && !Target.fromHex(fields.hex256("target")).equals(ofBits)) {
            throw fields.problem("target", "differs from what \"bits\" stands for, " + ofBits);
        }
        return ofBits;
    }

    private static TemplateCoinbase coinbase(TemplateFields fields, long height, List<Entry> kept, long feesGivenUp) {
        if (!fields.has("coinbasevalue")) {
            throw fields.problem("coinbasevalue", "missing; the node must leave the coinbase to its client");
        }
        long value = fields.integer("coinbasevalue", TxOut.MAX_MONEY) - feesGivenUp;
        if (value < 0) {
            throw fields.problem("coinbasevalue", "is less than the fees of the transactions");
        }
        boolean witness = fields.has("default_witness_commitment") && mayHoldWitnesses(fields, kept);
        List<TxOut> required = witness ? List.of(WitnessCommitment.output(commitment(kept))) : List.of();
        return new TemplateCoinbase(
                COINBASE_VERSION,
                COINBASE_SEQUENCE,
                height - 1,
                Bip34.scriptSigPrefix(height),
                value,
                required,
                witness ? Coinbase.ZERO_RESERVED_VALUE : Bytes.EMPTY);
    }

    private static Hash256 commitment(List<Entry> entries) {
        return WitnessCommitment.of(entries.stream().map(Entry::wtxid).toList(), Coinbase.ZERO_RESERVED_VALUE);
    }

    /** Why the transactions must be left out, if they must. */
    private static Optional<String> reduction(TemplateFields fields, List<Entry> entries) {
        boolean mayHoldWitnesses = mayHoldWitnesses(fields, entries);
        if (fields.has("default_witness_commitment") && mayHoldWitnesses) {
            Bytes ours = WitnessCommitment.script(commitment(entries));
            return ours.equals(fields.bytes("default_witness_commitment"))
                    ? Optional.empty()
                    : Optional.of("the node's default_witness_commitment does not fit the transactions it sent;"
                            + " mining the coinbase alone");
        }
        return mayHoldWitnesses && !fields.has("default_witness_commitment") && !entries.isEmpty()
                ? Optional.of(
                        "the node sent no default_witness_commitment, so its transactions may lack their witnesses;"
                                + " mining the coinbase alone")
                : Optional.empty();
    }

    /** How many of the transactions, from the first, leave room for our coinbase; parents stand before their children. */
    private static int fitting(List<Entry> entries, CoinbaseReserve room) {
        long weight = Block.headWeight(entries.size() + 1) + TemplateLimits.weightFor(room);
        long sigops = TemplateLimits.sigopsFor(room);
        int count = 0;
        for (Entry entry : entries) {
            weight += entry.weight();
            sigops += entry.sigops().orElse(0);
            if (weight > Block.MAX_WEIGHT || sigops > Block.MAX_SIGOPS) {
                return count;
            }
            count++;
        }
        return count;
    }

    private static Optional<String> excess(int left) {
        return left == 0
                ? Optional.empty()
                : Optional.of("the node's transactions leave no room for a coinbase; left out the last " + left);
    }

    /**
     * Before segwit is active a coinbase with a witness is refused, although the node may name a commitment already. A node
     * that lists no rules says it by the commitment alone.
     */
    private static boolean mayHoldWitnesses(TemplateFields fields, List<Entry> entries) {
        boolean segwit = !fields.has("rules") && fields.has("default_witness_commitment");
        for (JsonNode rule : fields.node("rules")) {
            segwit |= rule.asString().equals("segwit") || rule.asString().equals("!segwit");
        }
        return segwit || entries.stream().anyMatch(Entry::hasWitness);
    }

    private static TemplateTransactions transactions(List<Entry> entries) {
        long weight = 0;
        OptionalLong fees = OptionalLong.of(0);
        OptionalLong sigops = OptionalLong.of(0);
        List<Bytes> raw = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            raw.add(entry.raw());
            weight += entry.weight();
            fees = sum(fees, entry.fee());
            sigops = sum(sigops, entry.sigops());
        }
        return new TemplateTransactions(raw, weight, fees, sigops);
    }

    private static OptionalLong sum(OptionalLong a, OptionalLong b) {
        return a.isPresent() && b.isPresent() ? OptionalLong.of(a.getAsLong() + b.getAsLong()) : OptionalLong.empty();
    }

    /** The fees that the coinbase value holds and that are lost with the transactions from {@code first} on. */
    private static long fees(List<Entry> entries, int first) {
        long sum = 0;
        for (int i = first; i < entries.size(); i++) {
            OptionalLong fee = entries.get(i).fee();
            if (fee.isEmpty()) {
                throw new UnusableTemplate(
                        "transactions[" + i + "].fee",
                        "missing, so the value of a block without these transactions is unknown");
            }
            sum += fee.getAsLong();
        }
        return sum;
    }

    private static List<Entry> entries(TemplateFields fields) {
        JsonNode list = fields.node("transactions");
        if (!list.isArray()) {
            throw fields.problem("transactions", "missing or not a list");
        }
        List<Entry> entries = new ArrayList<>(list.size());
        for (JsonNode item : list) {
            entries.add(Entry.read(new TemplateFields(item, "transactions[" + entries.size() + "].")));
        }
        return entries;
    }

    /** One transaction: its bytes, what follows from them, and what only the node knows. */
    private record Entry(
            Bytes raw,
            Hash256 txid,
            Hash256 wtxid,
            boolean hasWitness,
            int weight,
            OptionalLong fee,
            OptionalLong sigops) {

        static Entry read(TemplateFields fields) {
            Bytes raw = fields.bytes("data");
            Transaction transaction;
            try {
                transaction = Transaction.parse(raw);
            } catch (IllegalArgumentException malformed) {
                throw fields.problem("data", malformed.getMessage());
            }
            return new Entry(
                    raw,
                    transaction.txid(),
                    transaction.wtxid(),
                    transaction.hasWitness(),
                    transaction.weight(),
                    fields.optionalInteger("fee", TxOut.MAX_MONEY),
                    fields.optionalInteger("sigops", U32_MAX));
        }
    }
}
