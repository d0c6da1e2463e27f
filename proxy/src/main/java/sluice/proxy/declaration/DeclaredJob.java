package sluice.proxy.declaration;

import static sluice.protocol.sv2.message.jobdeclaration.JobDeclarationErrorCode.INVALID_JOB;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.VersionRolling;
import sluice.protocol.bitcoin.WitnessCommitment;
import sluice.protocol.sv2.message.jobdeclaration.PushSolution;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.Template;

/**
 * A job that a client declared and that was found good, whole.
 *
 * @param template of ours that was in force then: it says which tip the job is for
 * @param version as declared, U32
 * @param transactions serialised with witness, in block order, without the coinbase
 * @param userIdentity whom its token was allocated to
 */
record DeclaredJob(
        Template template,
        long version,
        DeclaredCoinbase coinbase,
        MerklePath merklePath,
        List<Bytes> transactions,
        String userIdentity) {
    /** The most that fit into a block beside a coinbase; none is smaller than 60 bytes without its witness. */
    static final int MAX_TRANSACTIONS = Block.MAX_WEIGHT / (4 * 60);

    private static final int LEAST_VERSION = 4;

    DeclaredJob {
        transactions = List.copyOf(transactions);
    }

    /** Throws {@link DeclarationRefused} where no block can be made of it, in the words that nodes use where they have any. */
    static DeclaredJob of(
            Template template,
            long version,
            DeclaredCoinbase coinbase,
            List<KnownTransaction> transactions,
            String userIdentity)
            throws DeclarationRefused {
        // Nodes compare the version as a signed number.
        require((int) version >= LEAST_VERSION, String.format("bad-version(0x%08x)", version));
        long weight =
                Block.headWeight(transactions.size() + 1) + coinbase.example().weight();
        boolean witness = false;
        for (KnownTransaction transaction : transactions) {
            weight += transaction.weight();
            witness |= transaction.hasWitness();
        }
        require(weight <= Block.MAX_WEIGHT, "bad-blk-weight: " + weight + " units");
        Optional<Hash256> commitment = coinbase.witnessCommitment();
        require(commitment.isPresent() || !witness, "unexpected-witness: the coinbase commits to none");
        List<Hash256> wtxids =
                transactions.stream().map(KnownTransaction::wtxid).toList();
        require(
                commitment.isEmpty()
                        || WitnessCommitment.of(wtxids, coinbase.witnessReservedValue())
                                .equals(commitment.get()),
                "bad-witness-merkle-match");
        List<Hash256> txids = transactions.stream().map(KnownTransaction::txid).toList();
        require(new HashSet<>(txids).size() == txids.size(), "bad-txns-duplicate");
        return new DeclaredJob(
                template,
                version,
                coinbase,
                MerklePath.ofTxids(txids),
                transactions.stream().map(KnownTransaction::raw).toList(),
                userIdentity);
    }

    private static void require(boolean holds, String otherwise) throws DeclarationRefused {
        if (!holds) {
            throw new DeclarationRefused(INVALID_JOB, otherwise);
        }
    }

    boolean isFor(Template other) {
        return template.tip().prevHash().equals(other.tip().prevHash());
    }

    /** The block that {@code solution} makes of this job; empty where it is another's, or no solution. */
    Optional<DeclarationAction.SubmitBlock> solve(PushSolution solution, long number) {
        boolean mine = solution.prevHash().equals(template.tip().prevHash())
                && solution.nbits() == template.tip().nbits()
                && solution.extranonce().length() == coinbase.extranonceLength()
                && VersionRolling.isAllowed(version, solution.version(), VersionRolling.BIP323_MASK);
        if (!mine) {
            return Optional.empty();
        }
        BlockHeader header = new BlockHeader(
                solution.version(),
                solution.prevHash(),
                merklePath.root(coinbase.txid(solution.extranonce())),
                solution.ntime(),
                solution.nbits(),
                solution.nonce());
        Hash256 hash = header.hash();
        if (!Target.ofCompact(solution.nbits()).isMetBy(hash)) {
            return Optional.empty();
        }
        Bytes full = coinbase.full(solution.extranonce());
        BlockSolution block = new BlockSolution(
                number,
                BlockSolution.NO_TEMPLATE,
                coinbase.height(),
                hash,
                header,
                full,
                Optional.of(Block.assemble(header, full, transactions)),
                userIdentity);
        return Optional.of(new DeclarationAction.SubmitBlock(block, merklePath));
    }
}
