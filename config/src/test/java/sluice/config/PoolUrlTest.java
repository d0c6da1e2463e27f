package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolUrlTest {
    @ParameterizedTest
    @CsvSource({
        "stratum2+tcp://pool.example.com:34254/KEY, STRATUM2_TCP, pool.example.com, 34254, KEY",
        "stratum2+tcp://pool.example.com/KEY,       STRATUM2_TCP, pool.example.com, 3333,  KEY",
        "stratum2+tcp://pool.example.com:1/,        STRATUM2_TCP, pool.example.com, 1,     ",
        "STRATUM2+TCP://Pool.Example.com.:65535,    STRATUM2_TCP, Pool.Example.com., 65535, ",
        "stratum+tcp://127.0.0.1:3333,              STRATUM_TCP,  127.0.0.1,        3333,  ",
        "stratum+tcp://my_pool-1:3333/,             STRATUM_TCP,  my_pool-1,        3333,  ",
        "stratum+ssl://[::1]:443,                   STRATUM_SSL,  ::1,              443,   ",
        "stratum2+tcp://[fe80::1%eth0]/KEY,         STRATUM2_TCP, fe80::1%eth0,     3333,  KEY",
    })
    void takesUrlsApart(String url, PoolUrl.Scheme scheme, String host, int port, String key) {
        assertThat(PoolUrl.parse(url)).isEqualTo(new PoolUrl(scheme, host, port, Optional.ofNullable(key)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pool.example.com:3333                | has no scheme",
                "''                                   | has no scheme",
                "http://pool.example.com              | has the unknown scheme 'http'",
                "://pool.example.com                  | has the unknown scheme ''",
                "stratum2+tcp://                      | has no host",
                "stratum2+tcp://:3333                 | has no host",
                "stratum2+tcp:///KEY                  | has no host",
                "stratum2+tcp://pool:                 | has no port behind the colon",
                "stratum2+tcp://pool:0                | has port 0",
                "stratum2+tcp://pool:65536            | has a wrong port '65536'",
                "stratum2+tcp://pool:33x              | has a wrong port '33x'",
                "stratum2+tcp://pool:-1               | has a wrong port '-1'",
                "stratum2+tcp://2001:db8::1/KEY       | has an IPv6 address without brackets",
                "stratum2+tcp://[2001:db8::1/KEY      | has [ without ]",
                "stratum2+tcp://[2001:db8::g]:1       | has '2001:db8::g', which is no IPv6 address",
                "stratum2+tcp://[::1]x                | has 'x' behind the address",
                "stratum2+tcp://[::1%]:1              | has a wrong zone behind %",
                "stratum2+tcp://[pool]:1              | has brackets around something that is no IPv6 address",
                "stratum2+tcp://10.0.0.256:1          | has '10.0.0.256', which is no IPv4 address",
                "stratum2+tcp://10.1:1                | has '10.1', which is no IPv4 address",
                "stratum2+tcp://a b:1                 | has a host that is no name and no address",
                "stratum2+tcp://-pool:1               | has a host that is no name and no address",
                "stratum2+tcp://pool..example:1       | has a host that is no name and no address",
                "stratum2+tcp://pöol:1                | has a host that is no name and no address",
                "stratum2+tcp://user:x@pool:3333      | has a user in front of the host",
                "stratum+tcp://pool:3333/KEY          | has something behind the host and port",
            })
    void saysWhichPartIsWrong(String url, String wrong) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> PoolUrl.parse(url))
                .satisfies(problem -> assertThat(problem.wrong()).isEqualTo(wrong));
    }

    @Test
    void aHostHasAtMost253Characters() {
        String longest = "a.".repeat(126) + "a";

        assertThat(PoolUrl.parse("stratum2+tcp://" + longest).host()).hasSize(HostPort.MAX_HOST_LENGTH);
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> PoolUrl.parse("stratum2+tcp://" + longest + "a"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:3333", "[::]:3333", "[fe80::1%eth0]:0", "localhost:65535"})
    void aListenAddressReadsBackAsItIsWritten(String text) {
        assertThat(ListenAddress.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({
        "3333,        'has ''3333'', which is no IPv4 address'",
        ":3333,       has no host",
        "0.0.0.0,     has no port",
        "[::],        has no port",
        "0.0.0.0:x,   has a wrong port 'x'",
        "'',          has no host",
    })
    void aListenAddressNeedsHostAndPort(String text, String wrong) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ListenAddress.parse(text))
                .satisfies(problem -> assertThat(problem.wrong()).isEqualTo(wrong));
    }
}
