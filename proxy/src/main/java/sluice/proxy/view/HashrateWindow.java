package sluice.proxy.view;

import java.time.Duration;

/** How far back an estimate of a hashrate looks: work counts for it by e to the power of minus its age in windows. */
public enum HashrateWindow {
    ONE_MINUTE("1m", Duration.ofMinutes(1)),
    FIVE_MINUTES("5m", Duration.ofMinutes(5)),
    FIFTEEN_MINUTES("15m", Duration.ofMinutes(15)),
    ONE_HOUR("1h", Duration.ofHours(1)),
    ONE_DAY("1d", Duration.ofDays(1));

    private final String text;
    private final double seconds;

    HashrateWindow(String text, Duration length) {
        this.text = text;
        this.seconds = length.toSeconds();
    }

    /** What operators call it. */
    public String text() {
        return text;
    }

    double seconds() {
        return seconds;
    }
}
