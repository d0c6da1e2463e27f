package sluice.endtoend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * OCEAN's side of DATUM as a module of a gateway. It is asked whom the coinbase of each template pays, and answers with those
 * whose work it has seen, each its part; it takes every share as the proof of that work.
 */
final class OceanModule implements AutoCloseable {
    static final String PROVIDER = "/api/v1/coinbase-provider";
    static final String TAG = "/ocean/";
    /** Below which it wants no shares. */
    static final double LEAST_DIFFICULTY = 4e-9;

    private static final HexFormat HEX = HexFormat.of();
    private static final String POOL = "ocean";

    private final ApiCaller api;
    private final ShareModule.Books books;
    private final ShareModule shares;
    private final Promises promises;
    private volatile boolean killed;

    /** What it has said is to be paid, on its disk. Safe for any thread. */
    static final class Promises {
        private final Map<String, Integer> outputs = new LinkedHashMap<>();
        private final List<String> refusals = new ArrayList<>();

        private synchronized void refused(String problem) {
            refusals.add(problem);
        }

        /** What was wrong with them. */
        synchronized List<String> refusals() {
            return List.copyOf(refusals);
        }

        private synchronized void add(String serialised, int count) {
            outputs.put(serialised, count);
        }

        /** How many outputs of one promise stand in this coinbase, in hexadecimal digits; 0 where it keeps none. */
        synchronized int keptBy(String coinbase) {
            return outputs.entrySet().stream()
                    .filter(promise -> coinbase.contains(promise.getKey()))
                    .mapToInt(Map.Entry::getValue)
                    .max()
                    .orElse(0);
        }
    }

    OceanModule(ApiCaller api, ShareModule.Books books, Promises promises) {
        this.api = api;
        this.books = books;
        this.shares = new ShareModule(api, books);
        this.promises = promises;
    }

    /** Registers for both, and answers questions from now on. */
    void begin() throws Exception {
        HeardEvents questions = api.eventsFromNow("CoinbaseOutputsWanted");
        Thread.ofVirtual().name("ocean").start(() -> answerAll(questions));
        shares.register();
        JsonNode standing = api.put(
                        PROVIDER,
                        "{\"name\":\"%s\",\"tag\":\"%s\",\"min_difficulty\":%s}".formatted(POOL, TAG, LEAST_DIFFICULTY))
                .body();
        // The event of a question that was asked before this one listened is gone.
        if (standing.has("wanted")) {
            answer(standing.get("wanted"));
        }
    }

    ShareModule shares() {
        return shares;
    }

    /** Of jobs: whom they pay now, in a word. */
    String state() throws Exception {
        return api.get(PROVIDER).text("state");
    }

    private void answerAll(HeardEvents questions) {
        try (questions) {
            while (!killed) {
                answer(questions.next());
            }
        } catch (IOException | CompletionException broken) {
            if (!killed) {
                throw new AssertionError("the stream of questions ended", broken);
            }
        }
    }

    private void answer(JsonNode wanted) {
        long value = wanted.get("value").asLong();
        Map<String, Long> split = split(value);
        String outputs = split.entrySet().stream()
                .map(output -> "{\"script\":\"%s\",\"value\":%d}".formatted(output.getKey(), output.getValue()))
                .collect(Collectors.joining(",", "[", "]"));
        String serialised = split.entrySet().stream()
                .map(output -> littleEndian(output.getValue())
                        + "%02x".formatted(output.getKey().length() / 2)
                        + output.getKey())
                .collect(Collectors.joining());
        promises.add(serialised, split.size());
        ApiCaller.Reply reply = api.call(
                        "POST",
                        PROVIDER + "/outputs",
                        "{\"request_id\":%d,\"prev_hash\":\"%s\",\"value\":%d,\"outputs\":%s}"
                                .formatted(
                                        wanted.get("request_id").asLong(),
                                        wanted.get("prev_hash").asString(),
                                        value,
                                        outputs),
                        Optional.empty())
                .join();
        // The chain may have gone on meanwhile; nothing else is wrong with an answer of ours.
        if (reply.status() != 200 && reply.status() != 409) {
            promises.refused(reply.body().toString());
        }
    }

    /** Scripts and what each gets: all who have worked, by their work, and the pool what is left. */
    private Map<String, Long> split(long value) {
        Map<String, Double> work = books.work();
        double all = work.values().stream().mapToDouble(Double::doubleValue).sum();
        Map<String, Long> split = new LinkedHashMap<>();
        // The pool's own part, and whatever rounding leaves.
        long left = value;
        for (Map.Entry<String, Double> one : work.entrySet()) {
            long part = (long) (value * 0.98 * one.getValue() / all);
            split.put(script(one.getKey()), part);
            left -= part;
        }
        split.put(script(POOL), left);
        return split;
    }

    /** A key's, which nobody has. */
    private static String script(String user) {
        byte[] hash = IndependentHash.sha256(user.getBytes(StandardCharsets.UTF_8));
        return "0014" + HEX.formatHex(Arrays.copyOf(hash, 20));
    }

    private static String littleEndian(long value) {
        return HEX.formatHex(IndependentHash.reversed(HEX.parseHex("%016x".formatted(value))));
    }

    /** It is gone, without a word. */
    @Override
    public void close() {
        killed = true;
        api.close();
    }
}
