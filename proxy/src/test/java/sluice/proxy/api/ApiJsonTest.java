package sluice.proxy.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiJsonTest {
    record Pool(String poolUrl, Optional<String> poolUser, Integer weight) {}

    record Pools(List<Pool> pools, boolean dryRun) {}

    record Written(Instant at, Optional<String> absent, Optional<String> present, List<String> none, double oneHalf) {}

    private static Pools read(String text) {
        return ApiJson.read(text.getBytes(UTF_8), Pools.class);
    }

    @Test
    void writesRecordsInSnakeCaseWithoutWhatIsAbsent() {
        assertThat(new String(
                        ApiJson.write(new Written(
                                Instant.parse("2026-11-28T05:00:00.5Z"),
                                Optional.empty(),
                                Optional.of("a\"b\n"),
                                List.of(),
                                0.5)),
                        UTF_8))
                .isEqualTo("{\"at\":\"2026-11-28T05:00:00.500Z\",\"present\":\"a\\\"b\\n\",\"none\":[],"
                        + "\"one_half\":0.5}");
    }

    @Test
    void writesAProblemWithItsOwnMembersBesideTheOthers() {
        ApiProblem problem = ApiProblem.notFound("no such miner").with("step", "CONNECT");
        assertThat(new String(ApiJson.write(problem), UTF_8))
                .isEqualTo("{\"type\":\"urn:sluice:problem:not-found\",\"title\":\"There is no such thing\","
                        + "\"status\":404,\"detail\":\"no such miner\",\"step\":\"CONNECT\"}");
    }

    @Test
    void readsWhatTheRecordSays() {
        assertThat(read("{\"pools\":[{\"pool_url\":\"u\",\"weight\":3},"
                        + "{\"pool_url\":\"v\",\"pool_user\":\"w\",\"weight\":4}],\"dry_run\":true}"))
                .isEqualTo(new Pools(
                        List.of(new Pool("u", Optional.empty(), 3), new Pool("v", Optional.of("w"), 4)), true));
    }

    @Test
    void aFlagThatIsNotThereIsFalse() {
        assertThat(read("{\"pools\":[]}").dryRun()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"pools":[],"dry_run":true,"more":1} | more is unknown here
                    {"pools":[{"pool_url":"u","weight":"secret"}],"dry_run":true} | pools[0].weight is missing or of another type
                    {"pools":[{"pool_url":"u","weight":1.5}],"dry_run":true} | pools[0].weight is missing or of another type
                    {"pools":[{"pool_url":17,"weight":1}],"dry_run":true} | pools[0].pool_url is missing or of another type
                    {"pools":[{"weight":1}],"dry_run":true} | pools[0].pool_url is missing or of another type
                    {"pools":[{"pool_url":null,"weight":1}],"dry_run":true} | pools[0].pool_url is missing or of another type
                    {"pools":[],"dry_run":"true"} | dry_run is missing or of another type
                    {"dry_run":true} | pools is missing or of another type
                    [] | the body is missing or of another type
                    null | the body is null, not an object
                    {"pools":[],"dry_run":true} {} | the body is missing or of another type
                    {"pools":secret} | the body is no JSON object: see line 1, column 10
                    {"pools":[],"pools":[],"dry_run":true} | the body is no JSON object: see line 1, column 20
                    """)
    void saysWhereABodyIsWrongAndNeverWhatStandsThere(String body, String detail) {
        assertThatExceptionOfType(ApiFault.class)
                .isThrownBy(() -> read(body))
                .satisfies(fault -> assertThat(fault.problem().detail()).isEqualTo(detail))
                .satisfies(fault -> assertThat(fault.problem().status()).isEqualTo(400));
    }

    record Any(Object any) {}

    @Test
    void takesSixteenListsAndObjectsInOneAnotherAndNoMore() {
        int lists = ApiJson.MAX_NESTING - 1;
        String most = "{\"any\":" + "[".repeat(lists) + "]".repeat(lists) + "}";
        assertThat(ApiJson.read(most.getBytes(UTF_8), Any.class).any()).isInstanceOf(List.class);
        String more = most.replace("[]", "[[]]");
        assertThatExceptionOfType(ApiFault.class).isThrownBy(() -> ApiJson.read(more.getBytes(UTF_8), Any.class));
    }

    @Test
    void aPlaceIsCutWhereTheNamesInABodyAreLong() {
        String name = "a".repeat(ApiJson.MAX_PLACE_LENGTH);
        assertThatExceptionOfType(ApiFault.class)
                .isThrownBy(() -> read("{\"pools\":[],\"dry_run\":true,\"" + name + "\":1}"))
                .withMessage(name + " is unknown here");
        assertThatExceptionOfType(ApiFault.class)
                .isThrownBy(() -> read("{\"pools\":[],\"dry_run\":true,\"" + name + "b\":1}"))
                .withMessage(name + "... is unknown here");
    }

    @Test
    void whatStandsThereCannotWriteOnATerminal() {
        assertThatExceptionOfType(ApiFault.class)
                .isThrownBy(() -> read("{\"pools\":[],\"dry_run\":true,\"a\\u001b[2J\\n\\u007f\\u0085b\":1}"))
                .satisfies(fault -> assertThat(fault.problem().detail())
                        .isEqualTo("a\uFFFD[2J\uFFFD\uFFFD\uFFFDb is unknown here"));
        assertThat(ApiProblem.notFound("x").with("upstream", "a\u0007").more()).containsEntry("upstream", "a\uFFFD");
    }
}
