package sluice.proxy.session;

import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Sha256d;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.NewMiningJob;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;

/** A job as a miner holds it: what came over the wire, its tip and the target in force when it became active. */
final class Sv2ClientJob {
    final long id;
    final long version;
    private final NewMiningJob standard;
    private final NewExtendedMiningJob extended;
    final boolean future;
    Target target;
    SetNewPrevHash tip;
    long ntime;

    private Sv2ClientJob(long id, long version, NewMiningJob standard, NewExtendedMiningJob extended, boolean future) {
        this.id = id;
        this.version = version;
        this.standard = standard;
        this.extended = extended;
        this.future = future;
    }

    static Sv2ClientJob of(NewMiningJob job) {
        Sv2ClientJob taken = new Sv2ClientJob(
                job.jobId(), job.version(), job, null, job.minNtime().isEmpty());
        job.minNtime().ifPresent(ntime -> taken.ntime = ntime);
        return taken;
    }

    static Sv2ClientJob of(NewExtendedMiningJob job) {
        Sv2ClientJob taken = new Sv2ClientJob(
                job.jobId(), job.version(), null, job, job.minNtime().isEmpty());
        job.minNtime().ifPresent(ntime -> taken.ntime = ntime);
        return taken;
    }

    /** The merkle root over a coinbase with these extranonce bytes, or the one that was sent. */
    Hash256 merkleRoot(Bytes extranonce) {
        if (standard != null) {
            return standard.merkleRoot();
        }
        return MerklePath.of(extended.merklePath()).root(Sha256d.of(coinbase(extranonce)));
    }

    /** The coinbase with these extranonce bytes; only an extended job has it. */
    Bytes coinbase(Bytes extranonce) {
        return Bytes.concat(extended.coinbaseTxPrefix(), extranonce, extended.coinbaseTxSuffix());
    }

    boolean versionRollingAllowed() {
        return extended == null || extended.versionRollingAllowed();
    }
}
