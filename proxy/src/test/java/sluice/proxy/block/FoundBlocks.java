package sluice.proxy.block;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.TxOut;
import sluice.proxy.mining.job.VectorJobs;

/** Blocks for tests: whole, but with a proof of work that nobody looked for. */
public final class FoundBlocks {
    static final Hash256 SIBLING = Hash256.fromHex("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20");

    private FoundBlocks() {}

    /** Of a template of ours, with its coinbase alone; {@code nonce} tells one from another. */
    public static BlockEntry whole(long nonce, Instant at) {
        Coinbase coinbase = Coinbase.builder()
                .height(800_000)
                .tag(Bytes.of("/test/".getBytes(StandardCharsets.US_ASCII)))
                .extranonceLength(4)
                .outputs(List.of(new TxOut(5_000, Bytes.fromHex("51"))))
                .build();
        Bytes extranonce = Bytes.fromHex("00000001");
        BlockHeader header = header(nonce, MerklePath.EMPTY.root(coinbase.txid(extranonce)));
        Bytes full = coinbase.full(extranonce);
        return new BlockEntry(
                at,
                header.hash(),
                header,
                full,
                List.of(),
                OptionalLong.of(800_000),
                OptionalLong.of(3),
                Optional.of(Block.assemble(header, full, List.of())),
                "acct.rig\"1\"",
                "solo");
    }

    /** On a pool's job: nobody but the pool has its transactions. */
    public static BlockEntry ofPool(Instant at) {
        BlockHeader header = header(7, SIBLING);
        return new BlockEntry(
                at,
                header.hash(),
                header,
                Bytes.fromHex("02000000"),
                List.of(SIBLING),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                "acct.rig\"1\"",
                "pool");
    }

    private static BlockHeader header(long nonce, Hash256 merkleRoot) {
        return new BlockHeader(
                VectorJobs.VERSION,
                VectorJobs.BLOCK_TIP.prevHash(),
                merkleRoot,
                VectorJobs.BLOCK_TIP.minNtime(),
                VectorJobs.BLOCK_TIP.nbits(),
                nonce);
    }
}
