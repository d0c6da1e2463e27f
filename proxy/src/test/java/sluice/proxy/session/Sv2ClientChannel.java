package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesStandard;

/** A channel as a miner holds it, with its jobs, and the hashing. */
final class Sv2ClientChannel {
    private final long id;
    private final boolean standard;
    private final Bytes prefix;
    private final int extranonceSize;
    private final long group;
    private final Map<Long, Sv2ClientJob> futures = new LinkedHashMap<>();
    private final Map<Long, Sv2ClientJob> active = new LinkedHashMap<>();
    private final Set<Long> told = new HashSet<>();
    private Target target;
    private SetNewPrevHash tip;
    private Sv2ClientJob current;
    private long sequence;
    private long nonce;

    Sv2ClientChannel(long id, boolean standard, Bytes prefix, int extranonceSize, long group, Target target) {
        this.id = id;
        this.standard = standard;
        this.prefix = prefix;
        this.extranonceSize = extranonceSize;
        this.group = group;
        this.target = target;
    }

    long id() {
        return id;
    }

    boolean isStandard() {
        return standard;
    }

    Bytes prefix() {
        return prefix;
    }

    int extranonceSize() {
        return extranonceSize;
    }

    int fullExtranonceSize() {
        return prefix.length() + extranonceSize;
    }

    long group() {
        return group;
    }

    Target target() {
        return target;
    }

    Sv2ClientJob current() {
        return current;
    }

    Map<Long, Sv2ClientJob> futures() {
        return futures;
    }

    Map<Long, Sv2ClientJob> active() {
        return active;
    }

    long lastSequence() {
        return sequence;
    }

    void setTarget(Target next) {
        target = next;
    }

    void take(Sv2ClientJob job) {
        assertThat(told.add(job.id))
                .as("job %d is news to channel %d (SV2 5.3.15)", job.id, id)
                .isTrue();
        if (job.future) {
            futures.put(job.id, job);
        } else {
            assertThat(tip).as("a tip before an active job").isNotNull();
            start(job);
        }
    }

    void activate(SetNewPrevHash newTip) {
        Sv2ClientJob job = futures.get(newTip.jobId());
        assertThat(job)
                .as("future job %d on channel %d (SV2 5.3.17)", newTip.jobId(), id)
                .isNotNull();
        futures.clear();
        active.clear();
        tip = newTip;
        job.ntime = newTip.minNtime();
        start(job);
    }

    /** Takes up a job of the miner's own making, which the server calls {@code jobId}. */
    Sv2ClientJob makeOwn(SetCustomMiningJob job, long jobId) {
        assertThat(told.add(jobId))
                .as("job %d is news to channel %d", jobId, id)
                .isTrue();
        tip = new SetNewPrevHash(id, jobId, job.prevHash(), job.minNtime(), job.nbits());
        start(Sv2ClientJob.of(new NewExtendedMiningJob(
                id,
                jobId,
                OptionalLong.of(job.minNtime()),
                job.version(),
                true,
                job.merklePath(),
                Bytes.concat(
                        u32(job.coinbaseTxVersion()),
                        Bytes.fromHex("01" + "00".repeat(32) + "ffffffff"),
                        Bytes.of((byte) (job.coinbasePrefix().length() + fullExtranonceSize())),
                        job.coinbasePrefix()),
                Bytes.concat(
                        u32(job.coinbaseTxInputNSequence()), job.coinbaseTxOutputs(), u32(job.coinbaseTxLocktime())))));
        return current;
    }

    private static Bytes u32(long value) {
        return Bytes.of((byte) value, (byte) (value >>> 8), (byte) (value >>> 16), (byte) (value >>> 24));
    }

    private void start(Sv2ClientJob job) {
        job.target = target;
        job.tip = tip;
        active.put(job.id, job);
        current = job;
    }

    /** A good share of the current job. */
    Sv2Message mine() {
        return mine(current, current.version, Bytes.zeros(extranonceSize), true);
    }

    /** A share of {@code job} that meets its target, or one that does not. */
    Sv2Message mine(Sv2ClientJob job, long version, Bytes rolled, boolean good) {
        return mine(job, version, rolled, job.target, good);
    }

    /** A share of {@code job} that meets {@code bound}, or one that does not. */
    Sv2Message mine(Sv2ClientJob job, long version, Bytes rolled, Target bound, boolean good) {
        while (header(job, version, rolled, ++nonce).meets(bound) != good) {
            assertThat(nonce).as("nonces tried").isLessThan(1_000_000);
        }
        return submit(++sequence, job.id, nonce, job.ntime, version, rolled);
    }

    Sv2Message submit(long sequenceNumber, long jobId, long withNonce, long ntime, long version, Bytes rolled) {
        return standard
                ? new SubmitSharesStandard(id, sequenceNumber, jobId, withNonce, ntime, version)
                : new SubmitSharesExtended(id, sequenceNumber, jobId, withNonce, ntime, version, rolled);
    }

    BlockHeader header(Sv2ClientJob job, long version, Bytes rolled, long withNonce) {
        return new BlockHeader(
                version,
                job.tip.prevHash(),
                job.merkleRoot(Bytes.concat(prefix, rolled)),
                job.ntime,
                job.tip.nbits(),
                withNonce);
    }
}
