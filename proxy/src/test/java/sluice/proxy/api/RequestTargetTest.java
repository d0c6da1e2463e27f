package sluice.proxy.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {
    @Test
    void decodesEachSegmentAndParameterOnce() {
        RequestTarget target = RequestTarget.parse("/workers/a%2Bb%20%C3%A9%25?sort=hash+rate&user=a%26b%3D&empty");

        assertThat(target.path()).containsExactly("workers", "a+b é%");
        assertThat(target.query())
                .containsEntry("sort", "hash rate")
                .containsEntry("user", "a&b=")
                .containsEntry("empty", "");
        assertThat(RequestTarget.parse("/").path()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "miners",
                "*",
                "http://127.0.0.1/api",
                "//evil.example/api",
                "/api/../config",
                "/api/%2e%2e/config",
                "/api/%2E/config",
                "/api//config",
                "/api/",
                "/api%2Fconfig",
                "/api%5Cconfig",
                "/api\\..\\config",
                "/api/%00",
                "/api/a%0d%0aSet-Cookie:x",
                "/api/%zz",
                "/api/%4",
                "/api/%",
                "/api/%c3%28",
                "/api/\u00e9",
                "/api#part",
                "/api?a=1&a=2",
                "/api?a=%0a",
                "/a b",
                "/a\"result=ok",
                "/a?b=<c>",
                "/a?b=c|d",
            })
    void refusesWhatCouldMeanTwoThings(String text) {
        assertThatExceptionOfType(ApiFault.class)
                .isThrownBy(() -> RequestTarget.parse(text))
                .satisfies(fault -> assertThat(fault.problem().status()).isEqualTo(400));
    }

    @Test
    void takesSixteenParametersAndNoMore() {
        String sixteen = IntStream.range(0, RequestTarget.MAX_PARAMETERS)
                .mapToObj(i -> "p" + i + "=")
                .collect(Collectors.joining("&"));
        assertThat(RequestTarget.parse("/a?" + sixteen).query()).hasSize(16);
        assertThatExceptionOfType(ApiFault.class).isThrownBy(() -> RequestTarget.parse("/a?" + sixteen + "&q="));
    }
}
