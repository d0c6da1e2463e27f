package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.util.Base64;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookConfigTest {
    private static String wrongUrl(String text) {
        return assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> WebhookConfig.parseUrl(text))
                .actual()
                .wrong();
    }

    private static String secretOf(int bytes) {
        return Base64.getEncoder().encodeToString(new byte[bytes]);
    }

    @ParameterizedTest
    @CsvSource({
        "https://example.com,                https://example.com/",
        "HTTP://127.0.0.1:8080/a/b?c=d,      http://127.0.0.1:8080/a/b?c=d",
        "https://[2001:db8::1]/x,            https://[2001:db8::1]/x",
        "https://[::1]:9?x,                  https://[::1]:9/?x",
    })
    void aUrlHasASchemeAHostAndWhateverTheReceiverWants(String text, String url) {
        assertThat(WebhookConfig.parseUrl(text)).isEqualTo(URI.create(url));
    }

    @ParameterizedTest
    @CsvSource({
        "example.com,             does not begin with https:// or http://",
        "ftp://example.com,       does not begin with https:// or http://",
        "https://u:pw@example.com, has a user in front of the host",
        "https://example.com/#a,  'has a fragment, which is never sent'",
        "https://exa mple.com/,   has a host that is no name and no address",
        "https://example.com/a b, has something odd behind the host and port",
        "https://,                has no host",
    })
    void whatIsNoUrlIsRefusedInWords(String text, String wrong) {
        assertThat(wrongUrl(text)).isEqualTo(wrong);
    }

    @Test
    void aUrlIsNotLongerThanSoMuch() {
        String start = "https://example.com/";
        String longest = start + "x".repeat(WebhookConfig.MAX_URL_LENGTH - start.length());
        assertThat(WebhookConfig.parseUrl(longest).toString()).isEqualTo(longest);
        assertThat(wrongUrl(longest + "x")).startsWith("is longer than");
    }

    @Test
    void aSecretIsBase64OfSoManyBytesWithOrWithoutItsPrefix() {
        assertThat(WebhookSecret.parse("whsec_" + secretOf(WebhookSecret.MIN_BYTES)))
                .isEqualTo(WebhookSecret.parse(secretOf(WebhookSecret.MIN_BYTES)));
        assertThat(WebhookSecret.parse(secretOf(WebhookSecret.MAX_BYTES)).key().length())
                .isEqualTo(WebhookSecret.MAX_BYTES);
        for (String wrong : new String[] {
            "", "whsec_", secretOf(WebhookSecret.MIN_BYTES - 1), secretOf(WebhookSecret.MAX_BYTES + 1), "not base64!"
        }) {
            assertThatExceptionOfType(InvalidValueException.class)
                    .isThrownBy(() -> WebhookSecret.parse(wrong))
                    .matches(refusal -> wrong.length() < 8 || !refusal.wrong().contains(wrong));
        }
    }

    @Test
    void neitherTheSecretNorThePathIsShown() {
        WebhookConfig config = new WebhookConfig(
                "chat",
                WebhookConfig.parseUrl("https://example.com:8443/hooks/T0P/S3CRET"),
                WebhookSecret.parse(secretOf(32)),
                Set.of(EventType.BLOCK_FOUND));
        assertThat(config.toString())
                .contains("chat", "https://example.com:8443/...", "BLOCK_FOUND")
                .doesNotContain("S3CRET", "AAAA");
        assertThat(WebhookConfig.parseUrl("https://example.com/")).hasToString("https://example.com/");
    }

    @Test
    void unlessTheOperatorSaysOtherwiseSharesAreNotTold() {
        assertThat(WebhookConfig.rareEvents())
                .contains(EventType.BLOCK_FOUND, EventType.MINING_POOL_DISCONNECTED)
                .doesNotContain(EventType.SHARE_SUBMITTED, EventType.UPSTREAM_ACCEPTED);
    }
}
