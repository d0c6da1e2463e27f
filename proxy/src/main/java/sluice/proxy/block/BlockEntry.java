package sluice.proxy.block;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Block;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Coinbase;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.mining.job.CustomJob;
import sluice.proxy.route.FoundBlock;
import sluice.upstream.template.BlockSolution;

/**
 * All that is known of a found block: what proves it, and what brings it to the network.
 *
 * @param hash of the header, internal order
 * @param coinbase serialised; with its witness where that is known
 * @param merklePath siblings of the coinbase, deepest first; they stand for transactions that nobody gave us
 * @param height absent where the coinbase does not say it
 * @param templateId the template it was mined on; absent where its job was a pool's or a client's
 * @param block serialised, where its transactions are known
 * @param upstream whose job it was: {@link #CUSTOM_JOB} where a client made it
 */
public record BlockEntry(
        Instant foundAt,
        Hash256 hash,
        BlockHeader header,
        Bytes coinbase,
        List<Hash256> merklePath,
        OptionalLong height,
        OptionalLong templateId,
        Optional<Bytes> block,
        String userIdentity,
        String upstream) {
    /** Stands for an upstream in blocks on jobs that a client made. */
    public static final String CUSTOM_JOB = "custom-job";

    public BlockEntry {
        merklePath = List.copyOf(merklePath);
    }

    /** A block on a pool's job, whose transactions only the pool knows. */
    public static BlockEntry of(FoundBlock found) {
        return new BlockEntry(
                found.at(),
                found.hash(),
                found.header(),
                found.coinbase(),
                found.merklePath(),
                Coinbase.heightOf(found.coinbase()),
                OptionalLong.empty(),
                Optional.empty(),
                found.userIdentity(),
                found.upstream());
    }

    /** A block on a template of ours, or whole. */
    public static BlockEntry of(BlockSolution solution, List<Hash256> merklePath, String upstream, Instant at) {
        return new BlockEntry(
                at,
                solution.hash(),
                solution.header(),
                solution.coinbase(),
                merklePath,
                OptionalLong.of(solution.height()),
                solution.templateId() == BlockSolution.NO_TEMPLATE
                        ? OptionalLong.empty()
                        : OptionalLong.of(solution.templateId()),
                solution.block(),
                solution.userIdentity(),
                upstream);
    }

    /** A block on a job that a client made: whole, where its transactions are known. */
    public static BlockEntry of(FoundBlock found, CustomJob job, Bytes extranonce) {
        Bytes coinbase = job.coinbase().full(extranonce);
        return new BlockEntry(
                found.at(),
                found.hash(),
                found.header(),
                coinbase,
                found.merklePath(),
                OptionalLong.of(job.height()),
                OptionalLong.empty(),
                job.transactions().map(transactions -> Block.assemble(found.header(), coinbase, transactions)),
                found.userIdentity(),
                found.upstream());
    }

    /** The same block, known to be one of this template of ours. */
    public BlockEntry ofTemplate(long id) {
        return new BlockEntry(
                foundAt,
                hash,
                header,
                coinbase,
                merklePath,
                height,
                OptionalLong.of(id),
                block,
                userIdentity,
                upstream);
    }

    /** The block as a template source takes it; empty where no source could make anything of it. */
    public Optional<BlockSolution> solution(long number) {
        if (templateId.isEmpty() && block.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new BlockSolution(
                number,
                templateId.orElse(BlockSolution.NO_TEMPLATE),
                height.orElse(0),
                hash,
                header,
                coinbase,
                block,
                userIdentity));
    }
}
