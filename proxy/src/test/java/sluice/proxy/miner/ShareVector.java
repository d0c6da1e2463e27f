package sluice.proxy.miner;

import java.util.List;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Target;

/** Share "B" of the share-and-target vectors: a job of the reference implementation and the one nonce that solves it. */
final class ShareVector {
    static final Bytes COINBASE_PREFIX = Bytes.fromHex(
            "02000000010000000000000000000000000000000000000000000000000000000000000000ffffffff2a5200065376322f2f2f20");
    static final Bytes COINBASE_SUFFIX = Bytes.fromHex("ffffffff0200f2052a01000000160014"
            + "ebe1b7dcc293ccaa0ee743a86f89df8258c208fc0000000000000000266a24aa21a9ed"
            + "e2f61c3f71d1defd3fa999dfa36953755c690689799962b48bebd836974e8cf900000000");
    static final Bytes EXTRANONCE_PREFIX = Bytes.fromHex("000000000000000000000000000000000000000000000001");
    /** As the vector has it; big-endian counters reach it only far out, so tests put it into the prefix. */
    static final Bytes EXTRANONCE = Bytes.fromHex("0100000000000000");

    static final Hash256 PREV_HASH =
            Hash256.fromHex("17cd48869956dc99e01cd892e478e39dd563a0a3803b8bbe9e3e000000000000");
    static final Hash256 MERKLE_ROOT =
            Hash256.fromHex("cae378f9a9dc0d816aa282f36506f209ece36dd90eb50781a25798a509763a05");
    static final Hash256 MERKLE_ROOT_WITH_PATH =
            Hash256.fromHex("59369c6536f35475fc32b5d9857eff5198e3a96574dd859211fbb0c265adf2fd");
    static final Hash256 PATH_ENTRY = Hash256.fromHex("03".repeat(32));
    static final long VERSION = 0x20000000L;
    static final long NBITS = 0x1b00d7c0L;
    static final long NTIME = 0x680be961L;
    static final long NONCE = 0x4107;
    static final Hash256 HASH = Hash256.fromDisplay("000054cc966c174fc21b056b994c0aa265c40126222040984f571230b9adde1f");
    /** Of 1000 H/s at one share a minute. */
    static final Target TARGET = Target.fromHex("0001179d9861a761ffdadd11c307c4fc04eea3a418f7d687584e4434af158205");

    private ShareVector() {}

    static Work work(long generation, MerkleSource merkle) {
        return work(generation, TARGET, merkle);
    }

    static Work work(long generation, Target target, MerkleSource merkle) {
        return new Work(generation, "1", VERSION, PREV_HASH, NBITS, NTIME, target, merkle);
    }

    static MerkleSource fixed() {
        return new MerkleSource.Fixed(MERKLE_ROOT);
    }

    static MerkleSource.Coinbase rolled(Bytes prefix, int extranonceSize) {
        return new MerkleSource.Coinbase(
                COINBASE_PREFIX, prefix, extranonceSize, COINBASE_SUFFIX, MerklePath.of(List.of()));
    }
}
