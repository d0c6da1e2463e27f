package sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressRangeTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.1.0/24,         10.0.1.0,       true",
        "10.0.1.0/24,         10.0.1.255,     true",
        "10.0.1.0/24,         10.0.2.0,       false",
        "10.0.1.0/24,         10.0.0.255,     false",
        "10.0.0.7,            10.0.0.7,       true",
        "10.0.0.7,            10.0.0.6,       false",
        "10.128.0.0/9,        10.255.0.1,     true",
        "10.128.0.0/9,        10.127.0.1,     false",
        "192.168.7.252/31,    192.168.7.253,  true",
        "192.168.7.252/31,    192.168.7.254,  false",
        "0.0.0.0/0,           255.1.2.3,      true",
        "0.0.0.0/0,           2001:db8::1,    false",
        "2001:db8::/32,       2001:db8:ffff::1, true",
        "2001:db8::/32,       2001:db9::1,    false",
        "2001:db8::/33,       2001:db8:7fff::, true",
        "2001:db8::/33,       2001:db8:8000::, false",
        "::1,                 ::1,            true",
        "::1,                 ::2,            false",
        "::/0,                2001:db8::1,    true",
        "::/0,                10.0.0.1,       false",
        "::ffff:10.0.1.0/120, 10.0.1.9,       true",
        "::ffff:10.0.1.0/120, 10.0.2.9,       false",
        "::ffff:10.0.1.9,     10.0.1.9,       true",
    })
    void containsAddressesThatBeginWithItsBits(String range, String address, boolean contained) {
        assertThat(AddressRange.parse(range).contains(InetAddress.ofLiteral(address)))
                .isEqualTo(contained);
    }

    @Test
    void anIpv4AddressFromAnIpv6SocketCountsAsIpv4() throws UnknownHostException {
        byte[] bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff, 10, 0, 1, 9};
        InetAddress mapped = Inet6Address.getByAddress(null, bytes, 0);

        assertThat(mapped).isInstanceOf(Inet6Address.class);
        assertThat(AddressRange.parse("10.0.1.0/24").contains(mapped)).isTrue();
        assertThat(AddressRange.parse("::/0").contains(mapped)).isFalse();
        assertThat(new AddressRange(mapped, 32)).isEqualTo(AddressRange.parse("10.0.1.9"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                | has no address",
                "10.0.1            | has '10.0.1', which is no IPv4 address",
                "10.0.0.256        | has '10.0.0.256', which is no IPv4 address",
                "example.com       | has 'example.com', which is no IPv4 address",
                "10.0.0.0/         | has '' behind the /, which is no prefix length",
                "10.0.0.0/x        | has 'x' behind the /, which is no prefix length",
                "10.0.0.0/-1       | has '-1' behind the /, which is no prefix length",
                "10.0.0.0/8/8      | has '8/8' behind the /, which is no prefix length",
                "10.0.0.0/33       | has the wrong prefix length 33",
                "2001:db8::/129    | has the wrong prefix length 129",
                "10.0.1.5/24       | has bits behind the first 24",
                "2001:db8::1/32    | has bits behind the first 32",
                "2001:db8::g       | has '2001:db8::g', which is no IPv6 address",
                "[::1]             | has brackets around the address",
                "fe80::1%eth0      | has a zone behind %",
                "::ffff:10.0.0.0/8 | has the prefix length 8 on an IPv4 address within IPv6",
            })
    void saysWhatIsWrong(String text, String wrong) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> AddressRange.parse(text))
                .satisfies(problem -> assertThat(problem.wrong()).isEqualTo(wrong));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.1.0/24, 10.0.1.0/24",
        "10.0.0.7/32, 10.0.0.7",
        "0.0.0.0/0,   0.0.0.0/0",
        "::1/128,     0:0:0:0:0:0:0:1",
        "::ffff:10.0.1.0/120, 10.0.1.0/24",
    })
    void isWrittenAsShortAsItCanBe(String text, String written) {
        assertThat(AddressRange.parse(text)).hasToString(written).isEqualTo(AddressRange.parse(written));
    }
}
