package sluice.proxy.provider;

import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.Transaction;
import sluice.protocol.bitcoin.TxIn;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.bitcoin.VersionRolling;
import sluice.protocol.sv2.message.template.SubmitSolution;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateTransactions;

/**
 * A client's solution of a template, held against all that the template prescribes (SV2 7.7). What only a node can judge is
 * left to the node: a block that is refused by mistake is lost, a bad one costs nothing.
 *
 * @param coinbase serialised with its witness
 * @param block serialised; absent where the template's transactions are not known here
 */
record ReceivedSolution(BlockHeader header, Bytes coinbase, Optional<Bytes> block) {
    private static final int SIGOP_COST = 4;

    /** Why a solution is no block; an expected outcome, so no stack trace. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private Refused(String reason) {
            super(reason, null, false, false);
        }
    }

    /** Throws {@link Refused} in the words that nodes use where they have any. */
    static ReceivedSolution of(SubmitSolution message, Template template) throws Refused {
        Transaction coinbase = parse(message.coinbaseTx());
        require(
                VersionRolling.isAllowed(template.version(), message.version(), VersionRolling.BIP323_MASK),
                "the version differs from the template's in bits that may not be rolled");
        requireAsPrescribed(coinbase, template);
        Transaction whole = withWitness(coinbase, template.coinbase().witnessReservedValue());
        BlockHeader header = new BlockHeader(
                message.version(),
                template.tip().prevHash(),
                template.merklePath().root(coinbase.txid()),
                message.headerTimestamp(),
                template.tip().nbits(),
                message.headerNonce());
        require(header.meets(Target.ofCompact(template.tip().nbits())), "high-hash");
        if (template.transactions().isPresent()) {
            requireRoom(whole, template.transactions().get());
        }
        Bytes raw = whole.serialise();
        return new ReceivedSolution(
                header,
                raw,
                template.transactions().map(transactions -> Block.assemble(header, raw, transactions.raw())));
    }

    private static Transaction parse(Bytes raw) throws Refused {
        Transaction coinbase;
        try {
            coinbase = Transaction.parse(raw);
        } catch (IllegalArgumentException malformed) {
            throw new Refused("the coinbase cannot be read: " + malformed.getMessage());
        }
        require(coinbase.isCoinbase(), "bad-cb-missing");
        return coinbase;
    }

    private static void requireAsPrescribed(Transaction coinbase, Template template) throws Refused {
        Bytes scriptSig = coinbase.inputs().getFirst().scriptSig();
        require(
                scriptSig.startsWith(template.coinbase().scriptSigPrefix()),
                "the coinbase script does not start with the template's coinbase_prefix");
        require(
                scriptSig.length() >= Coinbase.MIN_SCRIPT_SIG_LENGTH
                        && scriptSig.length() <= Coinbase.MAX_SCRIPT_SIG_LENGTH,
                "bad-cb-length");
        List<TxOut> outputs = coinbase.outputs();
        List<TxOut> required = template.coinbase().requiredOutputs();
        int own = outputs.size() - required.size();
        require(
                own >= 0 && outputs.subList(own, outputs.size()).equals(required),
                "the coinbase does not end with the template's outputs");
        // In steps, as each is bounded and their sum need not be.
        long left = template.coinbase().value();
        for (TxOut output : outputs.subList(0, own)) {
            left -= output.value();
            require(left >= 0, "bad-cb-amount");
        }
    }

    /** A client may leave the witness to us, as its content is prescribed. */
    private static Transaction withWitness(Transaction coinbase, Bytes reservedValue) throws Refused {
        TxIn input = coinbase.inputs().getFirst();
        List<Bytes> prescribed = reservedValue.isEmpty() ? List.of() : List.of(reservedValue);
        if (input.witness().equals(prescribed)) {
            return coinbase;
        }
        require(input.witness().isEmpty(), "bad-witness-nonce-size");
        TxIn witnessed = new TxIn(input.prevTxid(), input.prevIndex(), input.scriptSig(), input.sequence(), prescribed);
        return new Transaction(coinbase.version(), List.of(witnessed), coinbase.outputs(), coinbase.lockTime());
    }

    private static void requireRoom(Transaction coinbase, TemplateTransactions transactions) throws Refused {
        long head = Block.headWeight(transactions.raw().size() + 1);
        require(head + coinbase.weight() + transactions.weight() <= Block.MAX_WEIGHT, "bad-blk-weight");
        long sigops = Script.sigops(coinbase.inputs().getFirst().scriptSig());
        for (TxOut output : coinbase.outputs()) {
            sigops += Script.sigops(output.script());
        }
        require(
                transactions.sigops().orElse(0) + SIGOP_COST * sigops <= CoinbaseRoom.MAX_SIGOPS_COST,
                "bad-blk-sigops");
    }

    private static void require(boolean holds, String otherwise) throws Refused {
        if (!holds) {
            throw new Refused(otherwise);
        }
    }
}
