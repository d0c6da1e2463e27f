package sluice.proxy.view;

/** One estimate for each window, in hashes per second. */
public record Hashrates(double oneMinute, double fiveMinutes, double fifteenMinutes, double oneHour, double oneDay) {

    public static final Hashrates NONE = new Hashrates(0, 0, 0, 0, 0);

    public double of(HashrateWindow window) {
        return switch (window) {
            case ONE_MINUTE -> oneMinute;
            case FIVE_MINUTES -> fiveMinutes;
            case FIFTEEN_MINUTES -> fifteenMinutes;
            case ONE_HOUR -> oneHour;
            case ONE_DAY -> oneDay;
        };
    }
}
