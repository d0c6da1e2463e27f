package sluice.proxy.api;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import sluice.config.ApiScope;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.view.FarmBooks;
import sluice.upstream.template.Template;

/** What is mined, and what came of it. */
final class WorkEndpoints {
    private static final String TAG = "work";
    private static final int DEFAULT_SHARES = 100;

    private final Farm farm;

    WorkEndpoints(Farm farm) {
        this.farm = farm;
    }

    List<Endpoint> all() {
        return List.of(
                Endpoint.of(ApiMethod.GET, FarmApi.ROOT + "/job", ApiScope.READ)
                        .says(TAG, "Shows the latest job and the chain tip that it builds on.")
                        .answers(JobBody.class, this::job),
                Endpoint.of(ApiMethod.GET, FarmApi.ROOT + "/template", ApiScope.READ)
                        .says(TAG, "Shows the gateway's own block template, or why there is none.")
                        .answers(TemplateBody.class, this::template),
                Endpoint.of(ApiMethod.GET, FarmApi.ROOT + "/shares", ApiScope.READ)
                        .says(TAG, "Lists the latest shares, newest first, and how many were refused for which reason.")
                        .query(QueryParameter.number("limit", 1, 1_024, "shares; " + DEFAULT_SHARES + " without it"))
                        .query(QueryParameter.choice(
                                "result", List.of("accepted", "refused"), "only those that were told so"))
                        .query(QueryParameter.text("user", 255, "only those of this user identity"))
                        .answers(SharesBody.class, this::shares),
                Endpoint.of(ApiMethod.GET, FarmApi.ROOT + "/blocks", ApiScope.READ)
                        .says(TAG, "Lists the latest blocks that miners found since the start, newest first.")
                        .answers(BlocksBody.class, this::blocks));
    }

    record JobBody(Optional<LatestJobBody> job, Optional<TipBody> tip) {}

    /** @param height of the block that is mined, where the coinbase says it */
    record LatestJobBody(long jobId, Instant at, Optional<Long> height) {}

    /** @param nbits compact target of the network, in hexadecimal */
    record TipBody(String prevHash, String nbits, Instant since) {}

    /** @param unavailable why there is no template */
    record TemplateBody(Optional<LatestTemplateBody> template, Optional<String> unavailable, Instant since) {}

    /** @param coinbaseValue what the coinbase may pay, in satoshi */
    record LatestTemplateBody(
            long templateId,
            long height,
            String prevHash,
            String nbits,
            long curTime,
            long coinbaseValue,
            Optional<Integer> txCount,
            Optional<String> reduction) {}

    record SharesBody(List<ShareBody> shares, long accepted, Map<String, Long> refusedByReason) {}

    /**
     * @param verdict accepted, or the reason
     * @param difficulty what it was held to; 0 unless accepted
     */
    record ShareBody(
            Instant at,
            long minerId,
            long channelId,
            String user,
            String jobId,
            String verdict,
            double difficulty,
            Optional<String> shareHash) {}

    record BlocksBody(long found, long accepted, List<BlockBody> blocks) {}

    /** @param answers what each path that it was sent on made of it: accepted, or why not */
    record BlockBody(Instant at, String blockHash, String user, String upstream, Map<String, String> answers) {}

    private CompletionStage<ApiAnswer> job(ApiRequest request) {
        return farm.ask(FarmBooks::work)
                .thenApply(work -> ApiAnswer.ok(new JobBody(
                        work.job()
                                .map(job -> new LatestJobBody(
                                        job.jobId(),
                                        job.at(),
                                        job.height().isPresent()
                                                ? Optional.of(job.height().getAsLong())
                                                : Optional.empty())),
                        work.tip()
                                .map(tip -> new TipBody(
                                        tip.prevHash().toString(), "%08x".formatted(tip.nbits()), tip.at())))));
    }

    private CompletionStage<ApiAnswer> template(ApiRequest request) {
        return farm.template()
                .thenApply(known -> ApiAnswer.ok(new TemplateBody(
                        known.current().map(WorkEndpoints::body), known.unavailable(), known.since())));
    }

    private static LatestTemplateBody body(Template template) {
        return new LatestTemplateBody(
                template.id(),
                template.height(),
                template.tip().prevHash().toString(),
                "%08x".formatted(template.tip().nbits()),
                template.curTime(),
                template.coinbase().value(),
                template.transactions().map(transactions -> transactions.raw().size()),
                template.reduction());
    }

    private CompletionStage<ApiAnswer> shares(ApiRequest request) {
        return farm.ask(FarmBooks::shares)
                .thenApply(shares -> ApiAnswer.ok(new SharesBody(
                        shares.stream()
                                .filter(share -> request.query("user")
                                        .map(share.userIdentity()::equals)
                                        .orElse(true))
                                .filter(share -> request.query("result")
                                        .map(result -> result.equals("accepted")
                                                == share.verdict().isAccepted())
                                        .orElse(true))
                                .limit(request.number("limit", DEFAULT_SHARES))
                                .map(WorkEndpoints::body)
                                .toList(),
                        farm.snapshot().allDownstream().accepted(),
                        new TreeMap<>(farm.snapshot().rejections()))));
    }

    private static ShareBody body(GatewayEvent.ShareSubmitted share) {
        return new ShareBody(
                share.at(),
                share.connectionId(),
                share.channelId(),
                share.userIdentity(),
                Long.toString(share.jobId()),
                Words.of(share.verdict()),
                share.difficulty(),
                share.shareHash().map(Hash256::toString));
    }

    private CompletionStage<ApiAnswer> blocks(ApiRequest request) {
        return farm.ask(FarmBooks::blocks)
                .thenApply(blocks -> ApiAnswer.ok(new BlocksBody(
                        farm.snapshot().blocksFound(),
                        farm.snapshot().blocksAccepted(),
                        blocks.stream().map(WorkEndpoints::body).toList())));
    }

    private static BlockBody body(FarmBooks.Block block) {
        Map<String, String> answers = new HashMap<>();
        block.answers().forEach((path, rejection) -> answers.put(path, rejection.orElse("accepted")));
        return new BlockBody(
                block.found().at(),
                block.found().hash().toString(),
                block.found().userIdentity(),
                block.found().upstream(),
                new TreeMap<>(answers));
    }
}
