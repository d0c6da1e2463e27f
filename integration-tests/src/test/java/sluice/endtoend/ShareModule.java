package sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * A module of another system that takes shares: it believes nothing that it is told, and hashes each share again with none
 * of our code.
 */
final class ShareModule {
    static final String SINK = "/api/v1/share-sinks/ocean";

    private static final HexFormat HEX = HexFormat.of();
    // A difficulty is a rounded number.
    private static final BigDecimal ROUNDING = BigDecimal.ONE.add(BigDecimal.valueOf(1, 9));

    private final ApiCaller api;
    private final Books books;
    private String after = "";

    /** What a module has on its disk: it outlives the module. Safe for any thread. */
    static final class Books {
        private final Map<String, JsonNode> shares = new LinkedHashMap<>();
        private final Map<String, JsonNode> jobs = new HashMap<>();
        private long lost;

        private synchronized void write(JsonNode share, JsonNode job) {
            JsonNode known = shares.putIfAbsent(share.get("id").asString(), share);
            assertThat(share).as("sent again").isEqualTo(known == null ? share : known);
            jobs.put(job.get("job_id").asString(), job);
        }

        private synchronized void lose(long more) {
            lost += more;
        }

        synchronized List<JsonNode> shares() {
            return List.copyOf(shares.values());
        }

        synchronized JsonNode jobOf(JsonNode share) {
            return jobs.get(share.get("job_id").asString());
        }

        /** Shares by user. */
        synchronized Map<String, Integer> byUser() {
            Map<String, Integer> counts = new TreeMap<>();
            shares.values().forEach(share -> counts.merge(share.get("user").asString(), 1, Integer::sum));
            return counts;
        }

        /** Work by user. */
        synchronized Map<String, Double> work() {
            Map<String, Double> sums = new TreeMap<>();
            shares.values()
                    .forEach(share -> sums.merge(
                            share.get("user").asString(),
                            share.get("difficulty").asDouble(),
                            Double::sum));
            return sums;
        }

        synchronized long lost() {
            return lost;
        }
    }

    ShareModule(ApiCaller api, Books books) {
        this.api = api;
        this.books = books;
    }

    /** Answers how it stands. */
    JsonNode register() throws Exception {
        return api.put(SINK, "").body();
    }

    /** What the gateway knows of it. */
    JsonNode standing() throws Exception {
        return api.get(SINK).body();
    }

    /** Asks for shares behind those it has, waits a moment for them, judges them and writes them down. Answers how many. */
    int take(int most) throws Exception {
        JsonNode page = api.get(SINK + "/shares?wait=1&limit=" + most + (after.isEmpty() ? "" : "&after=" + after))
                .body();
        Map<String, JsonNode> jobs = new HashMap<>();
        page.get("jobs")
                .forEach(job ->
                        assertThat(jobs.put(job.get("job_id").asString(), job)).isNull());
        page.get("shares").forEach(share -> {
            JsonNode job = jobs.get(share.get("job_id").asString());
            judge(share, job);
            books.write(share, job);
        });
        books.lose(page.get("lost").asLong());
        after = page.get("next").asString();
        return page.get("shares").size();
    }

    private static void judge(JsonNode share, JsonNode job) {
        byte[] coinbase = HEX.parseHex(job.get("coinbase_prefix").asString()
                + share.get("extranonce").asString()
                + job.get("coinbase_suffix").asString());
        List<byte[]> siblings = job.get("merkle_path")
                .valueStream()
                .map(sibling -> HEX.parseHex(sibling.asString()))
                .toList();
        byte[] hash = IndependentHash.header(
                share.get("version").asLong(),
                IndependentHash.reversed(HEX.parseHex(job.get("prev_hash").asString())),
                IndependentHash.merkleRoot(coinbase, siblings),
                share.get("ntime").asLong(),
                Long.parseLong(job.get("nbits").asString(), 16),
                share.get("nonce").asLong());
        assertThat(HEX.formatHex(IndependentHash.reversed(hash)))
                .isEqualTo(share.get("share_hash").asString());
        BigInteger bound = new BigDecimal(
                        IndependentHash.target(share.get("difficulty").asDouble()))
                .multiply(ROUNDING)
                .toBigInteger();
        assertThat(IndependentHash.number(hash)).isLessThanOrEqualTo(bound);
        assertThat(share.get("ntime").asLong())
                .isGreaterThanOrEqualTo(job.get("min_ntime").asLong());
        long changed = share.get("version").asLong() ^ job.get("version").asLong();
        assertThat(changed & ~job.get("version_mask").asLong()).isZero();
    }
}
