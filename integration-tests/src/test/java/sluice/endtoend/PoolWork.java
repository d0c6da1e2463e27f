package sluice.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.sv2.message.mining.NewExtendedMiningJob;
import sluice.protocol.sv2.message.mining.SetNewPrevHash;

/**
 * One job of a scripted pool, before it is addressed to a channel.
 *
 * @param weight bytes in the coinbase's output that serve nobody, 0..60000
 * @param branches hashes on the coinbase's way to the merkle root
 */
record PoolWork(long jobId, long ntime, boolean versionRolling, int weight, int branches) {
    // One bit that miners may roll is set, so that whoever clears or keeps it in the wrong place makes another hash.
    static final long VERSION = 0x20004000L;
    static final long ROLLABLE = 0x1fffffe0L;
    static final long NBITS = 0x1d00ffffL;
    /** Almost every hash that is a share is a block. */
    static final long NBITS_OF_EASY_BLOCKS = 0x207fffffL;

    static final int USUAL_BRANCHES = 2;

    private static final String HEIGHT = "03a0bb0d";

    /** A block that jobs are mined on. */
    record Tip(int number, byte[] prevHash, long nbits, long ntime) {
        static Tip of(String pool, int number, long nbits, long ntime) {
            return new Tip(number, IndependentHash.sha256((pool + number).getBytes(UTF_8)), nbits, ntime);
        }

        SetNewPrevHash activating(long channelOrGroup, long jobId) {
            return new SetNewPrevHash(channelOrGroup, jobId, Hash256.of(prevHash, 0), ntime, nbits);
        }
    }

    NewExtendedMiningJob future(long channelOrGroup, int extranonceLength) {
        return announced(channelOrGroup, extranonceLength, OptionalLong.empty());
    }

    NewExtendedMiningJob active(long channelOrGroup, int extranonceLength) {
        return announced(channelOrGroup, extranonceLength, OptionalLong.of(ntime));
    }

    private NewExtendedMiningJob announced(long channelOrGroup, int extranonceLength, OptionalLong minNtime) {
        return new NewExtendedMiningJob(
                channelOrGroup,
                jobId,
                minNtime,
                VERSION,
                versionRolling,
                siblings().stream().map(hash -> Hash256.of(hash, 0)).toList(),
                coinbasePrefix(extranonceLength),
                coinbaseSuffix());
    }

    /** Deepest first. */
    List<byte[]> siblings() {
        return IntStream.range(0, branches)
                .mapToObj(depth -> IndependentHash.sha256(("sibling" + depth).getBytes(UTF_8)))
                .toList();
    }

    Bytes coinbasePrefix(int extranonceLength) {
        int script = HEIGHT.length() / 2 + extranonceLength;
        return Bytes.fromHex("0200000001" + "00".repeat(32) + "ffffffff" + "%02x".formatted(script) + HEIGHT);
    }

    // The job's id stands in the output, so that no two jobs have a hash in common.
    Bytes coinbaseSuffix() {
        int script = 1 + 4 + weight;
        return Bytes.fromHex("ffffffff" + "01" + "00f2052a01000000"
                + (script < 0xfd ? "%02x".formatted(script) : "fd%02x%02x".formatted(script & 0xff, script >>> 8))
                + "6a" + "%08x".formatted(jobId) + "51".repeat(weight)
                + "00000000");
    }
}
