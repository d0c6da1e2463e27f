package sluice.proxy.api;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import sluice.config.ApiScope;
import sluice.config.InvalidValueException;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.proxy.coinbase.CoinbaseInput;
import sluice.proxy.coinbase.CoinbaseStanding;
import sluice.proxy.coinbase.OutputsAnswer;
import sluice.proxy.coinbase.OutputsRefusal;
import sluice.proxy.coinbase.OutputsRefusal.Reason;
import sluice.proxy.coinbase.OutputsWanted;
import sluice.proxy.coinbase.ProviderTerms;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.CoinbaseSplit;

/** Whom the coinbases of the gateway's own jobs pay, where a module says so. */
final class CoinbaseEndpoints {
    private static final String TAG = "coinbase";
    private static final String PATH = FarmApi.ROOT + "/coinbase-provider";

    private final Farm farm;

    CoinbaseEndpoints(Farm farm) {
        this.farm = farm;
    }

    List<Endpoint> all() {
        return List.of(
                Endpoint.of(ApiMethod.GET, PATH, ApiScope.READ)
                        .says(
                                TAG,
                                "Shows who says whom coinbases pay, what it is asked now, and what became of its answers.")
                        .answers(
                                StandingBody.class,
                                request ->
                                        farm.coinbase().thenApply(standing -> ApiAnswer.ok(StandingBody.of(standing)))),
                Endpoint.of(ApiMethod.PUT, PATH, ApiScope.OPERATE)
                        .says(
                                TAG,
                                "Makes a module the coinbase provider, or changes its terms; the same again is no change.")
                        .takes(ProviderBody.class)
                        .answers(
                                StandingBody.class,
                                request -> ask(new CoinbaseInput.Register(terms(request.body(ProviderBody.class))))),
                Endpoint.of(ApiMethod.DELETE, PATH, ApiScope.OPERATE)
                        .says(TAG, "Has no coinbase provider any more: jobs pay the configured payout at once.")
                        .answers(StandingBody.class, request -> ask(new CoinbaseInput.Withdraw())),
                Endpoint.of(ApiMethod.POST, PATH + "/outputs", ApiScope.OPERATE)
                        .says(
                                TAG,
                                "Takes the provider's answer to what is wanted; what cannot be paid is refused with a reason.")
                        .takes(OutputsBody.class)
                        .answers(
                                StandingBody.class,
                                request -> ask(new CoinbaseInput.Answer(answer(request.body(OutputsBody.class))))));
    }

    /**
     * @param name of the module
     * @param tag that the coinbase shows in front of the operator's own
     * @param minDifficulty below which no miner's difficulty is chosen
     * @param deadlineMs in which the module answers; 2000 without it
     * @param maxOutputBytes of all its outputs, serialised; 1000 without it
     * @param maxSigops their signature operation cost; 320 without it
     */
    record ProviderBody(
            String name,
            Optional<String> tag,
            Optional<Double> minDifficulty,
            Optional<Integer> deadlineMs,
            Optional<Integer> maxOutputBytes,
            Optional<Integer> maxSigops) {
        static ProviderBody of(ProviderTerms terms) {
            return new ProviderBody(
                    terms.name(),
                    Optional.of(new String(terms.tag().toArray(), StandardCharsets.UTF_8)),
                    terms.minDifficulty().isPresent()
                            ? Optional.of(terms.minDifficulty().getAsDouble())
                            : Optional.empty(),
                    Optional.of((int) terms.deadline().toMillis()),
                    Optional.of((int) terms.room().bytes()),
                    Optional.of(terms.room().sigops()));
        }
    }

    /** As it was asked, and the answer; what the outputs leave of the value goes to the configured payout. */
    record OutputsBody(Long requestId, String prevHash, Long value, List<OutputBody> outputs) {}

    /**
     * @param script in hexadecimal digits
     * @param value satoshis
     */
    record OutputBody(String script, Long value) {}

