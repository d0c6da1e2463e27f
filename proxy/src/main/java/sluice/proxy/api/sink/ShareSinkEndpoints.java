package sluice.proxy.api.sink;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import sluice.config.ApiScope;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.api.ApiFault;
import sluice.proxy.api.ApiMethod;
import sluice.proxy.api.ApiProblem;
import sluice.proxy.api.ApiRequest;
import sluice.proxy.api.Endpoint;
import sluice.proxy.api.QueryParameter;
import sluice.proxy.api.event.EventFeed;
import sluice.proxy.api.pool.Later;
import sluice.proxy.mining.job.HeaderParts;
import sluice.proxy.sink.AcceptedShare;
import sluice.proxy.sink.ShareRing;
import sluice.proxy.sink.ShareSink;
import sluice.proxy.sink.ShareSinks;

/** What the API has for modules that take shares. Confined to the API's loop. */
public final class ShareSinkEndpoints {
    /** Shares in one answer. */
    static final int MAX_PAGE = 1_000;
    /** That an answer may wait for a share. */
    static final Duration MAX_WAIT = Duration.ofSeconds(10);
    /** Of a sink's name. */
    static final int MAX_NAME_LENGTH = 32;

    private static final int USUAL_PAGE = 500;
    private static final String TAG = "Share sinks";
    private static final String ALL = "/api/v1/share-sinks";
    private static final String ONE = ALL + "/{sink}";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1," + MAX_NAME_LENGTH + "}");

    private final ShareSinks sinks;
    private final String run;
    private final ShareWaits waits;

    ShareSinkEndpoints(ShareSinks sinks, String run, ShareWaits waits) {
        this.sinks = sinks;
        this.run = run;
        this.waits = waits;
    }

    /**
     * @param ring of the gateway
     * @param feed of its events
     * @param loop the API's
     */
    public static List<Endpoint> of(ShareRing ring, EventFeed feed, Executor loop) {
        return new ShareSinkEndpoints(
                        new ShareSinks(ring), feed.ledger().last().run(), new ShareWaits(feed, loop, Later.on(loop)))
                .all();
    }

    record SinkListBody(List<SinkBody> sinks) {}

    /**
     * @param by the token that it was registered with
     * @param heardAt when it asked for shares the last time
     * @param acknowledged the share up to which it has said that it has all
     * @param last the latest share
     * @param waiting shares behind the one that it has acknowledged
     * @param lost shares that gave way before it was sent them
     * @param capacity shares that are kept, the latest
     */
    record SinkBody(
            String name,
            String by,
            Instant registeredAt,
            Instant heardAt,
            String acknowledged,
            String last,
            long waiting,
            long lost,
            int capacity) {}

    /**
     * @param jobs those of the shares, each once
     * @param lost shares that had given way and would have come first
     * @param restarted the share that was asked for is of an earlier run of the gateway, of which nothing is left
     * @param next what to ask for next: the last of these shares
     * @param more whether more are there already
     */
    record PageBody(
            List<ShareBody> shares, List<JobBody> jobs, long lost, boolean restarted, String next, boolean more) {}

    /**
     * @param upstream whose job it is; absent for a job that a client made itself
     * @param extranonce the whole of it, as it stands in the coinbase
     * @param difficulty what it was held to
     * @param shareHash of the header, as explorers show a block's
     */
    record ShareBody(
            String id,
            Instant at,
            String jobId,
            Optional<String> upstream,
            String user,
            long minerId,
            long channelId,
            String extranonce,
            long ntime,
            long nonce,
            long version,
            double difficulty,
            String shareHash,
            boolean blockFound) {}

    /**
     * @param prevHash as explorers show it
     * @param nbits compact target of the network, in hexadecimal
     * @param minNtime least that a share may have
     * @param versionMask bits in which the version of a share may differ
     * @param coinbasePrefix the coinbase before the extranonce, without witness
     * @param coinbaseSuffix behind it
     * @param merklePath siblings of the coinbase, deepest first, as they are hashed
     */
    record JobBody(
            String jobId,
            Optional<String> upstream,
            String prevHash,
            String nbits,
            Optional<Long> height,
            long minNtime,
            long version,
            long versionMask,
            String coinbasePrefix,
            String coinbaseSuffix,
            List<String> merklePath) {}

    List<Endpoint> all() {
        return List.of(
                Endpoint.of(ApiMethod.GET, ALL, ApiScope.READ)
                        .says(TAG, "Who takes shares, and how far each is.")
                        .answers(
                                SinkListBody.class,
                                request -> done(ApiAnswer.ok(new SinkListBody(
                                        sinks.all().stream().map(this::body).toList())))),
                Endpoint.of(ApiMethod.GET, ONE, ApiScope.READ)
                        .says(TAG, "One who takes shares.")
                        .answers(SinkBody.class, request -> done(ApiAnswer.ok(body(find(request))))),
                Endpoint.of(ApiMethod.PUT, ONE, ApiScope.OPERATE)
                        .says(
                                TAG,
                                "Registers a module for every share that is accepted from now on, or finds it registered.")
                        .answers(SinkBody.class, request -> done(register(request))),
                Endpoint.of(ApiMethod.DELETE, ONE, ApiScope.OPERATE)
                        .says(TAG, "Forgets a module that took shares.")
                        .answers(SinkBody.class, request -> done(remove(request))),
                Endpoint.of(ApiMethod.GET, ONE + "/shares", ApiScope.OPERATE)
                        .says(
                                TAG,
                                "The shares behind the one that is named, which with all before it is acknowledged"
                                        + " thereby; without one, those behind the last acknowledged.")
                        .query(QueryParameter.text("after", ShareId.MAX_LENGTH, "the id of a share"))
                        .query(QueryParameter.number("limit", 1, MAX_PAGE, "shares; " + USUAL_PAGE + " without it"))
                        .query(QueryParameter.number(
                                "wait", 0, (int) MAX_WAIT.toSeconds(), "seconds to wait for a share; none without it"))
                        .answers(PageBody.class, this::shares));
    }

    private ApiAnswer register(ApiRequest request) {
        String name = request.variable("sink");
        if (!NAME.matcher(name).matches()) {
            throw new ApiFault(ApiProblem.unprocessable("the name of a sink has 1 to " + MAX_NAME_LENGTH
                    + " characters, which are letters, digits, '-', '_' and '.'"));
        }
        boolean known = sinks.find(name).isPresent();
        ShareSink sink = sinks.register(name, request.caller().name(), request.at())
                .orElseThrow(() -> new ApiFault(ApiProblem.of(
                        409,
                        "too-many-sinks",
                        "Too many take shares",
                        "there are " + ShareSinks.MAX_SINKS + " already; DELETE one that is of no use any more")));
        return new ApiAnswer.Json(known ? 200 : 201, Map.of(), body(sink));
    }

    private ApiAnswer remove(ApiRequest request) {
        ShareSink sink = find(request);
        SinkBody last = body(sink);
        sinks.remove(sink.name());
        return ApiAnswer.ok(last);
    }

    private ShareSink find(ApiRequest request) {
        return sinks.find(request.variable("sink"))
                .orElseThrow(() -> new ApiFault(ApiProblem.notFound("nobody of that name takes shares: a gateway that"
                        + " was started anew knows none; register with PUT")));
    }

    private CompletionStage<ApiAnswer> shares(ApiRequest request) {
        ShareSink sink = find(request);
        Optional<ShareId> after = request.query("after").map(this::id);
        boolean restarted = after.filter(id -> !id.run().equals(run)).isPresent();
        long place = after.filter(id -> !restarted).map(ShareId::number).orElse(sink.acknowledged());
        sinks.acknowledge(sink, place);
        int limit = request.number("limit", USUAL_PAGE);
        Duration wait = Duration.ofSeconds(request.number("wait", 0));
        if (wait.isZero() || restarted || sinks.last() - place >= limit) {
            return done(page(sink, place, limit, restarted, request.at()));
        }
        return waits.await(
                sink.name(),
                wait,
                () -> sinks.last() > place,
                () -> page(find(request), place, limit, restarted, request.at()));
    }

    private ShareId id(String text) {
        ShareId id = ShareId.parse(text)
                .orElseThrow(() -> new ApiFault(ApiProblem.badRequest(
                        "the query parameter after is no id that this gateway has given; send one as it came")));
        if (id.run().equals(run) && id.number() > sinks.last()) {
            throw new ApiFault(
                    ApiProblem.unprocessable("the query parameter after names a share that is still to come"));
        }
        return id;
    }

    private ApiAnswer page(ShareSink sink, long place, int limit, boolean restarted, Instant now) {
        ShareRing.Batch batch = sinks.handOver(sink, place, limit, now);
        Map<Long, JobBody> jobs = new LinkedHashMap<>();
        batch.shares().forEach(share -> jobs.computeIfAbsent(share.job().jobId(), id -> body(share.job())));
        return ApiAnswer.ok(new PageBody(
                batch.shares().stream().map(this::body).toList(),
                List.copyOf(jobs.values()),
                batch.lost(),
                restarted,
                idOf(batch.place()),
                batch.place() < sinks.last()));
    }

    private String idOf(long number) {
        return new ShareId(run, number).toString();
    }

    private SinkBody body(ShareSink sink) {
        return new SinkBody(
                sink.name(),
                sink.registeredBy(),
                sink.registeredAt(),
                sink.heardAt(),
                idOf(sink.acknowledged()),
                idOf(sinks.last()),
                sinks.last() - sink.acknowledged(),
                sinks.lostBy(sink),
                ShareRing.CAPACITY);
    }

    private ShareBody body(AcceptedShare share) {
        return new ShareBody(
                idOf(share.number()),
                share.at(),
                Long.toString(share.job().jobId()),
                upstream(share.job()),
                share.userIdentity(),
                share.connectionId(),
                share.channelId(),
                share.extranonce().hex(),
                share.ntime(),
                share.nonce(),
                share.version(),
                share.difficulty(),
                share.hash().display(),
                share.blockFound());
    }

    private static JobBody body(HeaderParts job) {
        return new JobBody(
                Long.toString(job.jobId()),
                upstream(job),
                job.tip().prevHash().display(),
                "%08x".formatted(job.tip().nbits()),
                job.height().isPresent() ? Optional.of(job.height().getAsLong()) : Optional.empty(),
                job.leastNtime(),
                job.source().version(),
                job.source().versionMask(),
                job.source().coinbasePrefix().hex(),
                job.source().coinbaseSuffix().hex(),
                job.source().merklePath().stream().map(Hash256::hex).toList());
    }

    private static Optional<String> upstream(HeaderParts job) {
        return Optional.of(job.origin().upstream()).filter(name -> !name.isEmpty());
    }

    private static CompletionStage<ApiAnswer> done(ApiAnswer answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
