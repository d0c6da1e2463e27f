package sluice.proxy.api.miningos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigestCredentialsTest {
    /** RFC 7616, 3.9.1. */
    private static final String EXAMPLE = """
            Digest username="Mufasa",
             realm="http-auth@example.org",
             uri="/dir/index.html",
             algorithm=SHA-256,
             nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
             nc=00000001,
             cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
             qop=auth,
             response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
             opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
            """.replace("\n", "").strip();

    private static DigestCredentials parse(String header) {
        return DigestCredentials.parse(header).orElseThrow();
    }

    @Test
    void theStandardsExampleIsReadAndRight() {
        DigestCredentials given = parse(EXAMPLE);

        assertThat(given)
                .returns("Mufasa", DigestCredentials::username)
                .returns("/dir/index.html", DigestCredentials::uri)
                .returns("SHA-256", DigestCredentials::algorithm)
                .returns("00000001", DigestCredentials::nc);
        assertThat(DigestProof.response(
                        DigestProof.secret("Mufasa", "http-auth@example.org", "Circle of Life"), given, "GET"))
                .isEqualTo(given.response());
    }

    @Test
    void spacesQuotesAndTheOrderMakeNoDifference() {
        assertThat(parse("dIgEsT qop=\"auth\",nc=\"00000001\" , USERNAME = \"a\\\"b\\\\c\",realm=r,nonce=n,,uri=/u,"
                        + "response=x,cnonce=c"))
                .isEqualTo(new DigestCredentials("a\"b\\c", "r", "n", "/u", "x", "MD5", "auth", "c", "00000001"));
    }

    @Test
    void anotherSchemeIsNone() {
        assertThat(DigestCredentials.parse("Bearer sluice_x")).isEmpty();
        assertThat(DigestCredentials.parse("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "username=a                     | it has no realm",
                "username                       | a name stands there without a value",
                "username=                      | a name or a value is missing",
                "=a                             | a name or a value is missing",
                "username=a, Username=b         | something stands there twice",
                "username=\"a                   | a quote has no end",
                "username=\"a\\                 | a quote has no end",
                "username=\"a\" realm=b         | a comma is missing",
                "username=a=b                   | a comma is missing",
            })
    void whatIsBrokenIsRefusedInWords(String parts, String wrong) {
        assertThatThrownBy(() -> parse("Digest " + parts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(wrong);
    }

    @Test
    void whatIsPrintedOfItIsNoDigestToTryPasswordsOn() {
        assertThat(parse(EXAMPLE).toString()).contains("Mufasa").doesNotContain("753927", "7ypf", "f2/wE");
    }
}