    /**
     * @param state none, no-template, waiting, paying, or fallback: jobs pay the configured payout because of the problem
     * @param wanted the question that is open
     * @param paying what jobs pay now by the provider's answer
     * @param refused answers that were not used, and questions without one, by reason
     */
    record StandingBody(
            String state,
            Instant since,
            Optional<String> problem,
            Optional<ProviderBody> provider,
            Optional<WantedBody> wanted,
            Optional<PayingBody> paying,
            long asked,
            long taken,
            Map<String, Long> refused) {
        static StandingBody of(CoinbaseStanding standing) {
            return new StandingBody(
                    Words.of(standing.state()),
                    standing.since(),
                    standing.problem(),
                    standing.provider().map(ProviderBody::of),
                    standing.wanted().map(WantedBody::of),
                    standing.paying().map(PayingBody::of),
                    standing.asked(),
                    standing.taken(),
                    new TreeMap<>(standing.refused()));
        }
    }

    /** @param until when an answer is of use */
    record WantedBody(long requestId, String prevHash, long height, long value, Instant until) {
        static WantedBody of(OutputsWanted wanted) {
            return new WantedBody(
                    wanted.requestId(), wanted.prevHash().display(), wanted.height(), wanted.value(), wanted.until());
        }
    }

    record PayingBody(List<OutputBody> outputs) {
        static PayingBody of(CoinbaseSplit split) {
            return new PayingBody(split.outputs().stream()
                    .map(output -> new OutputBody(output.script().hex(), output.value()))
                    .toList());
        }
    }

    private CompletionStage<ApiAnswer> ask(CoinbaseInput.FromModule input) {
        return farm.coinbase(input)
                .thenApply(outcome -> outcome.refusal()
                        .map(refusal -> ApiAnswer.problem(problem(refusal)))
                        .orElseGet(() -> ApiAnswer.ok(StandingBody.of(outcome.standing()))));
    }

    private static ApiProblem problem(OutputsRefusal refusal) {
        Reason reason = refusal.reason();
        int status = reason == Reason.UNKNOWN_REQUEST ? 404 : reason.isOfItsTime() ? 409 : 422;
        return ApiProblem.of(status, "coinbase-refused", "The coinbase stays as it is", refusal.detail())
                .with("reason", reason.text());
    }

    private static ProviderTerms terms(ProviderBody body) {
        String tag = body.tag().orElse("");
        if (tag.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new ApiFault(ApiProblem.unprocessable("tag has a character that is not printable ASCII"));
        }
        try {
            return new ProviderTerms(
                    body.name(),
                    Bytes.wrap(tag.getBytes(StandardCharsets.US_ASCII)),
                    body.minDifficulty().map(OptionalDouble::of).orElseGet(OptionalDouble::empty),
                    body.deadlineMs().map(Duration::ofMillis).orElse(ProviderTerms.DEFAULT_DEADLINE),
                    new CoinbaseReserve(
                            bounded(body.maxOutputBytes().orElse(ProviderTerms.DEFAULT_OUTPUT_BYTES)),
                            bounded(body.maxSigops().orElse(ProviderTerms.DEFAULT_SIGOPS))));
        } catch (InvalidValueException wrong) {
            throw new ApiFault(ApiProblem.unprocessable(wrong.getMessage()));
        }
    }

    // What is beyond a reserve is beyond the terms' own ranges, and they say it better.
    private static int bounded(int wanted) {
        return wanted < 0 ? CoinbaseReserve.MAX_SIGOPS : Math.min(wanted, CoinbaseReserve.MAX_SIGOPS);
    }

    private static OutputsAnswer answer(OutputsBody body) {
        Hash256 prevHash;
        try {
            prevHash = Hash256.fromDisplay(body.prevHash());
        } catch (IllegalArgumentException e) {
            throw new ApiFault(ApiProblem.unprocessable("prev_hash is no hash of 64 hexadecimal digits"));
        }
        if (body.outputs().stream().anyMatch(Objects::isNull)) {
            throw new ApiFault(ApiProblem.unprocessable("outputs has an output that is null"));
        }
        return new OutputsAnswer(
                body.requestId(),
                prevHash,
                body.value(),
                body.outputs().stream()
                        .map(output -> new OutputsAnswer.Output(output.script(), output.value()))
                        .toList());
    }
}
