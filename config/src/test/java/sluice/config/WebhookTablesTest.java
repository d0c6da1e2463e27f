package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.config.Configuration.load;
import static sluice.config.Configuration.onlyProblem;
import static sluice.config.Configuration.problems;
import static sluice.config.Configuration.upstream;
import static sluice.config.Configuration.warnings;

import java.net.URI;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookTablesTest {
    private static final String SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String CHAT = webhook("chat");

    private static String webhook(String name) {
        return to(name, "https://chat.example.com/hooks/s3cret");
    }

    private static String to(String name, String url) {
        return "[[webhook]]\nname = \"%s\"\nurl = \"%s\"\nsecret = \"whsec_%s\"\n".formatted(name, url, SECRET);
    }

    private static WebhookConfig only(String text) {
        return load(upstream("main") + text).webhooks().getFirst();
    }

    @Test
    void aWebhookIsToldOfEverythingThatIsRare() {
        assertThat(load(upstream("main")).webhooks()).isEmpty();
        assertThat(only(CHAT))
                .isEqualTo(new WebhookConfig(
                        "chat",
                        URI.create("https://chat.example.com/hooks/s3cret"),
                        WebhookSecret.parse(SECRET),
                        WebhookConfig.rareEvents()));
    }

    @Test
    void orOfWhatItsOperatorSays() {
        assertThat(only(CHAT + "events = [\"ShareSubmitted\", \"BlockFound\"]\n")
                        .events())
                .isEqualTo(Set.of(EventType.SHARE_SUBMITTED, EventType.BLOCK_FOUND));
    }

    @Test
    void whatIsWrongIsSaidWithoutItsSecrets() {
        assertThat(onlyProblem(upstream("main") + CHAT + "events = [\"BlokFound\"]\n"))
                .contains("webhook.chat.events names the event \"BlokFound\", which does not exist")
                .contains("did you mean BlockFound?");
        assertThat(onlyProblem(upstream("main") + CHAT.replace("https://", "https://u:pw@")))
                .contains("webhook.chat.url has a user in front of the host")
                .doesNotContain("pw", "s3cret");
        assertThat(onlyProblem(upstream("main") + CHAT.replace(SECRET, "c2hvcnQ=")))
                .contains("webhook.chat.secret has 5 bytes, not 24 to 64")
                .doesNotContain("c2hvcnQ");
        assertThat(problems(upstream("main") + "[[webhook]]\nname = \"chat\"\n"))
                .hasSize(2)
                .allMatch(problem -> problem.contains("is missing"));
    }

    @ParameterizedTest
    @CsvSource({
        "http://10.0.0.7/x,     true",
        "http://farm.lan,       true",
        "https://10.0.0.7/x,    false",
        "http://127.0.0.1:80/x, false",
        "http://[::1]/x,        false",
        "http://localhost/x,    false",
    })
    void oneThatIsNotEncryptedIsWarnedOfUnlessItIsHere(String url, boolean warned) {
        assertThat(warnings(upstream("main") + to("chat", url)).stream()
                        .anyMatch(warning -> warning.contains("webhook.chat.url is not encrypted")))
                .isEqualTo(warned);
    }

    @Test
    void thereAreSoManyAndNoMore() {
        StringBuilder most = new StringBuilder(upstream("main"));
        for (int i = 0; i < WebhookConfig.MAX_WEBHOOKS; i++) {
            most.append(webhook("w" + i));
        }
        assertThat(load(most.toString()).webhooks()).hasSize(WebhookConfig.MAX_WEBHOOKS);
        assertThat(onlyProblem(most + webhook("more"))).contains("write at most 16");
    }
}
