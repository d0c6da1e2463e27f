package sluice.endtoend.firmware;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import sluice.endtoend.IndependentHash;
import tools.jackson.databind.JsonNode;

/**
 * The part of a miner that hashes what it was told, as cgminer does: the strings of {@code mining.notify} are put into one
 * row, and then all of it is turned round in words of four bytes. None of our code has a part in it.
 */
final class Hasher {
    private static final HexFormat HEX = HexFormat.of();
    private static final String NO_NONCE = "00000000";
    private static final int NONCE_AT = 76;
    private static final int ROLLED_SHIFT = 13;

    private String session;
    private String extranonce1;
    private int extranonce2Size;
    private long versionMask;
    // Of the jobs to come: cgminer takes a difficulty into use with the next notify.
    private double nextDifficulty = 1;
    private Work work;
    private long searches;

    /** A job with what was in force when it came. */
    record Work(Heard line, String extranonce1, int extranonce2Size, double difficulty, long versionMask) {
        String jobId() {
            return line.param(0).asString();
        }

        String prevHash() {
            return line.param(1).asString();
        }

        long version() {
            return Long.parseLong(line.param(5).asString(), 16);
        }

        String ntime() {
            return line.param(7).asString();
        }

        boolean cleanJobs() {
            return line.param(8).asBoolean();
        }

        /** How many bytes its coinbase has. */
        int coinbaseBytes() {
            return coinbase("00".repeat(extranonce2Size)).length;
        }

        private byte[] coinbase(String extranonce2) {
            return HEX.parseHex(line.param(2).asString()
                    + extranonce1
                    + extranonce2
                    + line.param(3).asString());
        }

        private String root(String extranonce2) {
            byte[] root = IndependentHash.sha256d(coinbase(extranonce2));
            for (JsonNode branch : line.param(4)) {
                root = IndependentHash.sha256d(IndependentHash.joined(root, HEX.parseHex(branch.asString())));
            }
            return HEX.formatHex(IndependentHash.wordsReversed(root));
        }

        private byte[] header(String extranonce2, String ntime, long version) {
            return HEX.parseHex("%08x".formatted(version)
                    + prevHash()
                    + root(extranonce2)
                    + ntime
                    + line.param(6).asString()
                    + NO_NONCE);
        }
    }

    /** A share, each part as it is written. */
    record Share(
            String jobId, String extranonce2, String ntime, String nonce, long jobVersion, long version, long mask) {
        String bits(Dialect.Rolled written) {
            return switch (written) {
                case NOTHING -> "";
                case BITS -> "%08x".formatted(version & mask);
                case DIFFERENCE -> "%08x".formatted(version ^ jobVersion);
            };
        }
    }

    /** The hasher of the same machine on another connection: it does not search where it has searched. */
    Hasher onAnotherConnection() {
        Hasher next = new Hasher();
        next.searches = searches;
        return next;
    }

    /** Takes whatever of a line concerns hashing. */
    void take(Heard line) {
        JsonNode result = line.result();
        if (result.isArray()) {
            session = result.path(0).path(1).path(1).asString();
            extranonce1 = result.path(1).asString();
            extranonce2Size = result.path(2).asInt();
        } else if (result.has("version-rolling.mask")) {
            versionMask = Long.parseLong(result.path("version-rolling.mask").asString(), 16);
        } else if (line.isPush("mining.set_difficulty")) {
            nextDifficulty = line.param(0).asDouble();
        } else if (line.isPush("mining.set_version_mask")) {
            versionMask = Long.parseLong(line.param(0).asString(), 16);
        } else if (line.isPush("mining.notify")) {
            work = new Work(line, extranonce1, extranonce2Size, nextDifficulty, versionMask);
        }
    }

    String session() {
        return session;
    }

    String extranonce1() {
        return extranonce1;
    }

    int extranonce2Size() {
        return extranonce2Size;
    }

    /** The latest job. */
    Work work() {
        return work;
    }

    /** A share that was never found before, by the rolling that this family does. */
    Share find(Work job, Dialect.Rolled rolled) {
        return find(job, rolled, 0);
    }

    /** As the other, of a time so many seconds behind that of the job. */
    Share find(Work job, Dialect.Rolled rolled, int ntimeRoll) {
        long version = rolled == Dialect.Rolled.NOTHING
                ? job.version()
                : job.version() & ~job.versionMask() | ++searches << ROLLED_SHIFT & job.versionMask();
        return find(job, extranonce2(job), "%08x".formatted(Long.parseLong(job.ntime(), 16) + ntimeRoll), version);
    }

    private String extranonce2(Work job) {
        byte[] rolled = new byte[job.extranonce2Size()];
        long rest = ++searches;
        for (int i = 0; i < rolled.length; i++, rest >>>= 8) {
            rolled[i] = (byte) rest;
        }
        return HEX.formatHex(rolled);
    }

    private static Share find(Work job, String extranonce2, String ntime, long version) {
        BigInteger target = IndependentHash.target(job.difficulty());
        byte[] header = IndependentHash.wordsReversed(job.header(extranonce2, ntime, version));
        for (long nonce = 0; ; nonce++) {
            // A test that is out of time ends here, and not never.
            if (Thread.interrupted()) {
                throw new AssertionError("no share of difficulty " + job.difficulty() + " in time");
            }
            for (int i = 0; i < Integer.BYTES; i++) {
                header[NONCE_AT + i] = (byte) (nonce >>> Byte.SIZE * i);
            }
            byte[] hash = IndependentHash.sha256d(header);
            if (IndependentHash.number(hash).compareTo(target) <= 0) {
                String text = "%08x".formatted(nonce);
                return new Share(job.jobId(), extranonce2, ntime, text, job.version(), version, job.versionMask());
            }
        }
    }

    /** The hashes on the way of its coinbase to its merkle root. */
    static List<String> branches(Work job) {
        List<String> branches = new ArrayList<>();
        job.line().param(4).forEach(branch -> branches.add(branch.asString()));
        return branches;
    }
}
