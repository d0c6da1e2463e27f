package sluice.proxy.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import sluice.proxy.view.HashrateWindow;
import sluice.proxy.view.Hashrates;

/** Estimates in hashes per second, by how far they look back. */
record HashratesBody(
        @JsonProperty("1m") double oneMinute,
        @JsonProperty("5m") double fiveMinutes,
        @JsonProperty("15m") double fifteenMinutes,
        @JsonProperty("1h") double oneHour,
        @JsonProperty("1d") double oneDay) {

    static HashratesBody of(Hashrates rates) {
        return new HashratesBody(
                rates.of(HashrateWindow.ONE_MINUTE),
                rates.of(HashrateWindow.FIVE_MINUTES),
                rates.of(HashrateWindow.FIFTEEN_MINUTES),
                rates.of(HashrateWindow.ONE_HOUR),
                rates.of(HashrateWindow.ONE_DAY));
    }
}
