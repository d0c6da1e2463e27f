package sluice.upstream.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolDomainTest {
    @ParameterizedTest
    @CsvSource({
        "pool.example.com, pool.example.com",
        "pool.example.com, POOL.example.com.",
        "pool.example.com, eu.example.com",
        "pool.example.com, example.com",
        "pool.example.com, a.b.example.com",
        "example.com, eu.example.com",
        "eu.pool.example.co.uk, us.pool.example.co.uk",
        "pool.co.uk, eu.pool.co.uk",
        "localhost, localhost",
        "192.0.2.7, 192.0.2.7",
        "2001:db8::1, 2001:DB8::1",
    })
    void holdsNamesThatOneOwnerControls(String dialled, String named) {
        assertThat(PoolDomain.holdsBoth(dialled, named)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "pool.example.com, pool.example.org",
        "pool.example.com, notexample.com",
        "pool.example.com, example.com.thief.net",
        "example.com, thief.com",
        "pool.co.uk, thief.co.uk",
        "pool.com.au, thief.com.au",
        "localhost, thief.localhost.com",
        "localhost, thief",
        "pool.example.com, 192.0.2.7",
        "192.0.2.7, 192.0.2.8",
        "192.0.2.7, 2.0.2.7",
        "192.0.2.7, pool.example.com",
        "2001:db8::1, 2001:db8::2",
        "pool.example.com, 'evil .example.com'",
        "pool.example.com, 'evil\n.example.com'",
        "pool.example.com, ''",
    })
    void keepsStrangersOut(String dialled, String named) {
        assertThat(PoolDomain.holdsBoth(dialled, named)).isFalse();
    }
}
