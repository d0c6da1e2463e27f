package sluice.proxy.declaration;

import static sluice.protocol.sv2.message.jobdeclaration.JobDeclarationErrorCode.INTERNAL_ERROR;
import static sluice.protocol.sv2.message.jobdeclaration.JobDeclarationErrorCode.INVALID_COINBASE_TX;
import static sluice.protocol.sv2.message.jobdeclaration.JobDeclarationErrorCode.INVALID_JOB;
import static sluice.protocol.sv2.message.jobdeclaration.JobDeclarationErrorCode.MISSING_TXS;
import static sluice.protocol.sv2.message.jobdeclaration.JobDeclarationErrorCode.STALE_CHAIN_TIP;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJob;
import sluice.upstream.template.Template;

/** A job that a client has declared and that has no answer yet: what is known of it, and what it waits for. */
final class OpenDeclaration {
    private final DeclareMiningJob message;
    private final String userIdentity;
    private final DeclaredCoinbase coinbase;
    private final KnownTransaction[] transactions;
    private List<Integer> missing = List.of();
    private DeclarationDeadline waitsFor = DeclarationDeadline.TIP;
    private Instant due = Instant.MAX;
    private long ownBytes;

    private OpenDeclaration(DeclareMiningJob message, String userIdentity, DeclaredCoinbase coinbase) {
        this.message = message;
        this.userIdentity = userIdentity;
        this.coinbase = coinbase;
        this.transactions = new KnownTransaction[message.wtxidList().size()];
    }

    static OpenDeclaration of(DeclareMiningJob message, String userIdentity) throws DeclarationRefused {
        List<Hash256> wtxids = message.wtxidList();
        if (wtxids.size() > DeclaredJob.MAX_TRANSACTIONS) {
            throw new DeclarationRefused(
                    INVALID_JOB, "bad-blk-weight: " + wtxids.size() + " transactions fit in no block");
        }
        if (new HashSet<>(wtxids).size() < wtxids.size()) {
            throw new DeclarationRefused(INVALID_JOB, "bad-txns-duplicate: a wtxid stands in the list twice");
        }
        return new OpenDeclaration(
                message, userIdentity, DeclaredCoinbase.of(message.coinbaseTxPrefix(), message.coinbaseTxSuffix()));
    }

    long requestId() {
        return message.requestId();
    }

    /** Whether it is for the block after the next: its client has heard of a tip that we have not heard of yet. */
    boolean isAhead(Template template) {
        return coinbase.height() == template.height() + 1;
    }

    /** Throws {@link DeclarationRefused} where the job is for another tip than {@code current}'s, or does not pay us. */
    Template requireCurrent(Optional<Template> current, PoolPayout payout) throws DeclarationRefused {
        Template template = current.orElseThrow(
                () -> new DeclarationRefused(INTERNAL_ERROR, "the pool has no template to judge it by"));
        if (coinbase.height() != template.height()) {
            throw new DeclarationRefused(
                    STALE_CHAIN_TIP,
                    "it is for height " + coinbase.height() + ", and the next block's is " + template.height());
        }
        Optional<String> fault = payout.fault(coinbase.example().outputs(), PoolPayout.subsidy(template));
        if (fault.isPresent()) {
            throw new DeclarationRefused(INVALID_COINBASE_TX, fault.get());
        }
        return template;
    }

    /** Fills in what is known; returns the positions of what is not. */
    List<Integer> resolve(KnownTransactions known) {
        List<Integer> unknown = new ArrayList<>();
        for (int at = 0; at < transactions.length; at++) {
            transactions[at] = known.find(message.wtxidList().get(at)).orElse(null);
            if (transactions[at] == null) {
                unknown.add(at);
            }
        }
        missing = List.copyOf(unknown);
        return missing;
    }

    /** Fills in what the client gave. Throws {@link DeclarationRefused} where that is not what is missing. */
    void fill(List<Bytes> given, KnownTransactions known) throws DeclarationRefused {
        if (given.size() != missing.size()) {
            throw new DeclarationRefused(
                    MISSING_TXS, given.size() + " transactions came, and " + missing.size() + " were asked for");
        }
        for (int i = 0; i < given.size(); i++) {
            int at = missing.get(i);
            KnownTransaction transaction = parse(given.get(i), at);
            if (!transaction.wtxid().equals(message.wtxidList().get(at))) {
                throw new DeclarationRefused(
                        MISSING_TXS, "another transaction came for position " + at + ": " + transaction.wtxid());
            }
            transactions[at] = transaction;
            ownBytes += transaction.raw().length();
        }
        for (int at : missing) {
            known.learn(transactions[at]);
        }
        missing = List.of();
    }

    private static KnownTransaction parse(Bytes raw, int at) throws DeclarationRefused {
        try {
            return KnownTransaction.of(raw);
        } catch (IllegalArgumentException malformed) {
            throw new DeclarationRefused(
                    INVALID_JOB, "the transaction at position " + at + " is none: " + malformed.getMessage());
        }
    }

    DeclaredJob job(Template template) throws DeclarationRefused {
        return DeclaredJob.of(template, message.version(), coinbase, Arrays.asList(transactions), userIdentity);
    }

    /** Bytes of its transactions that only the client had. */
    long ownBytes() {
        return ownBytes;
    }

    void await(DeclarationDeadline what, Instant until) {
        waitsFor = what;
        due = until;
    }

    boolean awaits(DeclarationDeadline what) {
        return waitsFor == what;
    }

    Instant due() {
        return due;
    }
}
